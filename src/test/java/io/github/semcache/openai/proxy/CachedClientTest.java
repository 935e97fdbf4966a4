package io.github.semcache.openai.proxy;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.awaitility.Awaitility.await;

import com.google.errorprone.annotations.MustBeClosed;
import com.openai.client.OpenAIClient;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.chat.ChatReply.Admission;
import io.github.semcache.openai.FakeOpenAiServer;
import io.github.semcache.openai.FakeStream;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testkit.FakeClock;
import io.github.semcache.testkit.FakeEmbedder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** Base class for tests with a server, a real client, and a wrapped client with a cache. */
@Timeout(60)
abstract class CachedClientTest {
  static final String PARIS = "What is the capital of France?";

  /** A paraphrase of {@link #PARIS}, within the default maximum distance. */
  static final String PARIS_AGAIN = "Which city serves as France's capital?";

  static final String OTHER = "How do I reverse a string in Python?";

  final FakeOpenAiServer server = FakeOpenAiServer.start();
  final OpenAIClient plain = server.client();
  final FakeClock time = new FakeClock();
  final FakeEmbedder embedder =
      new FakeEmbedder().place(PARIS, 0).place(PARIS_AGAIN, 20).place(OTHER, 90);
  final FaultyStore store =
      new FaultyStore(InMemoryVectorStore.builder(embedder).timeSource(time).build());
  final SemanticCache cache;
  final OpenAIClient client;

  /** Opened by the test or after it, so that the server can stop. */
  final CountDownLatch gate = new CountDownLatch(1);

  CachedClientTest() {
    this(Admission.completeAnswers());
  }

  CachedClientTest(Admission admission) {
    cache = builder().store(store).admission(admission).build();
    client = CachedOpenAi.wrap(plain, cache);
  }

  /** Returns the builder of the cache of this test, and of additional caches. */
  SemanticCacheBuilder builder() {
    return SemanticCache.builder()
        .embedder(embedder)
        .timeSource(time)
        .timeToLive(Duration.ofDays(9));
  }

  @AfterEach
  void close() {
    gate.countDown();
    client.close();
    plain.close();
    cache.close();
    server.close();
  }

  static ChatCompletionCreateParams asking(String question) {
    return ChatCompletionCreateParams.builder().model("gpt-4o").addUserMessage(question).build();
  }

  static ChatCompletionCreateParams withUsage(String question) {
    return asking(question).toBuilder()
        .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
        .build();
  }

  static ChatCompletion create(OpenAIClient client, String question) {
    return client.chat().completions().create(asking(question));
  }

  static String text(ChatCompletion completion) {
    return completion.choices().get(0).message().content().orElse("");
  }

  @MustBeClosed
  static StreamResponse<ChatCompletionChunk> open(OpenAIClient client, String question) {
    return client.chat().completions().createStreaming(asking(question));
  }

  static List<ChatCompletionChunk> stream(OpenAIClient client, ChatCompletionCreateParams params) {
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(params)) {
      return chunks.stream().toList();
    }
  }

  final List<ChatCompletionChunk> stream(String question) {
    return stream(client, asking(question));
  }

  /** Returns the text of an asynchronous stream. */
  final CompletableFuture<String> streamAsync(String question) {
    StringBuilder text = new StringBuilder();
    return client
        .async()
        .chat()
        .completions()
        .createStreaming(asking(question))
        .subscribe(chunk -> text.append(text(chunk)))
        .onCompleteFuture()
        .thenApply(end -> text.toString());
  }

  static String text(List<ChatCompletionChunk> chunks) {
    StringBuilder text = new StringBuilder();
    chunks.forEach(chunk -> text.append(text(chunk)));
    return text.toString();
  }

  static String text(ChatCompletionChunk chunk) {
    return chunk.choices().stream()
        .findFirst()
        .flatMap(choice -> choice.delta().content())
        .orElse("");
  }

  static ChatCompletion accumulated(List<ChatCompletionChunk> chunks) {
    ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
    chunks.forEach(accumulator::accumulate);
    return accumulator.chatCompletion();
  }

  /** Returns a stream that waits for the gate after its first piece. */
  final FakeStream gatedAfter(String piece) {
    return FakeStream.start()
        .chunk(delta -> delta.put("role", "assistant"))
        .chunk(delta -> delta.put("content", piece))
        .await(gate)
        .chunk(delta -> delta.put("content", "is."))
        .end("stop")
        .done();
  }

  final int chatRequests() {
    return server.requests(CHAT).size();
  }

  static <T> CompletableFuture<T> onNewThread(Supplier<T> call) {
    return CompletableFuture.supplyAsync(call, task -> new Thread(task).start());
  }

  /** Waits until the given number of calls have been coalesced. */
  final void awaitCoalesced(int count) {
    await().until(() -> cache.stats().coalesced() == count);
  }
}
