package io.github.semcache.openai.proxy;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.HttpResponseFor;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.github.semcache.openai.FakeCompletions;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Scopes of wrapped clients, and the marks of hits. */
@SuppressWarnings("deprecation") // unknown fields are internal to openai-java
final class ScopeFidelityTest extends CachedClientTest {
  private static ChatCompletionCreateParams withSystem(String system) {
    return ChatCompletionCreateParams.builder()
        .model("gpt-4o")
        .addSystemMessage(system)
        .addUserMessage(PARIS)
        .build();
  }

  @Test
  void emptySystemMessageIsTheSameAsNone() {
    client.chat().completions().create(asking(PARIS));
    client.chat().completions().create(withSystem(""));
    client.chat().completions().create(withSystem("Be brief."));

    assertThat(chatRequests()).isEqualTo(2);
  }

  @Test
  void clockInTheSystemMessageShowsInTheStatisticsAndCanBeRemoved() {
    for (int minute = 0; minute < 5; minute++) {
      client.chat().completions().create(withSystem("Be brief. Current time: 10:0" + minute));
    }
    assertThat(chatRequests()).isEqualTo(5);
    assertThat(cache.stats().scopes()).isEqualTo(5);
    assertThat(cache.stats().singleUseScopeRate()).isEqualTo(1);

    OpenAIClient normalizing =
        CachedOpenAi.builder(cache)
            .normalizeMessages(
                message ->
                    new Prompt.Message(
                        message.role(), message.text().replaceAll("Current time: .*", "")))
            .build()
            .wrap(plain);
    for (int minute = 0; minute < 5; minute++) {
      normalizing.chat().completions().create(withSystem("Be brief. Current time: 10:0" + minute));
    }

    assertThat(chatRequests()).isEqualTo(6);
    assertThat(cache.stats().singleUseScopeRate()).isEqualTo(5.0 / 6);
    String sent = server.requests().get(5).body().path("messages").path(0).toString();
    assertThat(sent).contains("Current time: 10:00");
  }

