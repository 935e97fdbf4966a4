package io.github.semcache.openai.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.RequestOptions;
import com.openai.core.http.HttpMethod;
import com.openai.core.http.HttpRequest;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.responses.ResponseCreateParams;
import io.github.semcache.prompt.Query;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which requests have the same cache key, and which bypass the cache. */
final class RequestEqualityTest extends RequestEqualityFixture {
  @Test
  void fixturesContainEveryFieldOfOpenAiJava() {
    assertThat(parse(CHAT).properties())
        .extracting(Map.Entry::getKey)
        .containsAll(fieldsOf(ChatCompletionCreateParams.Body.class));
    assertThat(parse(RESPONSE).properties())
        .extracting(Map.Entry::getKey)
        .containsAll(
            fieldsOf(ResponseCreateParams.Body.class).stream()
                .filter(
                    field ->
                        !Set.of("background", "conversation", "previous_response_id")
                            .contains(field))
                .toList());
  }

  private static List<String> fieldsOf(Class<?> body) {
    List<String> fields =
        Stream.of(body.getMethods())
            .map(method -> method.getAnnotation(JsonProperty.class))
            .filter(Objects::nonNull)
            .map(JsonProperty::value)
            .toList();
    assertThat(fields).hasSizeGreaterThan(30);
    return fields;
  }

  @ParameterizedTest
  @ValueSource(strings = {CHAT, RESPONSE})
  void everyFieldIsRelevantUnlessItIsIgnored(String json) {
    ObjectNode body = parse(json);
    String key = keyOf(body);
    for (Map.Entry<String, JsonNode> field : body.properties()) {
      String name = field.getKey();
      if (!isIgnored(name, body) && !Set.of("messages", "input").contains(name)) {
        ObjectNode changed = body.deepCopy().<ObjectNode>set(name, other(field.getValue()));
        assertThat(keyOf(changed)).as(name).isNotEqualTo(key);
        assertThat(keyOf(body.deepCopy().without(name))).as("without " + name).isNotEqualTo(key);
      }
    }
  }

  @Test
  void toolResultAfterTheQuestionIsRelevant() {
    String asked =
        """
        {"messages":[{"role":"user","content":"How warm is it?"},
         {"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"t"}}]},
         {"role":"tool","tool_call_id":"c","content":"20"}]}\
        """;
    Query query = queryOf(asked).orElseThrow();

    assertThat(query.text()).isEqualTo("How warm is it?");
    assertThat(keyOf(asked.replace("20", "21"))).isNotEqualTo(query.key());
    assertThat(queryOf(asked.replace("warm is it", "hot")).orElseThrow().scope())
        .isEqualTo(query.scope());
  }

  @Test
  void lastAdjacentTextsOfAMessageAreTheQuestion() {
    String two =
        """
        {"messages":[{"role":"user","content":[{"type":"text","text":"One."},
         {"type":"image_url","image_url":{"url":"u"}},{"type":"text","text":"Two."},
         {"type":"text","text":"Three."}]}]}\
        """;

    assertThat(queryOf(two).orElseThrow().text()).isEqualTo("Two.\nThree.");
    assertThat(queryOf(two).orElseThrow().scope().settings().get("request"))
        .contains("\"url\":\"u\"", "One.")
        .doesNotContain("Two.", "Three.");
  }

  @Test
  void azureDeploymentAndApiVersionAreRelevant() {
    HttpRequest request = azure("gpt-4o", "2024-10-21");
    String key = reader.read(request, RequestOptions.none()).map(this::key).orElseThrow();

    assertThat(reader.read(azure("gpt-4o", "2024-10-21"), RequestOptions.none()).map(this::key))
        .contains(key);
    for (HttpRequest other :
        List.of(azure("gpt-4o-mini", "2024-10-21"), azure("gpt-4o", "2025-01-01"))) {
      assertThat(reader.read(other, RequestOptions.none()).map(this::key).orElseThrow())
          .isNotEqualTo(key);
    }
  }

  private static HttpRequest azure(String deployment, String version) {
    return HttpRequest.builder()
        .method(HttpMethod.POST)
        .baseUrl("https://localhost")
        .addPathSegments("openai", "deployments", deployment, "chat", "completions")
        .putQueryParam("api-version", version)
        .body(new TextBody("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"))
        .build();
  }

  @Test
  void similarQueryParametersAreNotEqual() {
    HttpRequest one = azure("gpt-4o", "1, b=2");
    HttpRequest other = azure("gpt-4o", "1").toBuilder().putQueryParam("b", "2").build();
    HttpRequest lines = azure("gpt-4o", "1\n2");
    HttpRequest twice = azure("gpt-4o", "1").toBuilder().putQueryParam("api-version", "2").build();

    assertThat(Stream.of(one, other, lines, twice).map(this::keyOf)).doesNotHaveDuplicates();
  }

