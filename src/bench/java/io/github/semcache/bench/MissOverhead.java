package io.github.semcache.bench;

import com.openai.client.OpenAIClient;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.github.semcache.SemanticCache;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.openai.FakeCompletions;
import io.github.semcache.openai.FakeOpenAiServer;
import io.github.semcache.openai.proxy.CachedOpenAi;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.store.InMemoryVectorStore;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures the overhead of a miss over the call of the model. Calls with and without a cache
 * alternate, so that the load on the machine affects both equally.
 *
 * <p>{@code mvn -q -Pbench test-compile exec:exec
 * -Dbench.main=io.github.semcache.bench.MissOverhead -Dbench= -Dbench.options=}
 */
public final class MissOverhead implements AutoCloseable {
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
  private long questions;

  private MissOverhead(long serverMillis) {
    server.always(
        FakeOpenAiServer.CHAT,
        (request, exchange) -> {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(serverMillis));
          FakeCompletions.text("Paris", "stop").send(request, exchange);
        });
  }

  /**
   * Prints the medians for a server that answers immediately and for one that takes 50 ms.
   *
   * @param args not used
   */
  public static void main(String[] args) {
    System.out.println("server      without cache   with cache   difference (median of pairs)");
    try (MissOverhead immediate = new MissOverhead(0)) {
      immediate.measure(20_000);
      immediate.report(0, immediate.measure(10_000));
    }
    try (MissOverhead slow = new MissOverhead(50)) {
      slow.measure(100);
      slow.report(50, slow.measure(600));
    }
  }

  /** Returns the nanoseconds of each pair of calls, without and with the cache. */
  private long[][] measure(int pairs) {
    long[][] nanos = new long[2][pairs];
    for (int i = 0; i < pairs; i++) {
      boolean plainFirst = i % 2 == 0;
      long first = nanosOf(plainFirst ? plain : cached);
      long second = nanosOf(plainFirst ? cached : plain);
      nanos[0][i] = plainFirst ? first : second;
      nanos[1][i] = plainFirst ? second : first;
    }
    return nanos;
  }

  private long nanosOf(OpenAIClient client) {
    ChatCompletionCreateParams params =
        ChatCompletionCreateParams.builder()
            .model("gpt-4o")
            .addSystemMessage("You are the help desk of ACME. Answer in one sentence.")
            .addUserMessage("What is the answer to question number " + questions++ + "?")
            .temperature(0)
            .build();
    long start = System.nanoTime();
    client.chat().completions().create(params);
    return System.nanoTime() - start;
  }

  private void report(long serverMillis, long[][] nanos) {
    long[] differences = new long[nanos[0].length];
    Arrays.setAll(differences, i -> nanos[1][i] - nanos[0][i]);
    double without = medianMicros(nanos[0]);
    double difference = medianMicros(differences);
    System.out.printf(
        "%3d ms  %,12.0f us %,12.0f us %,8.0f us = %.2f %%%n",
        serverMillis, without, medianMicros(nanos[1]), difference, 100 * difference / without);
  }

  private static double medianMicros(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2] / 1e3;
  }

  @Override
  public void close() {
    plain.close();
    cache.close();
    server.close();
  }
}