  @Test
  void ignoredFieldIsSentAndNotCompared() {
    OpenAIClient ignoring = CachedOpenAi.builder(cache).ignoreField("trace").build().wrap(plain);
    for (String trace : List.of("1", "2")) {
      ignoring
          .chat()
          .completions()
          .create(
              asking(PARIS).toBuilder()
                  .putAdditionalBodyProperty("trace", JsonValue.from(trace))
                  .build());
    }

    assertThat(chatRequests()).isEqualTo(1);
    assertThat(server.requests().get(0).body().path("trace").asText()).isEqualTo("1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CachedOpenAi.builder(cache).ignoreField("messages"))
        .withMessageContaining("ignoreField");
  }

  @ParameterizedTest
  @MethodSource
  void orderThatAModelReadsIsPartOfTheScope(String field, String one, String other)
      throws JsonProcessingException {
    String answer = one.contains("enum") ? "\"a\"" : "{}"; // conforms to the schema
    server.always(CHAT, FakeCompletions.text(answer, "stop"));
    for (String value : List.of(one, other, one)) {
      JsonNode json = new JsonMapper().readTree(value);
      client
          .chat()
          .completions()
          .create(
              asking(PARIS).toBuilder()
                  .putAdditionalBodyProperty(field, JsonValue.fromJsonNode(json))
                  .build());
    }

    assertThat(chatRequests()).isEqualTo(2);
  }

  static Stream<Arguments> orderThatAModelReadsIsPartOfTheScope() {
    String tool = "[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":%s}}]";
    String format = "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"s\",\"schema\":%s}}";
    String properties = "{\"type\":\"object\",\"properties\":{\"%s\":{},\"%s\":{}}}";
    String definitions = "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"%s\":{},\"%s\":{}}}";
    String enumeration = "{\"enum\":[\"%s\",\"%s\"]}";
    return Stream.of(
            new String[] {"tools", tool, properties},
            new String[] {"tools", tool, enumeration},
            new String[] {"response_format", format, properties},
            new String[] {"response_format", format, definitions},
            new String[] {"response_format", format, enumeration})
        .map(
            row ->
                Arguments.of(
                    row[0],
                    row[1].formatted(row[2].formatted("a", "b")),
                    row[1].formatted(row[2].formatted("b", "a"))));
  }

  @Test
  void orderOfOtherKeysIsNotPartOfTheScope() {
    for (List<String> keys : List.of(List.of("1", "2"), List.of("2", "1"))) {
      Map<String, Object> bias = new LinkedHashMap<>();
      keys.forEach(key -> bias.put(key, 1));
      client
          .chat()
          .completions()
          .create(
              asking(PARIS).toBuilder()
                  .putAdditionalBodyProperty("logit_bias", JsonValue.from(bias))
                  .build());
    }

    assertThat(chatRequests()).isEqualTo(1);
  }

  @Test
  void hitIsMarkedAndItsEntryCanBeReported() {
    String stored;
    try (HttpResponseFor<ChatCompletion> miss =
        client.chat().completions().withRawResponse().create(asking(PARIS))) {
      stored = miss.headers().values(CacheControl.ENTRY).get(0);
      assertThat(miss.parse()._additionalProperties()).doesNotContainKey(CacheControl.HIT);
    }
    JsonNode mark = mark(create(client, PARIS_AGAIN)._additionalProperties());
    assertThat(mark.path("source").asText()).isEqualTo("semantic");
    assertThat(mark.path("entry").asText()).isEqualTo(stored);
    for (ChatCompletionChunk chunk : stream(PARIS_AGAIN)) {
      assertThat(mark(chunk._additionalProperties()).path("entry").asText()).isEqualTo(stored);
    }

    assertThat(cache.reportRight(stored, PARIS_AGAIN)).isTrue();
    assertThat(cache.reportWrong(stored, PARIS_AGAIN)).isTrue();
    assertThat(cache.reportWrong("unknown", PARIS_AGAIN)).isFalse();

    create(client, PARIS_AGAIN);
    assertThat(chatRequests()).isEqualTo(2);
    create(client, PARIS);
    assertThat(chatRequests()).isEqualTo(2);
    assertThat(cache.reportWrong(stored, PARIS)).isTrue();
    JsonNode other = mark(create(client, PARIS)._additionalProperties());
    assertThat(other.path("entry").asText()).isNotEqualTo(stored);
    assertThat(cache.stats().quality().reportedWrong()).isEqualTo(2);
    assertThat(cache.stats().quality().reportedRight()).isEqualTo(1);
  }

  private static JsonNode mark(Map<String, JsonValue> properties) {
    JsonNode mark =
        properties.getOrDefault(CacheControl.HIT, JsonValue.from(false)).convert(JsonNode.class);
    assertThat(mark).isNotNull();
    return mark;
  }

  @Property(tries = 500)
  void tagsThatDifferAreDifferentScopes(Values values) {
    String name = values.anyString();
    String value = values.anyString();
    String other = values.anyString();

    Prompt prompt = applied(CacheControl.use().tag(name, value));
    assertThat(prompt.scope().tags()).containsExactly(Map.entry(name, value));
    assertThat(applied(CacheControl.use().tag(name, other)).scope().equals(prompt.scope()))
        .isEqualTo(other.equals(value));
    assertThat(applied(CacheControl.use().tag(other, value)).scope().equals(prompt.scope()))
        .isEqualTo(other.equals(name));
  }

  private static Prompt applied(CacheControl control) {
    return ControlHeaders.apply(control.headers(), Prompt.of(PARIS));
  }

  @Test
  void tagsThatDifferInALoneSurrogateDoNotShareAnswers() {
    List<String> tenants = List.of("\ud800", "\ud801", "\udc00", "?", "\ufffd");
    for (int round = 0; round < 2; round++) {
      for (String tenant : tenants) {
        client
            .chat()
            .completions()
            .create(CacheControl.use().tag("tenant", tenant).on(asking(PARIS)));
      }
    }

    assertThat(chatRequests()).isEqualTo(tenants.size());
  }
}
