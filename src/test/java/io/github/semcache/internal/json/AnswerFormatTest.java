package io.github.semcache.internal.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerFormatTest {
  private static final String PERSON =
      """
      {"type":"object","required":["name","tags"],"additionalProperties":false,
       "properties":{"name":{"type":"string"},"age":{"type":["integer","null"],"minimum":0},
         "mood":{"enum":["good","bad"]},"tags":{"type":"array","items":{"type":"string"},
         "maxItems":2},"parent":{"$ref":"#"},"home":{"$ref":"#/$defs/place"}},
       "$defs":{"place":{"anyOf":[{"type":"null"},{"type":"object","required":["city"],
         "properties":{"city":{"type":"string"}}}]}}}\
      """;

  private static JsonNode json(String text) {
    try {
      return new JsonMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"name\":\"a\",\"tags\":[]}|true",
        "{\"name\":\"a\",\"tags\":[\"x\"],\"age\":3,\"mood\":\"bad\"}|true",
        "{\"name\":\"a\",\"tags\":[],\"age\":3.0}|true",
        "{\"name\":\"a\",\"tags\":[],\"age\":null}|true",
        "{\"name\":\"a\",\"tags\":[],\"home\":{\"city\":\"Rome\"}}|true",
        "{\"name\":\"a\",\"tags\":[],\"parent\":{\"name\":\"b\",\"tags\":[]}}|true",
        "{\"name\":\"a\"}|false",
        "{\"name\":\"a\",\"tags\":[],\"age\":3.5}|false",
        "{\"name\":\"a\",\"tags\":[],\"age\":-1}|false",
        "{\"name\":\"a\",\"tags\":[],\"age\":\"3\"}|false",
        "{\"name\":\"a\",\"tags\":[],\"mood\":\"ugly\"}|false",
        "{\"name\":\"a\",\"tags\":[1]}|false",
        "{\"name\":\"a\",\"tags\":[\"a\",\"b\",\"c\"]}|false",
        "{\"name\":\"a\",\"tags\":[],\"home\":{}}|false",
        "{\"name\":\"a\",\"tags\":[],\"parent\":{\"name\":\"b\"}}|false",
        "{\"name\":\"a\",\"tags\":[],\"other\":1}|false",
        "{\"name\":\"a\",\"tags\":[]|false",
        "{\"name\":\"a\",\"tags\":[]} and more|false",
        "{\"name\":\"a\",\"name\":\"b\",\"tags\":[]}|false",
        "[]|false",
        "~~|false"
      })
  void answerMatchesTheSchema(String answer, boolean matches) {
    assertThat(AnswerFormat.schema(json(PERSON)).matches(answer)).isEqualTo(matches);
  }

  @Test
  void formatIsReadFromBothApis() {
    JsonNode chat = json("{\"type\":\"json_schema\",\"json_schema\":{\"schema\":" + PERSON + "}}");
    JsonNode response = json("{\"type\":\"json_schema\",\"schema\":" + PERSON + "}");

    for (JsonNode format : new JsonNode[] {chat, response}) {
      assertThat(AnswerFormat.of(format).matches("{\"name\":\"a\",\"tags\":[]}")).isTrue();
      assertThat(AnswerFormat.of(format).matches("{\"name\":\"a\"}")).isFalse();
    }
    assertThat(AnswerFormat.of(json("{\"type\":\"json_object\"}")).matches("{\"a\":")).isFalse();
    assertThat(AnswerFormat.of(json("{\"type\":\"json_object\"}")).matches("{}")).isTrue();
    assertThat(AnswerFormat.of(json("{\"type\":\"text\"}")).matches("{\"a\":")).isTrue();
    assertThat(AnswerFormat.of(json("null")).matches("{\"a\":")).isTrue();
  }

  @Test
  void textWithJsonMayHaveOtherTextAroundIt() {
    assertThat(AnswerFormat.textWithJson().matches("Sure:\n```json\n{\"a\":1}\n```")).isTrue();
    assertThat(AnswerFormat.textWithJson().matches("Sure:\n```json\n{\"a\":1,\n```")).isFalse();
    assertThat(AnswerFormat.textWithJson().matches("Sure")).isFalse();
  }

  @Test
  void schemaThatRefersToItselfEnds() {
    assertThat(AnswerFormat.schema(json("{\"$ref\":\"#\"}")).matches("{}")).isFalse();
    String wide = "{\"anyOf\":[{\"$ref\":\"#\"},{\"$ref\":\"#\"},{\"$ref\":\"#\"}]}";
    assertThat(AnswerFormat.schema(json(wide)).matches("{}")).isFalse();
  }

  @Test
  void deeplyNestedAnswerDoesNotThrow() {
    String deep = "[".repeat(100_000) + "]".repeat(100_000);
    String nested = "{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}}";

    assertThat(AnswerFormat.json().matches(deep)).isFalse();
    assertThat(AnswerFormat.schema(json(nested)).matches("[".repeat(900) + "]".repeat(900)))
        .isFalse();
    assertThat(AnswerFormat.schema(json(nested)).matches("[[[]]]")).isTrue();
  }
}
