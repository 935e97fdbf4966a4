package io.github.semcache.langchain4j;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessageDeserializer;
import dev.langchain4j.data.message.ChatMessageSerializer;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import io.github.semcache.Answer;
import io.github.semcache.CacheCall;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ChatReply.FinishReason;
import io.github.semcache.chat.ChatReply.TokenUsage;
import io.github.semcache.internal.json.AnswerCheck;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Converts responses of LangChain4j to replies that a cache can store, and back. Thread-safe. */
final class ChatResponseCodec {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String MESSAGE = "message";
  private static final String METADATA = "metadata";

  private final Consumer<Throwable> onFailure;

  /**
   * Creates a codec.
   *
   * @param onFailure receives the exceptions of responses and replies that cannot be converted
   */
  ChatResponseCodec(Consumer<Throwable> onFailure) {
    this.onFailure = onFailure;
  }

  /** Completes a lead with a response, or abandons it if the response cannot be serialized. */
  void complete(CacheCall.Lead lead, ChatResponse response, AnswerCheck check) {
    ChatReply reply;
    try {
      reply = encode(response, check);
    } catch (UncacheableResponseException e) {
      lead.abandon();
      return;
    }
    lead.complete(reply);
  }

  /**
   * Converts a response to a reply.
   *
   * @throws UncacheableResponseException if the response cannot be serialized without loss, for
   *     example because of an attribute that is not a bean, or of metadata without a builder
   */
  ChatReply encode(ChatResponse response, AnswerCheck check) {
    try {
      ChatReply reply = reply(response);
      return check.apply(reply, reply.text(), response.finishReason() != null);
    } catch (RuntimeException e) {
      onFailure.accept(e);
      throw new UncacheableResponseException(e);
    }
  }

  private static ChatReply reply(ChatResponse response) {
    AiMessage message = response.aiMessage();
    return new ChatReply(
        textOf(message),
        Optional.ofNullable(response.modelName()),
        finishReason(response),
        usage(response.tokenUsage()),
        Optional.of(payload(response)));
  }

  private static String textOf(AiMessage message) {
    @Nullable String text = message.text();
    return text == null ? "" : text;
  }

  private static FinishReason finishReason(ChatResponse response) {
    if (response.aiMessage().hasToolExecutionRequests()) {
      return FinishReason.TOOL_CALLS;
    }
    dev.langchain4j.model.output.@Nullable FinishReason reason = response.finishReason();
    if (reason == null || reason == dev.langchain4j.model.output.FinishReason.STOP) {
      return LiveSources.areIn(response) ? FinishReason.LIVE_DATA : FinishReason.STOP;
    }
    return switch (reason) {
      case STOP -> FinishReason.STOP;
      case LENGTH -> FinishReason.LENGTH;
      case TOOL_EXECUTION -> FinishReason.TOOL_CALLS;
      case CONTENT_FILTER -> FinishReason.CONTENT_FILTER;
      case OTHER -> FinishReason.OTHER;
    };
  }

  private static Optional<TokenUsage> usage(
      dev.langchain4j.model.output.@Nullable TokenUsage usage) {
    if (usage == null || usage.inputTokenCount() == null || usage.outputTokenCount() == null) {
      return Optional.empty();
    }
    int input = usage.inputTokenCount();
    int output = usage.outputTokenCount();
    return input < 0 || output < 0 ? Optional.empty() : Optional.of(new TokenUsage(input, output));
  }

  private static String payload(ChatResponse response) {
    ObjectNode payload = JSON.createObjectNode();
    payload.put(MESSAGE, json(HitMark.removeFrom(response.aiMessage())));
    payload.set(METADATA, json(response.metadata()));
    return payload.toString();
  }

  /** Rejects metadata that would be different when read back from JSON. */
  private static JsonNode json(ChatResponseMetadata metadata) {
    JsonNode json = BeanCodec.encode(metadata);
    if (!json.equals(BeanCodec.encode(BeanCodec.decode(json, ChatResponseMetadata.class)))) {
      throw new IllegalArgumentException("the metadata is different after serialization");
    }
    return json;
  }

  /** Rejects messages with attributes that would have another type when read back from JSON. */
  private static String json(AiMessage message) {
    String json = ChatMessageSerializer.messageToJson(message);
    if (!ChatMessageDeserializer.messageFromJson(json).equals(message)) {
      throw new IllegalArgumentException("the message is not equal to itself after serialization");
    }
    return json;
  }

  /**
   * Converts an answer to a response, with the attributes of a hit if it comes from the cache. An
   * answer without a payload of LangChain4j, or with one that cannot be read, becomes a response
   * with its text and the finish reason {@code STOP}.
   */
  ChatResponse decode(Answer answer) {
    ChatResponse response = decode(answer.reply());
    return answer.isHit()
        ? response.toBuilder().aiMessage(HitMark.addTo(response.aiMessage(), answer)).build()
        : response;
  }

  ChatResponse decode(ChatReply reply) {
    try {
      return response(JSON.readTree(reply.payload().orElse("{}")), reply);
    } catch (JsonProcessingException | RuntimeException e) {
      onFailure.accept(e);
      return textResponse(reply);
    }
  }

  private static ChatResponse textResponse(ChatReply reply) {
    return ChatResponse.builder()
        .aiMessage(AiMessage.from(reply.text()))
        .modelName(reply.model().orElse(null))
        .finishReason(dev.langchain4j.model.output.FinishReason.STOP)
        .build();
  }

  private static ChatResponse response(JsonNode payload, ChatReply reply) {
    ChatResponseMetadata metadata =
        BeanCodec.decode(payload.path(METADATA), ChatResponseMetadata.class);
    if (!payload.has(MESSAGE) || metadata == null) {
      return textResponse(reply);
    }
    return ChatResponse.builder()
        .aiMessage(
            (AiMessage) ChatMessageDeserializer.messageFromJson(payload.path(MESSAGE).textValue()))
        .metadata(metadata)
        .build();
  }
}
