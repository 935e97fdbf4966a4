package io.github.semcache.spring;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AbstractMessage;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.metadata.EmptyUsage;
import org.springframework.ai.chat.metadata.Usage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.content.Media;
import org.springframework.util.MimeType;

/**
 * Converts chat responses to JSON and back: all generations with their texts, properties, tool
 * calls, media, and metadata; the id, model, usage, and metadata of the response. Rate limits and
 * prompt filter results, which describe one call of the service, are left out.
 */
final class ChatResponseJson {
  private static final JsonMapper JSON = new JsonMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private ChatResponseJson() {}

  /**
   * Converts a response to JSON.
   *
   * @param streamed whether the response was aggregated from a stream
   * @throws IllegalArgumentException if a part of the response would be lost or would have another
   *     type after it is read back
   */
  static String write(ChatResponse response, boolean streamed) {
    ObjectNode node = NODES.objectNode();
    ChatResponseMetadata metadata = response.getMetadata();
    node.put("id", metadata.getId()).put("model", metadata.getModel()).put("streamed", streamed);
    node.set("usage", usage(metadata.getUsage()));
    ObjectNode values = node.putObject("metadata");
    metadata
        .entrySet()
        .forEach(value -> values.set(value.getKey(), TypedJson.write(value.getValue())));
    ArrayNode generations = node.putArray("generations");
    response.getResults().forEach(generation -> generations.add(generation(generation)));
    return node.toString();
  }

  private static JsonNode usage(@Nullable Usage usage) {
    if (usage == null || usage instanceof EmptyUsage) {
      return NODES.nullNode();
    }
    ObjectNode node = NODES.objectNode();
    node.put("input", usage.getPromptTokens())
        .put("output", usage.getCompletionTokens())
        .put("total", usage.getTotalTokens())
        .put("cacheRead", usage.getCacheReadInputTokens())
        .put("cacheWrite", usage.getCacheWriteInputTokens());
    node.set("native", TypedJson.write(usage.getNativeUsage()));
    return node;
  }

  private static ObjectNode generation(Generation generation) {
    AssistantMessage message = generation.getOutput();
    if (message.getClass() != AssistantMessage.class) {
      throw new IllegalArgumentException(
          message.getClass() + " is a subclass of AssistantMessage, whose fields would be lost");
    }
    ObjectNode node = NODES.objectNode();
    node.put("text", message.getText());
    Map<String, Object> properties = new LinkedHashMap<>(message.getMetadata());
    properties.remove(AbstractMessage.MESSAGE_TYPE);
    node.set("properties", TypedJson.write(properties));
    ArrayNode calls = node.putArray("calls");
    for (AssistantMessage.ToolCall call : message.getToolCalls()) {
      calls.addArray().add(call.id()).add(call.type()).add(call.name()).add(call.arguments());
    }
    ArrayNode media = node.putArray("media");
    message.getMedia().forEach(item -> media.add(media(item)));
    ChatGenerationMetadata metadata = generation.getMetadata();
    node.put("finishReason", metadata.getFinishReason());
    node.set("filters", TypedJson.write(List.copyOf(metadata.getContentFilters())));
    ObjectNode values = node.putObject("metadata");
    metadata
        .entrySet()
        .forEach(value -> values.set(value.getKey(), TypedJson.write(value.getValue())));
    return node;
  }

  private static ObjectNode media(Media media) {
    ObjectNode node = NODES.objectNode();
    node.put("mime", media.getMimeType().toString())
        .put("id", media.getId())
        .put("name", media.getName());
    Object data = media.getData();
    if (data instanceof byte[] bytes) {
      node.put("bytes", Base64.getEncoder().encodeToString(bytes));
    } else if (data instanceof String text) {
      node.put("text", text);
    } else {
      throw new IllegalArgumentException("media data is a " + data.getClass());
    }
    return node;
  }

