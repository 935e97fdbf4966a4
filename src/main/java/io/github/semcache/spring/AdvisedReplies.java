package io.github.semcache.spring;

import io.github.semcache.Answer;
import io.github.semcache.CacheCall;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ChatReply.FinishReason;
import io.github.semcache.chat.ChatReply.TokenUsage;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.EmptyUsage;
import org.springframework.ai.chat.metadata.Usage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;

/** Converts responses of Spring AI to replies that a cache can store, and back. Thread-safe. */
final class AdvisedReplies {
  private final Consumer<Throwable> onFailure;

  /**
   * Creates a converter.
   *
   * @param onFailure receives the exceptions of responses and replies that cannot be converted
   */
  AdvisedReplies(Consumer<Throwable> onFailure) {
    this.onFailure = onFailure;
  }

  /**
   * Completes a lead with a response, or abandons it if there is none or it cannot be converted
   * without loss.
   *
   * @param response returns the response; null if there is none
   */
  void complete(
      CacheCall.Lead lead,
      Supplier<@Nullable ChatResponse> response,
      AdvisedRequest request,
      boolean streamed) {
    Optional<ChatReply> reply = Optional.empty();
    try {
      reply =
          Optional.ofNullable(response.get())
              .filter(found -> found.getResult() != null)
              .map(found -> reply(found, request, streamed));
    } catch (RuntimeException e) {
      onFailure.accept(e);
    }
    reply.ifPresentOrElse(lead::complete, lead::abandon);
  }

  private static ChatReply reply(ChatResponse response, AdvisedRequest request, boolean streamed) {
    Generation first = response.getResults().get(0);
    String text = Objects.requireNonNullElse(first.getOutput().getText(), "");
    boolean hasAlternatives = response.getResults().size() > 1;
    return new ChatReply(
        text,
        Optional.of(response.getMetadata().getModel()).filter(model -> !model.isBlank()),
        hasAlternatives ? FinishReason.OTHER : finishReason(first, request, text),
        usage(response.getMetadata().getUsage()),
        Optional.of(ChatResponseJson.write(response, streamed)));
  }

  /** Returns the reason why the model stopped, or why its complete answer must not be reused. */
  private static FinishReason finishReason(
      Generation generation, AdvisedRequest request, String text) {
    FinishReason reported = reportedReason(generation);
    if (reported != FinishReason.STOP) {
      return reported;
    }
    if (request.live()) {
      return FinishReason.LIVE_DATA;
    }
    return request.output().accepts(text) ? FinishReason.STOP : FinishReason.MALFORMED;
  }

  /** Clients report the reason in the words of their service. */
  private static FinishReason reportedReason(Generation generation) {
    AssistantMessage message = generation.getOutput();
    if (message.hasToolCalls()) {
      return FinishReason.TOOL_CALLS;
    }
    return message.getMetadata().get("refusal") instanceof String refusal && !refusal.isBlank()
        ? FinishReason.REFUSAL
        : FinishReason.parse(generation.getMetadata().getFinishReason());
  }

  private static Optional<TokenUsage> usage(@Nullable Usage usage) {
    if (usage == null || usage instanceof EmptyUsage) {
      return Optional.empty();
    }
    @Nullable Integer input = usage.getPromptTokens();
    @Nullable Integer output = usage.getCompletionTokens();
    return input == null || output == null || input < 0 || output < 0 || input + output == 0
        ? Optional.empty()
        : Optional.of(new TokenUsage(input, output));
  }

  /**
   * Converts an answer to a response. A reply without a payload of Spring AI, or with one that
   * cannot be read, becomes a response with its text and the finish reason {@code STOP}. The
   * metadata of a response from the cache says so.
   *
   * @param stream whether the caller asked for a stream
   */
  ChatResponse response(Answer answer, boolean stream) {
    ChatResponseJson.StoredResponse stored =
        answer
            .reply()
            .payload()
            .flatMap(payload -> read(payload, stream))
            .orElseGet(() -> textResponse(answer.reply()));
    if (answer.isHit()) {
      mark(answer, stored.metadata());
    }
    return stored.build();
  }

  private Optional<ChatResponseJson.StoredResponse> read(String payload, boolean stream) {
    try {
      return Optional.of(ChatResponseJson.read(payload, stream));
    } catch (RuntimeException e) {
      onFailure.accept(e);
      return Optional.empty();
    }
  }

  private static ChatResponseJson.StoredResponse textResponse(ChatReply reply) {
    ChatResponseMetadata.Builder metadata = ChatResponseMetadata.builder();
    reply.model().ifPresent(metadata::model);
    return new ChatResponseJson.StoredResponse(
        List.of(
            new Generation(
                new AssistantMessage(reply.text()),
                ChatGenerationMetadata.builder().finishReason("STOP").build())),
        metadata);
  }

  private static void mark(Answer answer, ChatResponseMetadata.Builder metadata) {
    metadata.keyValue(SemanticCacheAdvisor.SOURCE, answer.source().name());
    answer.entryId().ifPresent(id -> metadata.keyValue(SemanticCacheAdvisor.ENTRY, id));
    answer
        .distance()
        .ifPresent(distance -> metadata.keyValue(SemanticCacheAdvisor.DISTANCE, distance));
    if (!answer.labels().isEmpty()) {
      metadata.keyValue(SemanticCacheAdvisor.LABELS, answer.labels().values());
    }
  }
}
