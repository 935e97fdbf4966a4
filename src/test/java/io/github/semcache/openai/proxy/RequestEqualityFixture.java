package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.RequestOptions;
import com.openai.core.http.HttpMethod;
import com.openai.core.http.HttpRequest;
import com.openai.core.http.HttpRequestBody;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Base class with requests that contain every field, and with their cache keys. */
abstract class RequestEqualityFixture {
  /** A chat request with every field that openai-java knows, which a test verifies. */
  static final String CHAT =
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
       "prompt_cache_options":{"mode":"auto"},"prompt_cache_retention":"24h"}\
      """;

  /** A response request with every field, except for those that bypass the cache. */
  static final String RESPONSE =
      """
      {"model":"gpt-4o","temperature":0.7,"instructions":"Be brief.",
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
       "prompt_cache_options":{"mode":"auto"},"prompt_cache_retention":"24h"}\
      """;

  static final Set<String> IGNORED =
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

  final List<Throwable> failures = new ArrayList<>();
  final RequestReader reader =
      new RequestReader(
          new ReadOptions(
              Optional.empty(),
              ReadOptions.scopeHeaders(Set.of(), false),
              Set.of(),
              new MessageTexts(Optional.empty()),
              QuestionFinder.whole(),
              true,
              true),
          Duration.ofSeconds(10),
          failures::add);

  static ObjectNode parse(String json) {
    try {
      return OpenAiJson.parseObject(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String keyOf(ObjectNode body) {
    return keyOf(OpenAiJson.text(body));
  }

  String keyOf(String body) {
    return queryOf(body).orElseThrow().key();
  }

  Optional<Query> queryOf(String body) {
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
        .map(read -> Query.of(read.prompt(), Normalizer.nfc(), read.settings()));
  }

  String key(ModelRequest request) {
    return Query.of(request.prompt(), Normalizer.nfc(), request.settings()).key();
  }

  String keyOf(HttpRequest request) {
    return reader.read(request, RequestOptions.none()).map(this::key).orElseThrow();
  }

  static boolean isIgnored(String name, ObjectNode body) {
    return IGNORED.contains(name) || (name.equals("store") && body.has("messages"));
  }

  /** Returns a value that differs from the given one in one place. */
  static JsonNode other(JsonNode value) {
    if (value instanceof ArrayNode array) {
      return array.deepCopy().add("changed");
    }
    return OpenAiJson.newObject().textNode(value + " changed");
  }

  /** A request body that contains a text. */
  record TextBody(String text) implements HttpRequestBody {
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
