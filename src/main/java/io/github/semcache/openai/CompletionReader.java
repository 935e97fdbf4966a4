package io.github.semcache.openai;

import com.openai.errors.OpenAIInvalidDataException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletion.Choice;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.completions.CompletionUsage;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ChatReply.FinishReason;
import io.github.semcache.chat.ChatReply.TokenUsage;
import io.github.semcache.internal.json.AnswerCheck;
import java.util.List;
import java.util.Optional;

/**
 * Converts a chat completion to a {@link ChatReply}. Fields that a compatible service omits are
 * treated as unknown.
 */
final class CompletionReader {

  private CompletionReader() {}

  /**
   * Converts the first choice.
   *
   * @param completion the completion
   * @param check what the request says about the answer
   * @return the reply
   * @throws OpenAIInvalidDataException if there is no choice, or the first one has no message
   */
  static ChatReply read(ChatCompletion completion, AnswerCheck check) {
    List<Choice> choices = completion.choices();
    if (choices.isEmpty()) {
      throw new OpenAIInvalidDataException("`choices` is empty");
    }
    Choice choice = choices.get(0);
    ChatReply reply =
        new ChatReply(
            text(choice.message()),
            completion._model().asKnown(),
            finishReason(choice),
            completion._usage().asKnown().flatMap(CompletionReader::usage),
            Optional.empty());
    return check.apply(reply, reply.text(), reportedReason(choice).isPresent());
  }

  /** Returns the content, or the refusal if there is no content. */
  private static String text(ChatCompletionMessage message) {
    return message.content().or(message::refusal).orElse("");
  }

  /** The message takes precedence, because a forced tool call ends with the reason "stop". */
  private static FinishReason finishReason(Choice choice) {
    ChatCompletionMessage message = choice.message();
    if (message.refusal().filter(refusal -> !refusal.isBlank()).isPresent()) {
      return FinishReason.REFUSAL;
    }
    if (message.toolCalls().filter(calls -> !calls.isEmpty()).isPresent()) {
      return FinishReason.TOOL_CALLS;
    }
    boolean cites =
        message._annotations().asKnown().filter(sources -> !sources.isEmpty()).isPresent();
    FinishReason reason = FinishReason.parse(reportedReason(choice).orElse(null));
    return (cites && reason == FinishReason.STOP) ? FinishReason.LIVE_DATA : reason;
  }

  /** Returns the name of the reason; empty if the service reports none. */
  private static Optional<String> reportedReason(Choice choice) {
    return choice._finishReason().asKnown().flatMap(reason -> reason._value().asString());
  }

  private static Optional<TokenUsage> usage(CompletionUsage usage) {
    Optional<Long> input = usage._promptTokens().asKnown().filter(tokens -> tokens >= 0);
    Optional<Long> output = usage._completionTokens().asKnown().filter(tokens -> tokens >= 0);
    return input.flatMap(in -> output.map(out -> new TokenUsage(in, out)));
  }
}
