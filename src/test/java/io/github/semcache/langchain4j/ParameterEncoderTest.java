package io.github.semcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ParameterEncoderTest {
  private static ChatRequestParameters drawn(Values values) {
    Supplier<String> text = () -> values.oneOf("a", "b", "a, b", "a=b", "[a]", "\"a\"", "", "1");
    Map<String, Object> custom = new HashMap<>();
    values.listOf(0, 2, text).forEach(key -> custom.put(key, values.oneOf("1", "2")));
    if (values.anyBoolean()) {
      custom.put("number", values.intBetween(1, 2));
    }
    return OpenAiChatRequestParameters.builder()
        .modelName(text.get())
        .stopSequences(values.listOf(0, 3, text))
        .customParameters(custom)
        .user(values.anyBoolean() ? null : text.get())
        .build();
  }

  @Property(tries = 2000)
  void parametersAreEncodedEquallyIfAndOnlyIfTheyAreEqual(Values values) {
    ChatRequestParameters one = drawn(values);
    ChatRequestParameters other = drawn(values);

    assertThat(ParameterEncoder.encode(one).equals(ParameterEncoder.encode(other)))
        .isEqualTo(one.equals(other));
  }

  private static ChatRequestParameters withSchema(String... properties) {
    JsonObjectSchema.Builder schema = JsonObjectSchema.builder();
    for (String property : properties) {
      schema.addStringProperty(property);
    }
    return withSchema(schema.build());
  }

  private static ChatRequestParameters withSchema(JsonSchemaElement root) {
    return ChatRequestParameters.builder()
        .responseFormat(
            ResponseFormat.builder()
                .type(ResponseFormatType.JSON)
                .jsonSchema(JsonSchema.builder().name("s").rootElement(root).build())
                .build())
        .build();
  }

  @Test
  void orderOfPropertiesAndEnumValuesIsEncoded() {
    assertThat(ParameterEncoder.encode(withSchema("a", "b")))
        .isNotEqualTo(ParameterEncoder.encode(withSchema("b", "a")));
    assertThat(ParameterEncoder.encode(withSchema("a", "b")))
        .isEqualTo(ParameterEncoder.encode(withSchema("a", "b")));
    assertThat(ParameterEncoder.encode(withEnum("a", "b")))
        .isNotEqualTo(ParameterEncoder.encode(withEnum("b", "a")));
  }

  private static ChatRequestParameters withEnum(String... values) {
    return withSchema(JsonEnumSchema.builder().enumValues(List.of(values)).build());
  }

  @Test
  void orderOfOtherMapsIsNotEncoded() {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("a", 1);
    one.put("b", 2);
    Map<String, Object> other = new LinkedHashMap<>();
    other.put("b", 2);
    other.put("a", 1);

    assertThat(ParameterEncoder.encode(one)).isEqualTo(ParameterEncoder.encode(other));
  }

  @Test
  void functionIsRejected() {
    Supplier<String> function = () -> "";

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ParameterEncoder.encode(Map.of("f", function)));
  }
}
