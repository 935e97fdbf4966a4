package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.semcache.chat.ChatReply.TokenUsage;
import java.io.IOException;
import java.util.Optional;

/**
 * Reads and writes JSON as trees, which preserve fields that are unknown to openai-java. This class
 * is thread-safe.
 */
final class OpenAiJson {
  /** Reads numbers exactly, so that neither long integers nor decimals lose digits. */
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private static final ObjectWriter CANONICAL =
      JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build().writer();

  private static final ObjectWriter PLAIN = MAPPER.writer();

  private OpenAiJson() {}

  /**
   * Parses an object.
   *
   * @throws MalformedJsonException if the text is not a JSON object
   */
  static ObjectNode parseObject(byte[] json) throws MalformedJsonException {
    return parseObject(() -> MAPPER.readTree(json));
  }

  /**
   * Parses an object.
   *
   * @throws MalformedJsonException if the text is not a JSON object
   */
  static ObjectNode parseObject(String json) throws MalformedJsonException {
    return parseObject(() -> MAPPER.readTree(json));
  }

  private static ObjectNode parseObject(TreeReader reader) throws MalformedJsonException {
    JsonNode node;
    try {
      node = reader.read();
    } catch (IOException e) {
      throw MalformedJsonException.of(e);
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new MalformedJsonException("the JSON is not an object");
  }

  @FunctionalInterface
  private interface TreeReader {
    JsonNode read() throws IOException;
  }

  static ObjectNode newObject() {
    return MAPPER.createObjectNode();
  }

  /** Returns a text that is the same for objects that only differ in the order of their keys. */
  static String canonical(JsonNode node) {
    return write(CANONICAL, node);
  }

  static String text(JsonNode node) {
    return write(PLAIN, node);
  }

  private static String write(ObjectWriter writer, JsonNode node) {
    try {
      return writer.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree cannot be serialized", e);
    }
  }

  /** Returns the token usage; empty unless both fields are non-negative numbers. */
  static Optional<TokenUsage> usage(JsonNode usage, String inputField, String outputField) {
    long input = usage.path(inputField).asLong(-1);
    long output = usage.path(outputField).asLong(-1);
    return input < 0 || output < 0 ? Optional.empty() : Optional.of(new TokenUsage(input, output));
  }

  /** Returns whether a field is present and not null. */
  static boolean hasValue(JsonNode node, String field) {
    return !node.path(field).isMissingNode() && !node.path(field).isNull();
  }
}
