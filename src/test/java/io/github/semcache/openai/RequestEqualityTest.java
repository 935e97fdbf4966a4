package io.github.semcache.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.RequestOptions;
import com.openai.core.http.HttpMethod;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpRequestBody;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.responses.ResponseCreateParams;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Query;
import io.github.semcache.prompt.QuestionFinder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests may share an answer. */
final class RequestEqualityTest {
  /** With every field that openai-java knows; a test says so. */
  private static final String CHAT =
      """
      {"model":"gpt-4o","temperature":0.7,"seed":42,"n":1,"top_p":1,"max_completion_tokens":100,
       "max_tokens":100,"frequency_penalty":0.5,"presence_penalty":0.5,"logit_bias":{"50256":-100},
       "stop":["END"],"logprobs":true,"top_logprobs":2,"verbosity":"low","moderation":{"a":"b"},
       "reasoning_effort":"low","parallel_tool_calls":true,"tool_choice":"auto","x_future":{"a":1},
       "modalities":["text"],"audio":{"voice":"ash","format":"wav"},
       "web_search_options":{"search_context_size":"low"},
       "prediction":{"type":"content","content":"Hello"},
       "response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object"}}},
       "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],
       "functions":[{"name":"f","parameters":{"type":"object"}}],"function_call":"auto",
       "messages":[{"role":"system","content":"Be brief."},{"role":"developer","content":"Be kind."},
         {"role":"user","content":"Hello"},{"role":"assistant","content":"Hi"},
         {"role":"user","name":"kim","content":[{"type":"text","text":"What is this?"},
           {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}},
           {"type":"input_audio","input_audio":{"data":"CCCC","format":"wav"}},
           {"type":"file","file":{"file_data":"BBBB"}}]}],
       "stream":false,"stream_options":{"include_usage":true},"user":"u","metadata":{"a":"b"},
       "store":true,"safety_identifier":"s","prompt_cache_key":"k","service_tier":"auto",
       "prompt_cache_options":{"mode":"auto"},"prompt_cache_retention":"24h"}""";

  /** The same for responses; those with a conversation or in the background pass by the cache. */
  private static final String RESPONSE =
      """
      {"model":"gpt-4o","temperature":0.7,"instructions":"Be brief.","previous_response_id":"resp_1",
       "store":false,"max_output_tokens":100,"include":["message.output_text.logprobs"],
       "reasoning":{"effort":"low"},"text":{"format":{"type":"text"}},"truncation":"auto",
       "prompt":{"id":"p","version":"1"},"tools":[{"type":"web_search"}],"x_future":[1,2],
       "tool_choice":"auto","parallel_tool_calls":true,"max_tool_calls":3,"top_p":1,
       "top_logprobs":2,"moderation":{"a":"b"},"access_programs":["a"],"image":{"a":"b"},
       "context_management":[{"type":"compaction"}],
       "input":[{"role":"user","content":"Hello"},{"role":"assistant","content":"Hi"},
         {"role":"user","content":[{"type":"input_text","text":"What is this?"},
           {"type":"input_file","file_id":"file_1"},
           {"type":"input_image","image_url":"data:image/png;base64,AAAA"}]}],
       "stream":true,"stream_options":{"include_obfuscation":false},"user":"u","metadata":{"a":"b"},
       "safety_identifier":"s","prompt_cache_key":"k","service_tier":"auto",
       "prompt_cache_options":{"mode":"auto"},"prompt_cache_retention":"24h"}""";

  private static final Set<String> IRRELEVANT =
      Set.of(
          "stream",
          "stream_options",
          "user",
          "metadata",
          "safety_identifier",
          "prompt_cache_key",
          "prompt_cache_options",
          "prompt_cache_retention",
          "service_tier");

  private final RequestReader reader =
      new RequestReader(Optional.empty(), Set.of(), QuestionFinder.whole());

