package io.github.semcache.bench;

import com.openai.client.OpenAIClient;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.github.semcache.SemanticCache;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.openai.FakeCompletions;
import io.github.semcache.openai.FakeOpenAiServer;
import io.github.semcache.openai.proxy.CachedOpenAi;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.store.InMemoryVectorStore;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Compares openai-java calls with and without a cache against the same local server. The store is a
 * small in-memory store, and the embedder is a no-op.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(value = 1, jvmArgsAppend = "-Dsun.net.httpserver.nodelay=true") // avoids delays of 40 ms
public class CachedClientBenchmark {
  /** The response time of the server in milliseconds. */
  @Param({"0", "50"})
  private long millis;

  private final FakeOpenAiServer server = FakeOpenAiServer.start();
  private final OpenAIClient plain = server.client();
  private final Embedder embedder = Embedder.of("none", 2, text -> new float[] {1, 0});
  private final SemanticCache cache =
      SemanticCache.builder()
          .embedder(embedder)
          .maxDistance(0.15)
          .store(InMemoryVectorStore.builder(EmbeddingSpace.of(embedder)).maxEntries(100).build())
          .hitPolicy(HitPolicy.never())
          .build();
  private final OpenAIClient cached = CachedOpenAi.wrap(plain, cache);
  private final ChatCompletionCreateParams known = params("What is the capital of France?");
  private long next;

  /** Configures the server and caches the known question. */
  @Setup
  public void start() {
    server.always(
        FakeOpenAiServer.CHAT,
        (request, exchange) -> {
          TimeUnit.MILLISECONDS.sleep(millis);
          FakeCompletions.text("Paris", "stop").send(request, exchange);
        });
    cached.chat().completions().create(known);
  }

  /** Stops the server. */
  @TearDown
  public void stop() {
    plain.close();
    cache.close();
    server.close();
  }

  private static ChatCompletionCreateParams params(String question) {
    return ChatCompletionCreateParams.builder()
        .model("gpt-4o")
        .addSystemMessage("You are the help desk of ACME. Answer in one sentence.")
        .addUserMessage(question)
        .temperature(0)
        .build();
  }

  private ChatCompletionCreateParams newQuestion() {
    return params("What is the answer to question number " + next++ + "?");
  }

  /**
   * Measures a call without a cache.
   *
   * @return the completion
   */
  @Benchmark
  public ChatCompletion withoutCache() {
    return plain.chat().completions().create(newQuestion());
  }

  /**
   * Measures a cache miss, including the lookup and the write.
   *
   * @return the completion
   */
  @Benchmark
  public ChatCompletion miss() {
    return cached.chat().completions().create(newQuestion());
  }

  /**
   * Measures an exact hit.
   *
   * @return the completion
   */
  @Benchmark
  public ChatCompletion exactHit() {
    return cached.chat().completions().create(known);
  }
}
