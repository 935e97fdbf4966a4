package io.github.semcache.openai.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.openai.core.http.Headers;
import com.openai.core.http.HttpResponse;
import io.github.semcache.CacheCall;
import io.github.semcache.SemanticCache;
import io.github.semcache.internal.json.AnswerCheck;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.testing.JavaProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that are too long to be held in memory and stored. */
@Timeout(60)
class LongStreamTest {
  private static final int MAX = 100_000;
  private static final Prompt PROMPT = Prompt.of("Tell me everything.");

  private final SemanticCache cache = SemanticCache.builder().exactOnly().build();

  /** The events of an answer of a number of chunks. */
  private static byte[] events(int chunks) {
    StringBuilder events = new StringBuilder();
    for (int i = 0; i < chunks; i++) {
      events.append("data: ").append(chunk("\"content\":\"word" + i + " \"", "null"));
    }
    events.append("data: ").append(chunk("", "\"stop\"")).append("data: [DONE]\n\n");
    return events.toString().getBytes(UTF_8);
  }

  private static String chunk(String delta, String finishReason) {
    return """
        {"id":"1","object":"chat.completion.chunk","created":1,"model":"m",\
        "choices":[{"index":0,"delta":{%s},"finish_reason":%s}]}

        """
        .formatted(delta, finishReason);
  }

  private static SharedStream stream(
      InputStream body, CacheCall.Lead lead, boolean removesUsage, int maxBytes) {
    ModelRequest request =
        new ModelRequest(
            new ChatCompletionsApi(),
            "m",
            PROMPT,
            Map.of(),
            JsonNodeFactory.instance.objectNode(),
            "",
            AnswerCheck.ofChat(JsonNodeFactory.instance.objectNode()),
            false,
            false);
    HttpResponse response = new InputStreamResponse(200, Headers.builder().build(), body);
    return new SharedStream(response, lead, request, removesUsage, failure -> {}, maxBytes);
  }

  private CacheCall begin() {
    return cache.begin(PROMPT, Map.of(), "group");
  }

  private static byte[] readAll(HttpResponse response) throws IOException {
    try (response) {
      return response.body().readAllBytes();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void tooLongAnswerIsPassedThroughAndNotStored(boolean removesUsage) throws IOException {
    byte[] events = events(5_000);
    SharedStream stream =
        stream(new ByteArrayInputStream(events), (CacheCall.Lead) begin(), removesUsage, MAX);

    assertThat(readAll(stream.open().orElseThrow())).isEqualTo(events);
    assertThat(stream.open()).isEmpty();
    assertThat(cache.stats().writes()).isZero();
    assertThat(begin()).as("the next call leads").isInstanceOf(CacheCall.Lead.class);
  }

  @Test
  void answerWithinTheMaximumIsStored() throws IOException {
    byte[] events = events(100);
    SharedStream stream =
        stream(new ByteArrayInputStream(events), (CacheCall.Lead) begin(), false, MAX);

    assertThat(readAll(stream.open().orElseThrow())).isEqualTo(events);
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  @Test
  void readersThatKeepUpReceiveAllBytesAndOthersFail() throws IOException {
    byte[] events = events(5_000);
    SharedStream stream =
        stream(new ByteArrayInputStream(events), (CacheCall.Lead) begin(), false, MAX);
    try (HttpResponse fast = stream.open().orElseThrow();
        HttpResponse near = stream.open().orElseThrow();
        HttpResponse slow = stream.open().orElseThrow()) {
      byte[] expected = new byte[1_000];
      byte[] other = new byte[1_000];
      int read = 0;
      while (read < events.length) {
        int count = fast.body().readNBytes(expected, 0, expected.length);
        assertThat(near.body().readNBytes(other, 0, count)).isEqualTo(count);
        assertThat(other).startsWith(Arrays.copyOf(expected, count));
        read += count;
      }
      assertThat(fast.body().read()).isNegative();
      assertThat(near.body().read()).isNegative();
      assertThatThrownBy(() -> slow.body().read())
          .isInstanceOf(IOException.class)
          .hasMessage("the stream is too long to wait for a slow reader");
    }
  }

  @Test
  void waitingCallLeadsWhenTheAnswerIsTooLong() throws Exception {
    CacheCall.Lead lead = (CacheCall.Lead) begin();
    SharedStream stream = stream(new ByteArrayInputStream(events(5_000)), lead, false, MAX);
    CacheCall.Follow follow = (CacheCall.Follow) begin();

    readAll(stream.open().orElseThrow());

    CacheCall next = follow.next().get(30, TimeUnit.SECONDS);
    assertThat(next).isInstanceOf(CacheCall.Lead.class);
    ((CacheCall.Lead) next).abandon();
  }

  @Test
  void eventWithoutAnEndIsPassedThrough() throws IOException {
    byte[] line = "data: ".concat("x".repeat(3 << 20)).getBytes(UTF_8);
    SharedStream stream =
        stream(new ByteArrayInputStream(line), (CacheCall.Lead) begin(), true, MAX);

    assertThat(readAll(stream.open().orElseThrow())).isEqualTo(line);
  }

  @Test
  void readersFailIfMemoryIsExhausted() throws Exception {
    Process process =
        JavaProcess.of(LongStreamTest.class, List.of("-Xmx24m", "-XX:+UseSerialGC")).start();

    assertThat(process.waitFor(50, TimeUnit.SECONDS)).as("the reader does not wait").isTrue();
    assertThat(process.exitValue()).isZero();
  }

  /** Reads a stream without an end while its bytes cannot be discarded. Exits with 0 on failure. */
  public static void main(String[] args) {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return ' ';
          }

          @Override
          public int read(byte[] into, int offset, int length) {
            Arrays.fill(into, offset, offset + length, (byte) '\n');
            return length;
          }
        };
    SemanticCache cache = SemanticCache.builder().exactOnly().build();
    CacheCall.Lead lead = (CacheCall.Lead) cache.begin(PROMPT, Map.of(), "group");
    SharedStream stream = stream(endless, lead, false, Integer.MAX_VALUE);
    Optional<HttpResponse> response = stream.open();
    byte[] buffer = new byte[8_192];
    try {
      while (response.orElseThrow().body().read(buffer) >= 0) {
        // Until memory is exhausted.
      }
    } catch (IOException e) {
      Runtime.getRuntime().halt(0);
    }
    Runtime.getRuntime().halt(1);
  }
}