  /**
   * Reads a response.
   *
   * @param json the JSON of {@link #write}
   * @param stream whether the caller asked for a stream. If it did not, but the response was
   *     aggregated from a stream, enum constants in the properties become texts, because that is
   *     how clients return them from a call
   * @return a builder of the metadata and the generations of the response
   * @throws IllegalArgumentException if the JSON was not written by {@link #write}
   */
  static StoredResponse read(String json, boolean stream) {
    JsonNode node;
    try {
      node = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the stored response is not JSON", e);
    }
    if (!node.path("generations").isArray()) {
      throw new IllegalArgumentException("the stored response is not a response of Spring AI");
    }
    ChatResponseMetadata.Builder metadata =
        ChatResponseMetadata.builder()
            .id(text(node, "id"))
            .model(text(node, "model"))
            .metadata(withoutNulls(TypedJson.readMap(node.path("metadata"))));
    if (node.path("usage").isObject()) {
      metadata.usage(readUsage(node.path("usage")));
    }
    boolean plain = node.path("streamed").asBoolean() && !stream;
    List<Generation> generations = new ArrayList<>();
    node.path("generations")
        .forEach(generation -> generations.add(readGeneration(generation, plain)));
    return new StoredResponse(generations, metadata);
  }

  /** The parts of a stored response. */
  record StoredResponse(List<Generation> generations, ChatResponseMetadata.Builder metadata) {

    ChatResponse build() {
      return new ChatResponse(generations, metadata.build());
    }
  }

  private static String text(JsonNode node, String field) {
    return Objects.requireNonNullElse(node.path(field).textValue(), "");
  }

  private static Map<String, Object> withoutNulls(Map<String, @Nullable Object> map) {
    Map<String, Object> values = new LinkedHashMap<>();
    map.forEach(
        (key, value) -> {
          if (value != null) {
            values.put(key, value);
          }
        });
    return values;
  }

  private static Usage readUsage(JsonNode node) {
    return new DefaultUsage(
        node.path("input").intValue(),
        node.path("output").intValue(),
        node.path("total").intValue(),
        TypedJson.read(node.path("native")),
        longOf(node.path("cacheRead")),
        longOf(node.path("cacheWrite")));
  }

  private static @Nullable Long longOf(JsonNode node) {
    return node.isNumber() ? node.longValue() : null;
  }

  private static Generation readGeneration(JsonNode node, boolean plain) {
    Map<String, Object> properties = properties(node.path("properties"));
    if (plain) {
      properties.replaceAll((key, value) -> value instanceof Enum<?> ? value.toString() : value);
    }
    AssistantMessage message =
        AssistantMessage.builder()
            .content(node.path("text").textValue())
            .properties(properties)
            .toolCalls(calls(node.path("calls")))
            .media(readAllMedia(node.path("media")))
            .build();
    Set<String> filters = new HashSet<>();
    node.path("filters").forEach(filter -> filters.add(filter.asText()));
    return new Generation(
        message,
        ChatGenerationMetadata.builder()
            .finishReason(node.path("finishReason").textValue())
            .contentFilters(filters)
            .metadata(properties(node.path("metadata")))
            .build());
  }

  /** Properties may have null values. */
  @SuppressWarnings("NullAway") // Spring AI's annotations do not say that values may be null
  private static Map<String, Object> properties(JsonNode node) {
    return TypedJson.readMap(node);
  }

  private static List<AssistantMessage.ToolCall> calls(JsonNode node) {
    List<AssistantMessage.ToolCall> calls = new ArrayList<>();
    node.forEach(
        call ->
            calls.add(
                new AssistantMessage.ToolCall(
                    call.path(0).asText(),
                    call.path(1).asText(),
                    call.path(2).asText(),
                    call.path(3).asText())));
    return calls;
  }

  private static List<Media> readAllMedia(JsonNode node) {
    List<Media> media = new ArrayList<>();
    node.forEach(item -> media.add(readMedia(item)));
    return media;
  }

  private static Media readMedia(JsonNode node) {
    Media.Builder media = Media.builder().mimeType(MimeType.valueOf(node.path("mime").asText()));
    if (node.path("id").isTextual()) {
      media.id(node.path("id").asText());
    }
    media.name(node.path("name").asText());
    return node.has("bytes")
        ? media.data(Base64.getDecoder().decode(node.path("bytes").asText())).build()
        : media.data(node.path("text").asText()).build();
  }
}