  private static ObjectNode parse(String json) {
    try {
      return Json.object(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String keyOf(ObjectNode body) {
    return keyOf(Json.text(body));
  }

  private String keyOf(String body) {
    return queryOf(body).orElseThrow().key();
  }

  private Optional<Query> queryOf(String body) {
    boolean chat = body.contains("\"messages\"");
    HttpRequest request =
        HttpRequest.builder()
            .method(HttpMethod.POST)
            .baseUrl("https://localhost")
            .addPathSegments(
                chat ? new String[] {"chat", "completions"} : new String[] {"responses"})
            .body(new TextBody(body))
            .build();
    return reader
        .read(request, RequestOptions.none())
        .map(asked -> Query.of(asked.prompt(), Normalizer.whitespace(), asked.settings()));
  }

  @Test
  void everyFieldThatOpenAiJavaKnowsIsLookedAt() {
    assertThat(parse(CHAT).properties())
        .extracting(Map.Entry::getKey)
        .containsAll(fieldsOf(ChatCompletionCreateParams.Body.class));
    assertThat(parse(RESPONSE).properties())
        .extracting(Map.Entry::getKey)
        .containsAll(
            fieldsOf(ResponseCreateParams.Body.class).stream()
                .filter(field -> !Set.of("background", "conversation").contains(field))
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
  void everySingleFieldMattersOrDoesNot(String json) {
    ObjectNode body = parse(json);
    String key = keyOf(body);
    for (Map.Entry<String, JsonNode> field : body.properties()) {
      String name = field.getKey();
      if (!isIrrelevant(name, body) && !Set.of("messages", "input").contains(name)) {
        ObjectNode changed = body.deepCopy().<ObjectNode>set(name, other(field.getValue()));
        assertThat(keyOf(changed)).as(name).isNotEqualTo(key);
        assertThat(keyOf(body.deepCopy().without(name))).as("without " + name).isNotEqualTo(key);
      }
    }
  }

  @Test
  void resultOfAToolAfterTheQuestionMustBeEqual() {
    String asked =
        """
        {"messages":[{"role":"user","content":"How warm is it?"},
         {"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"t"}}]},
         {"role":"tool","tool_call_id":"c","content":"20"}]}""";
    Query query = queryOf(asked).orElseThrow();

    assertThat(query.text()).isEqualTo("How warm is it?");
    assertThat(keyOf(asked.replace("20", "21"))).isNotEqualTo(query.key());
    assertThat(queryOf(asked.replace("warm is it", "hot")).orElseThrow().scope())
        .isEqualTo(query.scope());
  }

  @Test
  void lastTextsOfAMessageThatFollowOneAnotherAreTheQuestion() {
    String two =
        """
        {"messages":[{"role":"user","content":[{"type":"text","text":"One."},
         {"type":"image_url","image_url":{"url":"u"}},{"type":"text","text":"Two."},
         {"type":"text","text":"Three."}]}]}""";

    assertThat(queryOf(two).orElseThrow().text()).isEqualTo("Two. Three.");
    assertThat(queryOf(two).orElseThrow().scope().settings().get("request"))
        .contains("\"url\":\"u\"", "One.")
        .doesNotContain("Two.", "Three.");
  }

  /** Texts and images, at least one of them a text that says something. */
  @Provide
  Arbitrary<List<String>> contents() {
    return Arbitraries.of("", "damaged", "Which one?", "image a", "image b")
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }

  @Property(tries = 1000)
  void textsThatStandElsewhereAmongTheImagesAreAnotherRequest(
      @ForAll("contents") List<String> one, @ForAll("contents") List<String> other) {
    Optional<String> key = queryOf(message(one)).map(Query::key);
    Optional<String> otherKey = queryOf(message(other)).map(Query::key);

    if (!runs(one).equals(runs(other)) && key.isPresent()) {
      assertThat(key).isNotEqualTo(otherKey);
    }
  }

  /** What the parts say: texts that follow one another are one, and white space says nothing. */
  private static String runs(List<String> contents) {
    return String.join("|", contents)
        .replaceAll("(?<!image [ab])\\|(?!image )", " ")
        .replaceAll(" *\\| *", "|")
        .replaceAll(" +", " ")
        .strip();
  }

  private static String message(List<String> contents) {
    ObjectNode body = Json.newObject();
    ArrayNode parts = body.putArray("messages").addObject().put("role", "user").putArray("content");
    for (String content : contents) {
      if (content.startsWith("image")) {
        parts.addObject().put("type", "image_url").putObject("image_url").put("url", content);
      } else {
        parts.addObject().put("type", "text").put("text", content);
      }
    }
    return Json.text(body);
  }

  @Test
  void deploymentsOfAzureAndVersionsOfItsApiAreOtherServices() {
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

  private String key(ModelRequest asked) {
    return Query.of(asked.prompt(), Normalizer.whitespace(), asked.settings()).key();
  }

  @Test
  void queriesThatReadAlikeAreNotEqual() {
    HttpRequest one = azure("gpt-4o", "1, b=2");
    HttpRequest other = azure("gpt-4o", "1").toBuilder().putQueryParam("b", "2").build();
    HttpRequest lines = azure("gpt-4o", "1\n2");
    HttpRequest twice = azure("gpt-4o", "1").toBuilder().putQueryParam("api-version", "2").build();

    assertThat(Stream.of(one, other, lines, twice).map(this::keyOf)).doesNotHaveDuplicates();
  }

  private String keyOf(HttpRequest request) {
    return reader.read(request, RequestOptions.none()).map(this::key).orElseThrow();
  }

  @Test
  void timeLimitOfACallLimitsItsWaitForAnother() {
    RequestOptions hasty = RequestOptions.builder().timeout(Duration.ofSeconds(3)).build();
    RequestOptions patient = RequestOptions.builder().timeout(Duration.ZERO).build();
    HttpRequest request = azure("gpt-4o", "1");

    assertThat(reader.read(request, hasty).orElseThrow().prompt().maxWait())
        .contains(Duration.ofSeconds(3));
    assertThat(reader.read(request, patient).orElseThrow().prompt().maxWait()).isEmpty();
    HttpRequest controlled =
        request.toBuilder()
            .putAllHeaders(CacheControl.use().maxWait(Duration.ofSeconds(1)).headers())
            .build();
    assertThat(reader.read(controlled, hasty).orElseThrow().prompt().maxWait())
        .contains(Duration.ofSeconds(1));
  }

  @Provide
  Arbitrary<ObjectNode> bodies() {
    return Arbitraries.of(CHAT, RESPONSE).map(RequestEqualityTest::parse);
  }

  @Property(tries = 300)
  void keysMayComeInAnyOrder(@ForAll("bodies") ObjectNode body, @ForAll long seed) {
    assertThat(keyOf((ObjectNode) shuffled(body, new Random(seed)))).isEqualTo(keyOf(body));
  }

  private static JsonNode shuffled(JsonNode node, Random random) {
    if (node instanceof ArrayNode array) {
      ArrayNode copy = array.arrayNode();
      array.forEach(element -> copy.add(shuffled(element, random)));
      return copy;
    }
    if (!(node instanceof ObjectNode object)) {
      return node;
    }
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    Collections.shuffle(names, random);
    ObjectNode copy = object.objectNode();
    names.forEach(name -> copy.set(name, shuffled(object.get(name), random)));
    return copy;
  }

  /** A place somewhere in a body and what to do there. */
  private record Change(String name, ObjectNode body) {}

  /**
   * One leaf changed, one field removed or one field added, anywhere outside of what is ignored.
   */
  @Provide
  Arbitrary<Change> changes() {
    return Combinators.combine(bodies(), Arbitraries.longs())
        .as((body, seed) -> changed(body, new Random(seed)));
  }

  private static Change changed(ObjectNode body, Random random) {
    ObjectNode copy = body.deepCopy();
    List<ObjectNode> objects = new ArrayList<>();
    collect(copy, objects, true);
    int index = random.nextInt(objects.size());
    boolean isTop = index == 0;
    ObjectNode place = objects.get(index);
    List<String> names = new ArrayList<>();
    place.fieldNames().forEachRemaining(names::add);
    names.removeIf(name -> isTop && isIrrelevant(name, copy));
    String name = names.get(random.nextInt(names.size()));
    switch (random.nextInt(3)) {
      case 0 -> place.put("x_added", random.nextInt());
      case 1 -> place.set(name, other(place.get(name)));
      default -> {
        if (isTop && Set.of("messages", "input").contains(name)) {
          place.put("x_added", true);
        } else {
          place.remove(name);
        }
      }
    }
    return new Change(name, copy);
  }

  private static boolean isIrrelevant(String name, ObjectNode body) {
    return IRRELEVANT.contains(name) || (name.equals("store") && body.has("messages"));
  }

  private static void collect(JsonNode node, List<ObjectNode> into, boolean isTop) {
    if (node instanceof ObjectNode object) {
      into.add(object);
      object.properties().stream()
          .filter(field -> !isTop || !isIrrelevant(field.getKey(), object))
          .forEach(field -> collect(field.getValue(), into, false));
    } else {
      node.forEach(element -> collect(element, into, false));
    }
  }

  /** A value that differs from the given one in one place. */
  private static JsonNode other(JsonNode value) {
    if (value instanceof ArrayNode array) {
      return array.deepCopy().add("changed");
    }
    return Json.newObject().textNode(value + " changed");
  }

  @Property(tries = 2000)
  void changeOfAnythingThatMattersIsAnotherRequest(@ForAll("changes") Change change) {
    String original = change.body().has("messages") ? CHAT : RESPONSE;

    assertThat(queryOf(Json.text(change.body())).map(Query::key))
        .as(change.name())
        .isNotEqualTo(Optional.of(keyOf(parse(original))));
  }

  @ParameterizedTest
  @ValueSource(strings = {CHAT, RESPONSE})
  void whatDoesNotShapeTheAnswerIsIgnored(String json) {
    ObjectNode body = parse(json);
    String key = keyOf(body);
    for (String name : IRRELEVANT) {
      ObjectNode other = body.deepCopy().put(name, "anything else");
      assertThat(keyOf(other)).as(name).isEqualTo(key);
    }
    assertThat(keyOf(body.deepCopy().without(IRRELEVANT))).isEqualTo(key);
  }

  @Test
  void storingMattersOnlyWhereLaterRequestsReferToIt() {
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
  void textAloneAndAListOfOneTextSayTheSame() {
    assertThat(keyOf("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"))
        .isEqualTo(
            keyOf(
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\"}]}]}"));
  }

  @Test
  void onlyTheLastMessageOfTheUserIsComparedByMeaning() {
    Query query = queryOf(CHAT).orElseThrow();

    assertThat(query.text()).isEqualTo("What is this?");
    assertThat(query.scope().settings().get("request")).contains("Hello").doesNotContain("this?");
    assertThat(queryOf(CHAT.replace("What is this?", "And that?")).orElseThrow().scope())
        .isEqualTo(query.scope());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{\"messages\":7}",
        "{\"messages\":[]}",
        "{\"messages\":[7,{\"role\":\"user\"}]}",
        "{\"messages\":[{\"role\":\"user\",\"content\":\" \"}]}",
        "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]}",
        "{\"messages\": broken",
        "{\"input\":\"Hi\",\"background\":true}",
        "{\"input\":\"Hi\",\"conversation\":\"conv_1\"}",
        "{\"input\":\"Hi\",\"conversation\":{\"id\":\"conv_1\"}}",
        "{\"model\":\"m\"}"
      })
  void requestsThatACacheCannotAnswerPassByIt(String body) {
    assertThat(queryOf(body)).isEmpty();
  }

  /** A body of a text. */
  private record TextBody(String text) implements HttpRequestBody {
    @Override
    public void writeTo(OutputStream to) {
      try {
        to.write(text.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public InputStream content() {
      return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String contentType() {
      return "application/json";
    }

    @Override
    public long contentLength() {
      return text.length();
    }

    @Override
    public boolean repeatable() {
      return true;
    }

    @Override
    public void close() {}
  }
}
