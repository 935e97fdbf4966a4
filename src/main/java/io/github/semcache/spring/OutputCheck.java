package io.github.semcache.spring;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.client.ChatClientAttributes;
import org.springframework.ai.chat.client.ChatClientRequest;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.converter.CompositeResponseTextCleaner;
import org.springframework.ai.converter.MarkdownCodeBlockCleaner;
import org.springframework.ai.converter.ResponseTextCleaner;
import org.springframework.ai.converter.ThinkingTagCleaner;
import org.springframework.ai.converter.WhitespaceCleaner;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Checks the structured output that a request asks for: JSON, or JSON that conforms to a schema. An
 * answer that fails the check is not stored, because a retry of the application would get it again.
 *
 * @param json whether the answer must be JSON
 * @param schema the JSON schema that it must conform to
 */
record OutputCheck(boolean json, Optional<String> schema) {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  /** The schema in the instructions of {@code BeanOutputConverter}. */
  private static final Pattern SCHEMA_IN_INSTRUCTIONS =
      Pattern.compile("JSON Schema.*?```(?:json)?(.*?)```\\s*$", Pattern.DOTALL);

  /** Removes what the converters of Spring AI remove before they parse an answer. */
  private static final ResponseTextCleaner CLEANER =
      CompositeResponseTextCleaner.builder()
          .addCleaner(new WhitespaceCleaner())
          .addCleaner(new ThinkingTagCleaner())
          .addCleaner(new MarkdownCodeBlockCleaner())
          .addCleaner(new WhitespaceCleaner())
          .build();

  static OutputCheck of(ChatClientRequest request, Map<String, String> options) {
    String instructions = attribute(request, ChatClientAttributes.OUTPUT_FORMAT).orElse("");
    Optional<String> schema =
        attribute(request, ChatClientAttributes.STRUCTURED_OUTPUT_SCHEMA)
            .or(() -> schemaOf(request.prompt().getOptions()))
            .or(() -> schemaIn(instructions));
    boolean json = schema.isPresent() || instructions.contains("JSON") || OptionsText.json(options);
    return new OutputCheck(json, schema);
  }

  static Optional<String> attribute(ChatClientRequest request, ChatClientAttributes attribute) {
    return Optional.ofNullable(request.context().get(attribute.getKey())).map(Object::toString);
  }

  private static Optional<String> schemaOf(@Nullable ChatOptions options) {
    return options instanceof StructuredOutputChatOptions structured
        ? Optional.ofNullable(structured.getOutputSchema())
        : Optional.empty();
  }

  private static Optional<String> schemaIn(String instructions) {
    Matcher matcher = SCHEMA_IN_INSTRUCTIONS.matcher(instructions);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /**
   * Returns whether an answer is what the request asks for.
   *
   * @throws IllegalArgumentException if the schema that the request asks for cannot be parsed
   */
  boolean accepts(String answer) {
    if (!json) {
      return true;
    }
    try {
      JsonNode output = JSON.readTree(CLEANER.clean(answer));
      return !output.isMissingNode() && schema.map(text -> conforms(output, text)).orElse(true);
    } catch (JacksonException e) {
      return false;
    }
  }

  /**
   * Returns whether an output conforms to a schema.
   *
   * @throws IllegalArgumentException if the schema cannot be parsed
   */
  private static boolean conforms(JsonNode output, String schema) {
    Schema parsed;
    try {
      parsed = SCHEMAS.getSchema(JSON.readTree(schema));
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("the schema of the structured output is malformed", e);
    }
    return parsed.validate(output).isEmpty();
  }
}