  @Test
  void quietCallHasTheKeyOfTheSameCall() {
    RequestOptions options = RequestOptions.builder().build();
    HttpRequest request = azure("gpt-4o", "1");
    HttpRequest quiet =
        request.toBuilder().putAllHeaders(CacheControl.use().quiet().headers()).build();

    assertThat(reader.read(quiet, options).orElseThrow().prompt().isQuiet()).isTrue();
    assertThat(reader.read(request, options).orElseThrow().prompt().isQuiet()).isFalse();
    assertThat(keyOf(quiet)).isEqualTo(keyOf(request));
  }

  @Test
  void timeoutOfACallLimitsItsWaitForAnother() {
    RequestOptions withTimeout = RequestOptions.builder().timeout(Duration.ofSeconds(3)).build();
    RequestOptions withoutTimeout = RequestOptions.builder().timeout(Duration.ZERO).build();
    HttpRequest request = azure("gpt-4o", "1");

    assertThat(reader.read(request, withTimeout).orElseThrow().prompt().maxWait())
        .contains(Duration.ofSeconds(3));
    assertThat(reader.read(request, withoutTimeout).orElseThrow().prompt().maxWait()).isEmpty();
    HttpRequest controlled =
        request.toBuilder()
            .putAllHeaders(CacheControl.use().maxWait(Duration.ofSeconds(1)).headers())
            .build();
    assertThat(reader.read(controlled, withTimeout).orElseThrow().prompt().maxWait())
        .contains(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {CHAT, RESPONSE})
  void deliveryFieldsAreIgnored(String json) {
    ObjectNode body = parse(json);
    String key = keyOf(body);
    for (String name : IGNORED) {
      ObjectNode other = body.deepCopy().put(name, "anything else");
      assertThat(keyOf(other)).as(name).isEqualTo(key);
    }
    assertThat(keyOf(body.deepCopy().without(IGNORED))).isEqualTo(key);
  }

  @Test
  void storeIsRelevantForResponsesOnly() {
    assertThat(keyOf(parse(CHAT).put("store", false))).isEqualTo(keyOf(CHAT));
    assertThat(keyOf(parse(RESPONSE).put("store", true))).isNotEqualTo(keyOf(RESPONSE));
  }

  @Test
  void numbersAreComparedByValue() {
    String key = keyOf(CHAT);

    assertThat(keyOf(CHAT.replace("0.7", "0.70"))).isEqualTo(key);
    assertThat(keyOf(CHAT.replace("0.7", "7e-1"))).isEqualTo(key);
    assertThat(keyOf(CHAT.replace("\"top_p\":1", "\"top_p\":1.0"))).isEqualTo(key);
    assertThat(keyOf(CHAT.replace("42", "42000000000000000000000000001")))
        .isNotEqualTo(keyOf(CHAT.replace("42", "42000000000000000000000000002")));
  }

  @Test
  void textAndListOfOneTextAreEqual() {
    assertThat(keyOf("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"))
        .isEqualTo(
            keyOf(
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\"}]}]}"));
  }

  @Test
  void onlyTheLastUserMessageIsTheQuestion() {
    Query query = queryOf(CHAT).orElseThrow();

    assertThat(query.text()).isEqualTo("What is this?");
    assertThat(query.scope().settings().get("request")).contains("Hello").doesNotContain("this?");
    assertThat(queryOf(CHAT.replace("What is this?", "And that?")).orElseThrow().scope())
        .isEqualTo(query.scope());
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "[\"messages\"]", "{\"messages\": secret"})
  void malformedRequestIsPassedThroughAndReportedWithoutItsText(String body) {
    assertThat(queryOf(body)).isEmpty();
    assertThat(failures)
        .singleElement()
        .satisfies(
            failure -> {
              assertThat(failure).isInstanceOf(MalformedJsonException.class).hasNoCause();
              assertThat(failure).message().doesNotContain("secret");
            });
  }

  @Test
  void requestThatCannotBeReadIsPassedThroughAndReported() {
    RequestOptions options = RequestOptions.builder().timeout(Duration.ofSeconds(-1)).build();

    assertThat(reader.read(azure("gpt-4o", "1"), options)).isEmpty();
    assertThat(failures).singleElement().isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"messages\":7}",
        "{\"messages\":[]}",
        "{\"messages\":[7,{\"role\":\"user\"}]}",
        "{\"messages\":[{\"role\":\"user\",\"content\":\" \"}]}",
        "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]}",
        "{\"input\":\"Hi\",\"background\":true}",
        "{\"input\":\"Hi\",\"conversation\":\"conv_1\"}",
        "{\"input\":\"Hi\",\"conversation\":{\"id\":\"conv_1\"}}",
        "{\"model\":\"m\"}"
      })
  void requestWithoutAQuestionIsPassedThrough(String body) {
    assertThat(queryOf(body)).isEmpty();
    assertThat(failures).isEmpty();
  }
}
