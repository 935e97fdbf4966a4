package io.github.semcache.openai.proxy;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.HttpResponse;
import com.openai.errors.BadRequestException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import io.github.semcache.SemanticCache;
import io.github.semcache.openai.FakeCompletions;
import io.github.semcache.openai.FakeReply;
import io.github.semcache.stats.CacheEvent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The token usage of streamed chat completions. */
final class StreamUsageTest extends CachedClientTest {
  private boolean requestedUsage(int request) {
    return server
        .requests(CHAT)
        .get(request)
        .body()
        .path("stream_options")
        .path("include_usage")
        .asBoolean();
  }

  /** Returns the usage of a blocking call. */
  private long tokens() {
    ChatCompletion completion = client.chat().completions().create(asking(PARIS));
    return completion.usage().map(usage -> usage.totalTokens()).orElse(0L);
  }

  @Test
  void usageIsRemovedFromTheStreamAndStoredInTheEntry() {
    List<ChatCompletionChunk> without = stream(plain, asking(PARIS));
    List<ChatCompletionChunk> with = stream(client, asking(PARIS));

    assertThat(with).isEqualTo(without);
    assertThat(with).allSatisfy(chunk -> assertThat(chunk._usage().isMissing()).isTrue());
    assertThat(requestedUsage(0)).isFalse();
    assertThat(requestedUsage(1)).isTrue();
    assertThat(tokens()).isEqualTo(12);
    List<ChatCompletionChunk> hit = stream(client, withUsage(PARIS));
    assertThat(hit.get(hit.size() - 1).usage().orElseThrow().totalTokens()).isEqualTo(12);
    assertThat(server.requests(CHAT)).hasSize(2);
    assertThat(cache.stats().tokensSaved()).isEqualTo(24);
  }

  @Test
  void otherStreamOptionsAreRetained() {
    ChatCompletionCreateParams params =
        asking(PARIS).toBuilder()
            .streamOptions(
                ChatCompletionStreamOptions.builder()
                    .putAdditionalProperty("include_obfuscation", JsonValue.from(false))
                    .build())
            .build();

    assertThat(stream(client, params)).isEqualTo(stream(plain, params));
    assertThat(server.requests(CHAT).get(0).body().path("stream_options").toString())
        .isEqualTo("{\"include_obfuscation\":false,\"include_usage\":true}");
    assertThat(server.requests(CHAT).get(1).body().path("stream_options").toString())
        .isEqualTo("{\"include_obfuscation\":false}");
  }

  @Test
  void usageIsRemovedFromAnAsynchronousStream() {
    List<ChatCompletionChunk> chunks = new CopyOnWriteArrayList<>();
    client
        .async()
        .chat()
        .completions()
        .createStreaming(asking(PARIS))
        .subscribe(chunks::add)
        .onCompleteFuture()
        .join();

    assertThat(chunks).isNotEmpty();
    assertThat(chunks).allSatisfy(chunk -> assertThat(chunk._usage().isMissing()).isTrue());
    assertThat(requestedUsage(0)).isTrue();
    assertThat(tokens()).isEqualTo(12);
  }

  /** Rejects stream options, as some compatible services do. */
  private FakeReply rejectingOptions(int status) {
    FakeReply defaultReply = new FakeCompletions().reply();
    return (request, exchange) -> {
      boolean rejected = request.body().has("stream_options");
      (rejected ? FakeReply.error(status, "unknown field: stream_options") : defaultReply)
          .send(request, exchange);
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 422})
  void rejectedOptionIsRemovedRememberedAndCountedOnce(int status) {
    server.always(CHAT, rejectingOptions(status));

    assertThat(stream(client, asking(PARIS))).isNotEmpty();
    assertThat(server.requests(CHAT)).hasSize(2);
    assertThat(stream(client, asking(OTHER))).isNotEmpty();
    assertThat(server.requests(CHAT)).hasSize(3);
    assertThat(requestedUsage(2)).isFalse();
    assertThat(cache.stats().modelErrors()).isZero();
    assertThat(cache.stats().adapterErrors()).isEqualTo(1);
    assertThat(stream(client, asking(PARIS))).isNotEmpty();
    assertThat(server.requests(CHAT)).hasSize(3);
  }

  @Test
  void rejectedOptionIsRemovedFromAnAsynchronousStream() {
    server.always(CHAT, rejectingOptions(400));

    client
        .async()
        .chat()
        .completions()
        .createStreaming(asking(PARIS))
        .subscribe(chunk -> {})
        .onCompleteFuture()
        .join();

    assertThat(server.requests(CHAT)).hasSize(2);
    assertThat(cache.stats().writes()).isEqualTo(1);
    assertThat(cache.stats().adapterErrors()).isEqualTo(1);
  }

  @Test
  void eventOfARejectedOptionNamesModelAndStatusButNotTheQuestion() {
    server.always(CHAT, rejectingOptions(400));
    List<CacheEvent> events = new CopyOnWriteArrayList<>();
    try (SemanticCache observed = builder().listener(events::add).build()) {
      stream(CachedOpenAi.wrap(plain, observed), asking(PARIS));
    }

    assertThat(events)
        .filteredOn(event -> event instanceof CacheEvent.Failed)
        .singleElement()
        .isInstanceOfSatisfying(
            CacheEvent.Failed.class,
            failed -> {
              assertThat(failed.part()).isEqualTo(CacheEvent.Part.ADAPTER);
              assertThat(failed.cause())
                  .hasMessageContaining("model gpt-4o")
                  .hasMessageContaining("status 400")
                  .hasNoCause();
              assertThat(failed.cause()).message().doesNotContain(PARIS);
            });
  }

  @Test
  void streamOptionsOfUnexpectedTypeAreSentUnmodifiedAndCounted() {
    ChatCompletionCreateParams params =
        asking(PARIS).toBuilder()
            .putAdditionalBodyProperty("stream_options", JsonValue.from("none"))
            .build();

    assertThat(stream(client, params)).isNotEmpty();

    assertThat(server.requests(CHAT).get(0).body().path("stream_options").asText())
        .isEqualTo("none");
    assertThat(cache.stats().adapterErrors()).isEqualTo(1);
  }

  @Test
  void badRequestFailsAndTheOptionIsAddedToTheNextRequest() {
    FakeReply bad = FakeReply.error(400, "bad");
    server.next(CHAT, bad, bad);

    assertThatThrownBy(() -> stream(client, asking(PARIS)))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("bad");
    stream(client, asking(PARIS));

    assertThat(requestedUsage(2)).isTrue();
    assertThat(cache.stats().adapterErrors()).isZero();
  }

  @Test
  void optionIsNotAddedIfDisabledOrIfNothingIsStored() {
    OpenAIClient without = CachedOpenAi.builder(cache).usageOfStreams(false).build().wrap(plain);

    stream(without, asking(PARIS));
    stream(client, CacheControl.bypass().on(asking(OTHER)));

    assertThat(requestedUsage(0)).isFalse();
    assertThat(requestedUsage(1)).isFalse();
    assertThat(tokens()).isZero();
  }

  @Test
  void rawStreamIsIdenticalToThatOfTheService() throws Exception {
    try (HttpResponse with = raw(client);
        HttpResponse without = raw(plain)) {
      assertThat(with.body().readAllBytes()).isEqualTo(without.body().readAllBytes());
    }
  }

  @SuppressWarnings("MustBeClosedChecker")
  private static HttpResponse raw(OpenAIClient client) {
    return client.chat().completions().withRawResponse().createStreaming(asking(PARIS));
  }
}
