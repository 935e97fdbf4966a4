package io.github.semcache.openai.proxy;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClient;
import com.openai.core.RequestOptions;
import com.openai.core.http.AsyncStreamResponse;
import com.openai.core.http.StreamResponse;
import com.openai.errors.InternalServerException;
import com.openai.errors.OpenAIIoException;
import com.openai.errors.RateLimitException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.openai.FakeCompletions;
import io.github.semcache.openai.FakeReply;
import io.github.semcache.openai.FakeStream;
import io.github.semcache.testkit.FakeEmbedder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Failures specific to one caller, rejecting executors, closed caches, and closed clients. */
@Tag("slow")
final class CachedCallFailureTest extends CachedClientTest {
  private final AtomicBoolean rejecting = new AtomicBoolean();

  @Override
  SemanticCacheBuilder builder() {
    return super.builder().executor(task -> execute(task));
  }

  private void execute(Runnable task) {
    if (rejecting.get()) {
      throw new RejectedExecutionException("full");
    }
    new Thread(task).start();
  }

  private static ChatCompletion create(OpenAIClient client) {
    return create(client, PARIS);
  }

  private static CompletableFuture<ChatCompletion> createAsync(OpenAIClient client) {
    return client.async().chat().completions().create(asking(PARIS));
  }

  private static String streamText(OpenAIClient client) {
    return text(stream(client, asking(PARIS)));
  }

  private static String streamTextAsync(OpenAIClient client) {
    StringBuilder text = new StringBuilder();
    AsyncStreamResponse<ChatCompletionChunk> stream =
        client.async().chat().completions().createStreaming(asking(PARIS));
    stream.subscribe(chunk -> text.append(text(chunk))).onCompleteFuture().join();
    return text.toString();
  }

