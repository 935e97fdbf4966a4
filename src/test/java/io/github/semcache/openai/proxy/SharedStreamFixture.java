package io.github.semcache.openai.proxy;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;

import com.google.errorprone.annotations.MustBeClosed;
import com.openai.client.OpenAIClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.chat.Admission;
import io.github.semcache.openai.FakeOpenAiServer;
import io.github.semcache.openai.FakeStream;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testkit.FakeEmbedder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** Streams of a client with a cache whose store can be made to fail. */
@Timeout(60)
abstract class SharedStreamFixture {
  static final String PARIS = "What is the capital of France?";

  final FakeOpenAiServer server = FakeOpenAiServer.start();
  final OpenAIClient plain = server.client();
  final FakeEmbedder embedder = new FakeEmbedder();
  final FaultyStore store = new FaultyStore(InMemoryVectorStore.of(embedder));
  final SemanticCache cache = builder().build();
  final OpenAIClient client = CachedOpenAi.wrap(plain, cache);
  final CountDownLatch gate = new CountDownLatch(1);

  SemanticCacheBuilder builder() {
    return SemanticCache.builder()
        .embedder(embedder)
        .store(store)
        .admission(Admission.everything());
  }

  @AfterEach
  void close() {
    gate.countDown();
    plain.close();
    cache.close();
    server.close();
  }

  static ChatCompletionCreateParams asking() {
    return ChatCompletionCreateParams.builder().model("gpt-4o").addUserMessage(PARIS).build();
  }

  static ChatCompletionCreateParams withUsage() {
    return asking().toBuilder()
        .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
        .build();
  }

  @MustBeClosed
  StreamResponse<ChatCompletionChunk> open(ChatCompletionCreateParams params) {
    return client.chat().completions().createStreaming(params);
  }

  static String text(StreamResponse<ChatCompletionChunk> chunks) {
    StringBuilder text = new StringBuilder();
    chunks.stream().forEach(chunk -> text.append(text(chunk)));
    return text.toString();
  }

  static String text(ChatCompletionChunk chunk) {
    return chunk.choices().stream()
        .findFirst()
        .flatMap(choice -> choice.delta().content())
        .orElse("");
  }

  String stream() {
    try (StreamResponse<ChatCompletionChunk> chunks = open(asking())) {
      return text(chunks);
    }
  }

  static <T> CompletableFuture<T> onNewThread(Supplier<T> call) {
    return CompletableFuture.supplyAsync(call, task -> new Thread(task).start());
  }

  int chatRequests() {
    return server.requests(CHAT).size();
  }

  FakeStream gated() {
    return FakeStream.start()
        .chunk(delta -> delta.put("content", "Par"))
        .await(gate)
        .chunk(delta -> delta.put("content", "is."))
        .end("stop")
        .done();
  }
}
