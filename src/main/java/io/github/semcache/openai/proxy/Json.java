package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.semcache.chat.TokenUsage;
import java.io.IOException;
import java.util.Optional;

/** JSON as trees, so that fields that openai-java does not know survive. */
final class Json {
  /** Reads numbers exactly: neither a long digit string nor an integral float changes its value. */
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private static final ObjectWriter CANONICAL =
      JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build().writer();

  private static final ObjectWriter PLAIN = MAPPER.writer();

  private Json() {}

  /**
   * Reads an object.
   *
   * @throws IOException if the text is not one JSON object
   */
  static ObjectNode object(byte[] json) throws IOException {
    return object(MAPPER.readTree(json));
  }

  /**
   * Reads an object.
   *
   * @throws IOException if the text is not one JSON object
   */
  static ObjectNode object(String json) throws IOException {
    return object(MAPPER.readTree(json));
  }

  private static ObjectNode object(JsonNode node) throws IOException {
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new IOException("the JSON is no object");
  }

  static ObjectNode newObject() {
    return MAPPER.createObjectNode();
  }

  /** One text for all objects that differ in nothing but the order of their keys. */
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
      throw new IllegalStateException("a JSON tree could not be written", e);
    }
  }

  /** The tokens that two fields tell; empty if one of them does not. */
  static Optional<TokenUsage> usage(JsonNode usage, String inputField, String outputField) {
    long input = usage.path(inputField).asLong(-1);
    long output = usage.path(outputField).asLong(-1);
    return input < 0 || output < 0 ? Optional.empty() : Optional.of(new TokenUsage(input, output));
  }

  /** Whether a field is there and not null. */
  static boolean has(JsonNode node, String field) {
    return !node.path(field).isMissingNode() && !node.path(field).isNull();
  }
}