  private static FakeReply callerError(int status) {
    return FakeReply.error(status, "not with this key").header("x-should-retry", "false");
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 402, 403, 404, 408, 429})
  void callerErrorFailsOnlyTheLeader(int status) {
    server.next(CHAT, FakeReply.after(gate, callerError(status)));
    OpenAIClient shared = CachedOpenAi.builder(cache).shareAcrossCredentials().build().wrap(plain);
    OpenAIClient revoked = shared.withOptions(options -> options.apiKey("revoked"));
    CompletableFuture<Throwable> leader = onNewThread(() -> catchThrowable(() -> create(revoked)));
    await().until(() -> server.requests(CHAT).size() == 1);
    CompletableFuture<ChatCompletion> blocking = onNewThread(() -> create(shared));
    CompletableFuture<ChatCompletion> asynchronous = createAsync(shared);
    awaitCoalesced(2);
    gate.countDown();

    assertThat(leader.join()).hasMessageContaining("not with this key");
    assertThat(text(blocking.join())).isEqualTo("Answer to: " + PARIS);
    assertThat(text(asynchronous.join())).isEqualTo("Answer to: " + PARIS);
    assertThat(server.requests(CHAT)).hasSize(2);
    assertThat(cache.stats().modelErrors()).isEqualTo(1);
  }

  @Test
  void callerErrorFailsOnlyTheAsynchronousLeader() {
    server.next(CHAT, FakeReply.after(gate, callerError(401)));
    CompletableFuture<ChatCompletion> leader = createAsync(client);
    await().until(() -> server.requests(CHAT).size() == 1);
    CompletableFuture<String> follower = onNewThread(() -> text(create(client)));
    awaitCoalesced(1);
    gate.countDown();

    assertThat(catchThrowable(leader::join)).hasMessageContaining("not with this key");
    assertThat(follower.join()).isEqualTo("Answer to: " + PARIS);
  }

  @Test
  void callerErrorOfAStreamFailsOnlyTheLeader() {
    server.next(CHAT, FakeReply.after(gate, callerError(429)));
    CompletableFuture<Throwable> leader =
        onNewThread(() -> catchThrowable(() -> streamText(client)));
    await().until(() -> server.requests(CHAT).size() == 1);
    CompletableFuture<String> follower = onNewThread(() -> streamText(client));
    awaitCoalesced(1);
    gate.countDown();

    assertThat(leader.join()).isNotNull();
    assertThat(follower.join()).isEqualTo("Answer to: " + PARIS);
  }

  @Test
  void timeoutOfTheLeaderDoesNotFailTheFollowers() {
    CountDownLatch release = new CountDownLatch(1);
    server.next(CHAT, FakeReply.after(release, FakeCompletions.text("late", "stop")));
    OpenAIClient timingOut =
        CachedOpenAi.wrap(plain.withOptions(options -> options.maxRetries(0)), cache);
    CompletableFuture<Throwable> leader =
        onNewThread(
            () ->
                catchThrowable(
                    () ->
                        timingOut
                            .chat()
                            .completions()
                            .create(
                                asking(PARIS),
                                RequestOptions.builder().timeout(Duration.ofSeconds(2)).build())));
    await().until(() -> server.requests(CHAT).size() == 1);
    CompletableFuture<String> follower = onNewThread(() -> text(create(timingOut)));
    awaitCoalesced(1);

    assertThat(leader.join()).isInstanceOf(OpenAIIoException.class);
    assertThat(follower.join()).isEqualTo("Answer to: " + PARIS);
    release.countDown();
  }

  @Test
  void failureOfACallWithoutRetriesDoesNotFailACallWithRetries() {
    server.next(CHAT, FakeReply.after(gate, FakeReply.error(500, "broken")));
    OpenAIClient once =
        CachedOpenAi.wrap(plain.withOptions(options -> options.maxRetries(0)), cache);
    CompletableFuture<Throwable> first = onNewThread(() -> catchThrowable(() -> create(once)));
    await().until(() -> server.requests(CHAT).size() == 1);
    server.next(CHAT, FakeReply.error(500, "broken"));

    assertThat(text(create(client))).isEqualTo("Answer to: " + PARIS);

    gate.countDown();
    assertThat(first.join()).isInstanceOf(InternalServerException.class);
    assertThat(server.requests(CHAT)).hasSize(3);
  }

  @Test
  void streamIsNotSharedByCallsWithDifferentTimeouts() {
    server.next(
        CHAT,
        FakeStream.start()
            .chunk(delta -> delta.put("content", "Par"))
            .await(gate)
            .end("stop")
            .done());
    RequestOptions shorter = RequestOptions.builder().timeout(Duration.ofSeconds(9)).build();

    try (StreamResponse<ChatCompletionChunk> first =
            client.chat().completions().createStreaming(asking(PARIS), shorter);
        StreamResponse<ChatCompletionChunk> second =
            client.chat().completions().createStreaming(asking(PARIS))) {
      assertThat(second.stream().map(CachedClientTest::text).toList().toString())
          .contains("Answer");
      gate.countDown();
      assertThat(first.stream().map(CachedClientTest::text).toList()).contains("Par");
    }
    assertThat(server.requests(CHAT)).hasSize(2);
  }

  @Test
  void callsBypassTheCacheIfTheExecutorRejectsThem() {
    rejecting.set(true);

    assertThat(text(createAsync(client).join())).isEqualTo("Answer to: " + PARIS);
    assertThat(streamTextAsync(client)).isEqualTo("Answer to: " + PARIS);
    assertThat(text(create(client))).isEqualTo("Answer to: " + PARIS);
    assertThat(streamText(client)).isEqualTo("Answer to: " + PARIS);
  }

  @Test
  void answerIsStoredIfTheExecutorRejectsTasksAfterTheModelCall() {
    server.next(CHAT, FakeReply.after(gate, FakeCompletions.text("Paris.", "stop")));
    CompletableFuture<ChatCompletion> leader = createAsync(client);
    await().until(() -> server.requests(CHAT).size() == 1);
    CompletableFuture<ChatCompletion> follower = createAsync(client);
    awaitCoalesced(1);
    rejecting.set(true);
    gate.countDown();

    assertThat(text(leader.join())).isEqualTo("Paris.");
    assertThat(text(follower.join())).startsWith("Answer to:");
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  @Test
  void callBypassesACacheThatIsClosedConcurrently() {
    List<SemanticCache> closing = new ArrayList<>();
    SemanticCache closedByItsExecutor =
        SemanticCache.builder()
            .embedder(new FakeEmbedder())
            .executor(
                task -> {
                  closing.get(0).close();
                  task.run();
                })
            .build();
    closing.add(closedByItsExecutor);

    assertThat(text(createAsync(CachedOpenAi.wrap(plain, closedByItsExecutor)).join()))
        .isEqualTo("Answer to: " + PARIS);
  }

  @Test
  void answerIsNotStoredOnAThreadOfTheHttpClient() {
    AtomicReference<String> thread = new AtomicReference<>("");
    try (SemanticCache observed =
        SemanticCache.builder()
            .embedder(new FakeEmbedder())
            .admission(
                (prompt, reply) -> {
                  thread.set(Thread.currentThread().getName());
                  return true;
                })
            .build()) {
      createAsync(CachedOpenAi.wrap(plain, observed)).join();
    }
    assertThat(thread.get()).startsWith("semcache");
  }

  @Test
  void clientThatIsWrappedTwiceSendsOneRequest() {
    OpenAIClient twice = CachedOpenAi.wrap(client, cache);

    assertThat(text(create(twice))).isEqualTo("Answer to: " + PARIS);
    assertThat(text(create(twice))).isEqualTo("Answer to: " + PARIS);
    assertThat(text(createAsync(twice).join())).isEqualTo("Answer to: " + PARIS);
    assertThat(streamText(twice)).isEqualTo("Answer to: " + PARIS);
    assertThat(server.requests(CHAT)).hasSize(1);
    assertThat(cache.stats().requests()).isEqualTo(4);
  }

  @Test
  void closingTheWrappedClientDoesNotCloseTheOriginal() {
    client.close();
    server.next(CHAT, FakeReply.rateLimited(1));

    assertThat(text(createAsync(plain).join())).isEqualTo("Answer to: " + PARIS);
    assertThat(server.requests(CHAT)).as("one retry").hasSize(2);
    assertThat(streamTextAsync(plain)).isEqualTo("Answer to: " + PARIS);
    assertThat(streamText(plain)).isEqualTo("Answer to: " + PARIS);
  }

  @Test
  void retriesOfADerivedClientMultiplyThoseOfTheWrappedClient() {
    server.always(CHAT, FakeReply.rateLimited(1));
    OpenAIClient derived = client.withOptions(options -> options.maxRetries(1));

    assertThat(catchThrowable(() -> create(derived))).isInstanceOf(RateLimitException.class);

    assertThat(server.requests(CHAT)).as("two calls of three attempts").hasSize(6);
  }
}
