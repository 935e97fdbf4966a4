package io.github.semcache.internal.json;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ChatReply.FinishReason;
import io.github.semcache.chat.ChatReply.TokenUsage;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a request says about a complete answer. Corrects the finish reason of replies that the
 * service reports as complete although they are not, or that must not be reused.
 *
 * @param format the format of a complete answer
 * @param usesLiveData whether the service may consult live data for the answer
 * @param maxTokens the maximum number of tokens of the answer, if the request limits it
 */
public record AnswerCheck(AnswerFormat format, boolean usesLiveData, OptionalLong maxTokens) {
  private static final Set<String> TOKEN_LIMITS =
      Set.of("max_tokens", "max_completion_tokens", "max_output_tokens");

  public AnswerCheck {
    requireNonNull(format, "format");
    requireNonNull(maxTokens, "maxTokens");
  }

  /**
   * Reads the check from a chat completion request in the API of OpenAI.
   *
   * @param request the body of the request
   * @return the check
   */
  public static AnswerCheck ofChat(JsonNode request) {
    return new AnswerCheck(
        AnswerFormat.of(request.path("response_format")),
        LiveData.isRequested(request),
        maxTokens(request));
  }

  /**
   * Reads the check from a request of the responses API of OpenAI. Its answers list the tools that
   * the service has used, so the tools of the request are not checked.
   *
   * @param request the body of the request
   * @return the check
   */
  public static AnswerCheck ofResponse(JsonNode request) {
    return new AnswerCheck(
        AnswerFormat.of(request.path("text").path("format")), false, maxTokens(request));
  }

  private static OptionalLong maxTokens(JsonNode request) {
    return TOKEN_LIMITS.stream()
        .map(request::path)
        .filter(JsonNode::isNumber)
        .mapToLong(JsonNode::longValue)
        .min();
  }

  /**
   * Returns the reply with its corrected finish reason.
   *
   * @param reply the reply
   * @param text the text that has the requested format; usually the text of the reply
   * @param hasReason whether the service reported a finish reason; a reply without one is complete
   *     unless it has as many tokens as the request allows
   * @return the reply; if its reason was {@link FinishReason#STOP}, it may be {@link
   *     FinishReason#LENGTH}, {@link FinishReason#LIVE_DATA}, or {@link FinishReason#MALFORMED} now
   */
  public ChatReply apply(ChatReply reply, String text, boolean hasReason) {
    if (reply.finishReason() != FinishReason.STOP) {
      return reply;
    }
    if (!hasReason && reachesLimit(reply)) {
      return reply.finishReason(FinishReason.LENGTH);
    }
    if (usesLiveData) {
      return reply.finishReason(FinishReason.LIVE_DATA);
    }
    return format.matches(text) ? reply : reply.finishReason(FinishReason.MALFORMED);
  }

  private boolean reachesLimit(ChatReply reply) {
    return maxTokens.isPresent()
        && reply.usage().map(TokenUsage::outputTokens).orElse(0L) >= maxTokens.getAsLong();
  }
}
