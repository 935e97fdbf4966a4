package io.github.semcache.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.SemanticCache;
import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.redis.VectorIndex;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.verify.PairVerifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Asks the same question in pairs of scopes that differ in one part. The question of the second
 * request has the distance 0 from that of the first, so that only the scope prevents a hit. Run
 * with {@code mvn -Pchaos verify}.
 */
@Tag("chaos")
class ScopePairsIT {
  private static final long SEED = 20_261_126;
  private static final int CONTROL_RATE = 100;
  private static final int MEMORY_ENTRIES = 1_024;

  /** Limits the size of the index in Redis. */
  private static final Duration TIME_TO_LIVE = Duration.ofSeconds(5);

  @ParameterizedTest
  @CsvSource({"CORE, 1000000", "OPENAI, 100000", "LANGCHAIN4J, 100000", "SPRING, 100000"})
  void pairsInMemoryShareNoAnswer(ClientApi api, int pairs) throws Exception {
    Embedder embedder = new FastEmbedder();
    try (VectorStore store =
        InMemoryVectorStore.builder(embedder).maxEntries(MEMORY_ENTRIES).build()) {
      assertPairsShareNoAnswer("in memory", api, pairs, 4, embedder, store);
    }
  }

  @ParameterizedTest
  @CsvSource({"CORE, 100000", "OPENAI, 50000", "LANGCHAIN4J, 50000", "SPRING, 50000"})
  @EnabledIfRedis(EnabledIfRedis.Need.COMMAND)
  void pairsInRedisShareNoAnswer(ClientApi api, int pairs) throws Exception {
    Embedder embedder = new FastEmbedder();
    try (SingleServer server = SingleServer.start();
        VectorStore store =
            RedisVectorStore.builder(
                    RedisConnection.of(server.node().uri()), EmbeddingSpace.of(embedder))
                // Writes to a graph take most of the time of the server. The filter is the same.
                .vectorIndex(VectorIndex.flat())
                .build()) {
      assertPairsShareNoAnswer("in Redis", api, pairs, 8, embedder, store);
    }
  }

  private static void assertPairsShareNoAnswer(
      String where, ClientApi api, int pairs, int threads, Embedder embedder, VectorStore store)
      throws Exception {
    long start = System.nanoTime();
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .store(store)
            .verifier(PairVerifier.none())
            .noGuards()
            .deadline(Duration.ofSeconds(30))
            .storeTimeout(Duration.ofSeconds(30))
            .timeToLive(TIME_TO_LIVE)
            .build()) {
      Checker checker = new Checker(api.client(cache));
      checker.run(pairs, threads);

      System.out.printf(
          "%,d pairs of scopes %s through %s: %d shared an answer, %d of %d repeated requests were"
              + " hits, %d s%n",
          pairs,
          where,
          api,
          checker.shared.size(),
          checker.repeatedHits.get(),
          checker.repeated.get(),
          Duration.ofNanos(System.nanoTime() - start).toSeconds());
      assertThat(checker.shared).isEmpty();
      // On a busy machine, an entry is evicted or a call of Redis times out before it is repeated.
      assertThat(checker.repeatedHits.get())
          .as("the cache is used")
          .isGreaterThan(checker.repeated.get() / 2);
      assertThat(cache.stats().adapterErrors()).isZero();
      assertThat(cache.stats().requests()).isGreaterThanOrEqualTo(2L * pairs);
    }
  }

  /** Asks pairs, and some requests twice. */
  private static final class Checker {
    private final ClientApi.Client client;
    private final AtomicLong repeated = new AtomicLong();
    private final AtomicLong repeatedHits = new AtomicLong();
    private final List<String> shared = new CopyOnWriteArrayList<>();

    Checker(ClientApi.Client client) {
      this.client = client;
    }

    void run(int pairs, int threads) throws InterruptedException, ExecutionException {
      ExecutorService executor = Executors.newFixedThreadPool(threads);
      try {
        List<Future<?>> parts = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < threads; i++) {
          int first = i;
          SplittableRandom own = random.split();
          parts.add(
              executor.submit(
                  () -> {
                    for (int number = first; number < pairs; number += threads) {
                      check(number, RandomRequest.pair(number, own));
                    }
                  }));
        }
        for (Future<?> part : parts) {
          part.get();
        }
      } finally {
        executor.shutdownNow();
      }
    }

    private void check(int number, RandomRequest.Pair pair) {
      String answer = client.ask(pair.one());
      if (client.ask(pair.other()).equals(answer)) {
        shared.add(number + ": " + pair.difference());
      }
      if (number % CONTROL_RATE == 0) {
        repeated.incrementAndGet();
        repeatedHits.addAndGet(client.ask(pair.one()).equals(answer) ? 1 : 0);
      }
    }
  }

  /** Called on the caller's thread. */
  private static final class FastEmbedder extends Items.ItemEmbedder implements NonBlocking {}
}
