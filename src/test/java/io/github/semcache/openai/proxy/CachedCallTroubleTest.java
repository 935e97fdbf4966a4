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
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.github.semcache.SemanticCache;
import io.github.semcache.openai.FakeCompletions;
import io.github.semcache.openai.FakeOpenAiServer;
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
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Trouble of one caller, of the cache's executor and of its closing: whose it is, and whose not.
 */
@Timeout(60)
final class CachedCallTroubleTest {
  private static final String PARIS = "What is the capital of France?";

  private final FakeOpenAiServer server = FakeOpenAiServer.start();
  private final OpenAIClient plain = server.client();
  private final AtomicBoolean refusing = new AtomicBoolean();
  private final SemanticCache cache =
      SemanticCache.builder().embedder(new FakeEmbedder()).executor(this::execute).build();
  private final OpenAIClient client = CachedOpenAi.wrap(plain, cache);
  private final CountDownLatch gate = new CountDownLatch(1);

  @AfterEach
  void close() {
    gate.countDown();
    plain.close();
    cache.close();
    server.close();
  }

  private void execute(Runnable task) {
    if (refusing.get()) {
      throw new RejectedExecutionException("full");
    }
    new Thread(task).start();
  }

  private static ChatCompletionCreateParams asking() {
    return ChatCompletionCreateParams.builder().model("gpt-4o").addUserMessage(PARIS).build();
  }

  private static ChatCompletion create(OpenAIClient client) {
    return client.chat().completions().create(asking());
  }

  private static CompletableFuture<ChatCompletion> createAsync(OpenAIClient client) {
    return client.async().chat().completions().create(asking());
  }

