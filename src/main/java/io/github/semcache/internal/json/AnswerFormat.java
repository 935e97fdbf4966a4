package io.github.semcache.internal.json;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Optional;

/**
 * The format that a request asks for: text, any JSON, or JSON that conforms to a schema. Immutable
 * and thread-safe.
 */
public final class AnswerFormat {
  private static final AnswerFormat TEXT = new AnswerFormat(Kind.TEXT, Optional.empty());
  private static final AnswerFormat JSON = new AnswerFormat(Kind.JSON, Optional.empty());
  private static final AnswerFormat TEXT_WITH_JSON =
      new AnswerFormat(Kind.TEXT_WITH_JSON, Optional.empty());

  /** Rejects a second value after the first one, and a field that occurs twice. */
  private static final ObjectReader READER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build()
          .reader();

  private final Kind kind;
  private final Optional<JsonNode> schema;

  private enum Kind {
    TEXT,
    JSON,
    TEXT_WITH_JSON
  }

  private AnswerFormat(Kind kind, Optional<JsonNode> schema) {
    this.kind = kind;
    this.schema = schema;
  }

  /**
   * Returns the format of requests that ask for no particular format.
   *
   * @return a format that every answer matches
   */
  public static AnswerFormat text() {
    return TEXT;
  }

  /**
   * Returns the format of requests that ask for JSON without a schema.
   *
   * @return a format that JSON objects and arrays match
   */
  public static AnswerFormat json() {
    return JSON;
  }

  /**
   * Returns the format of requests whose prompt asks for JSON, although they have no option for it.
   * Models often add other text or a code fence then, which clients remove.
   *
   * @return a format that a text matches if the part from its first opening to its last closing
   *     bracket is JSON
   */
  public static AnswerFormat textWithJson() {
    return TEXT_WITH_JSON;
  }

  /**
   * Returns the format of requests with a schema. The keywords for types, properties, items,
   * enumerations, bounds, combinations, and local references are checked; {@code pattern}, {@code
   * format}, and unknown keywords are not.
   *
   * @param schema a JSON Schema
   * @return a format that JSON conforming to the schema matches
   */
  public static AnswerFormat schema(JsonNode schema) {
    return new AnswerFormat(Kind.JSON, Optional.of(requireNonNull(schema, "schema").deepCopy()));
  }

  /**
   * Reads the {@code response_format} of a chat completion or the {@code text.format} of a
   * response, in the API of OpenAI.
   *
   * @param format the value of the field; may be missing or null
   * @return the format; {@link #text} if the type is another one than {@code json_object} and
   *     {@code json_schema}
   */
  public static AnswerFormat of(JsonNode format) {
    JsonNode nested = format.path("json_schema").path("schema");
    JsonNode schema = nested.isMissingNode() ? format.path("schema") : nested;
    return switch (format.path("type").asText()) {
      case "json_schema" -> schema.isObject() ? schema(schema) : json();
      case "json_object" -> schema.isObject() ? schema(schema) : json();
      default -> text();
    };
  }

  /**
   * Returns whether an answer has this format. Never throws.
   *
   * @param answer the text of an answer
   * @return false if the answer cannot be parsed or does not conform to the schema, or if that
   *     cannot be decided within a bounded number of steps
   */
  public boolean matches(String answer) {
    if (kind == Kind.TEXT) {
      return true;
    }
    try {
      JsonNode value = READER.readTree(kind == Kind.JSON ? answer : jsonIn(answer));
      return schema
          .map(expected -> SchemaValidator.isValid(value, expected))
          .orElseGet(value::isContainerNode);
    } catch (JsonProcessingException | RuntimeException e) {
      return false;
    }
  }

  private static String jsonIn(String answer) {
    int start = 0;
    while (start < answer.length() && "[{".indexOf(answer.charAt(start)) < 0) {
      start++;
    }
    int end = Math.max(answer.lastIndexOf(']'), answer.lastIndexOf('}'));
    return end < start ? "" : answer.substring(start, end + 1);
  }
}