  private static String stream(OpenAIClient client) {
    StringBuilder text = new StringBuilder();
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(asking())) {
      chunks.stream().forEach(chunk -> text.append(text(chunk)));
    }
    return text.toString();
  }

  private static String streamAsync(OpenAIClient client) {
    StringBuilder text = new StringBuilder();
    AsyncStreamResponse<ChatCompletionChunk> stream =
        client.async().chat().completions().createStreaming(asking());
    stream.subscribe(chunk -> text.append(text(chunk))).onCompleteFuture().join();
    return text.toString();
  }

  private static String text(ChatCompletionChunk chunk) {
    return chunk.choices().stream()
        .findFirst()
        .flatMap(choice -> choice.delta().content())
        .orElse("");
  }

  private static String text(ChatCompletion completion) {
    return completion.choices().get(0).message().content().orElse("");
  }

  private static <T> CompletableFuture<T> onNewThread(Supplier<T> call) {
    return CompletableFuture.supplyAsync(call, task -> new Thread(task).start());
  }

  private void awaitFollowers(int count) {
    await().until(() -> cache.stats().coalesced() == count);
  }

  private static FakeReply refusal(int status) {
    return FakeReply.error(status, "not with this key").header("x-should-retry", "false");
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 402, 403, 404, 408, 429})
  void refusalOfOneKeyIsNotThatOfTheOthers(int status) {
    server.next(CHAT, FakeReply.after(gate, refusal(status)));
    OpenAIClient revoked = client.withOptions(options -> options.apiKey("revoked"));
    CompletableFuture<Throwable> leader = onNewThread(() -> catchThrowable(() -> create(revoked)));
    await().until(() -> server.requests(CHAT).size() == 1);
    CompletableFuture<ChatCompletion> blocking = onNewThread(() -> create(client));
    CompletableFuture<ChatCompletion> asynchronous = createAsync(client);
    awaitFollowers(2);
    gate.countDown();

    assertThat(leader.join()).hasMessageContaining("not with this key");
    assertThat(text(blocking.join())).isEqualTo("Answer to: " + PARIS);
    assertThat(text(asynchronous.join())).isEqualTo("Answer to: " + PARIS);
    assertThat(server.requests(CHAT)).hasSize(2);
    assertThat(cache.stats().modelErrors()).isEqualTo(1);
  }

  @Test
  void refusalOfAnAsynchronousLeaderIsItsOwnToo() {
    server.next(CHAT, FakeReply.after(gate, refusal(401)));
    CompletableFuture<ChatCompletion> leader = createAsync(client);
    await().until(() -> server.requests(CHAT).size() == 1);
    CompletableFuture<String> follower = onNewThread(() -> text(create(client)));
    awaitFollowers(1);
    gate.countDown();

    assertThat(catchThrowable(leader::join)).hasMessageContaining("not with this key");
    assertThat(follower.join()).isEqualTo("Answer to: " + PARIS);
  }

  @Test
  void streamThatIsRefusedToOneKeyIsAskedForWithAnother() {
    server.next(CHAT, FakeReply.after(gate, refusal(429)));
    CompletableFuture<Throwable> leader = onNewThread(() -> catchThrowable(() -> stream(client)));
    await().until(() -> server.requests(CHAT).size() == 1);
    CompletableFuture<String> follower = onNewThread(() -> stream(client));
    awaitFollowers(1);
    gate.countDown();

    assertThat(leader.join()).isNotNull();
    assertThat(follower.join()).isEqualTo("Answer to: " + PARIS);
  }

  @Test
  void timeLimitOfTheLeaderDoesNotEndTheCallsOfOthers() {
    CountDownLatch never = new CountDownLatch(1);
    server.next(CHAT, FakeReply.after(never, FakeCompletions.text("late", "stop")));
    OpenAIClient impatient =
        CachedOpenAi.wrap(plain.withOptions(options -> options.maxRetries(0)), cache);
    CompletableFuture<Throwable> leader =
        onNewThread(
            () ->
                catchThrowable(
                    () ->
                        impatient
                            .chat()
                            .completions()
                            .create(
                                asking(),
                                RequestOptions.builder().timeout(Duration.ofSeconds(2)).build())));
    await().until(() -> server.requests(CHAT).size() == 1);
    CompletableFuture<String> follower = onNewThread(() -> text(create(impatient)));
    awaitFollowers(1);

    assertThat(leader.join()).isInstanceOf(OpenAIIoException.class);
    assertThat(follower.join()).isEqualTo("Answer to: " + PARIS);
    never.countDown();
  }

  @Test
  void failureOfACallThatDoesNotTryAgainIsNotThatOfOneThatWould() {
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
  void streamIsNotReadAlongByACallWithAnotherTimeLimit() {
    server.next(
        CHAT,
        FakeStream.start()
            .chunk(delta -> delta.put("content", "Par"))
            .await(gate)
            .end("stop")
            .done());
    RequestOptions shorter = RequestOptions.builder().timeout(Duration.ofSeconds(9)).build();

    try (StreamResponse<ChatCompletionChunk> first =
            client.chat().completions().createStreaming(asking(), shorter);
        StreamResponse<ChatCompletionChunk> second =
            client.chat().completions().createStreaming(asking())) {
      assertThat(second.stream().map(CachedCallTroubleTest::text).toList().toString())
          .contains("Answer");
      gate.countDown();
      assertThat(first.stream().map(CachedCallTroubleTest::text).toList()).contains("Par");
    }
    assertThat(server.requests(CHAT)).hasSize(2);
  }

  @Test
  void executorThatTakesNoMoreMakesCallsPassTheCacheBy() {
    refusing.set(true);

    assertThat(text(createAsync(client).join())).isEqualTo("Answer to: " + PARIS);
    assertThat(streamAsync(client)).isEqualTo("Answer to: " + PARIS);
    assertThat(text(create(client))).isEqualTo("Answer to: " + PARIS);
    assertThat(stream(client)).isEqualTo("Answer to: " + PARIS);
  }

  @Test
  void executorThatTakesNoMoreOnceTheModelWasAskedDoesNotLoseTheAnswer() {
    server.next(CHAT, FakeReply.after(gate, FakeCompletions.text("Paris.", "stop")));
    CompletableFuture<ChatCompletion> leader = createAsync(client);
    await().until(() -> server.requests(CHAT).size() == 1);
    CompletableFuture<ChatCompletion> follower = createAsync(client);
    awaitFollowers(1);
    refusing.set(true);
    gate.countDown();

    assertThat(text(leader.join())).isEqualTo("Paris.");
    assertThat(text(follower.join())).startsWith("Answer to:");
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  @Test
  void cacheThatIsClosedAsACallBeginsLetsItPass() {
    List<SemanticCache> closing = new ArrayList<>();
    SemanticCache cacheThatCloses =
        SemanticCache.builder()
            .embedder(new FakeEmbedder())
            .executor(
                task -> {
                  closing.get(0).close();
                  task.run();
                })
            .build();
    closing.add(cacheThatCloses);

    assertThat(text(createAsync(CachedOpenAi.wrap(plain, cacheThatCloses)).join()))
        .isEqualTo("Answer to: " + PARIS);
  }

  @Test
  void answerIsNotKeptOnTheThreadsOfTheTransport() {
    AtomicReference<String> keeper = new AtomicReference<>("");
    try (SemanticCache watched =
        SemanticCache.builder()
            .embedder(new FakeEmbedder())
            .admission(
                (prompt, reply) -> {
                  keeper.set(Thread.currentThread().getName());
                  return true;
                })
            .build()) {
      createAsync(CachedOpenAi.wrap(plain, watched)).join();
    }
    assertThat(keeper.get()).startsWith("semcache");
  }

  @Test
  void clientThatIsWrappedTwiceAsksOnce() {
    OpenAIClient twice = CachedOpenAi.wrap(client, cache);

    assertThat(text(create(twice))).isEqualTo("Answer to: " + PARIS);
    assertThat(text(create(twice))).isEqualTo("Answer to: " + PARIS);
    assertThat(text(createAsync(twice).join())).isEqualTo("Answer to: " + PARIS);
    assertThat(stream(twice)).isEqualTo("Answer to: " + PARIS);
    assertThat(server.requests(CHAT)).hasSize(1);
    assertThat(cache.stats().requests()).isEqualTo(4);
  }

  @Test
  void closingTheWrappedClientLeavesAllOfTheOriginalOpen() {
    client.close();
    server.next(CHAT, FakeReply.rateLimited(1));

    assertThat(text(createAsync(plain).join())).isEqualTo("Answer to: " + PARIS);
    assertThat(server.requests(CHAT)).as("one retry").hasSize(2);
    assertThat(streamAsync(plain)).isEqualTo("Answer to: " + PARIS);
    assertThat(stream(plain)).isEqualTo("Answer to: " + PARIS);
  }

  @Test
  void retriesOfADerivedClientComeOnTopOfThoseBelow() {
    server.always(CHAT, FakeReply.rateLimited(1));
    OpenAIClient derived = client.withOptions(options -> options.maxRetries(1));

    assertThat(catchThrowable(() -> create(derived))).isInstanceOf(RateLimitException.class);

    assertThat(server.requests(CHAT)).as("two calls of three attempts").hasSize(6);
  }
}
