package io.github.semcache.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.SemanticCache;
import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.store.VectorStore;
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

/**
 * Asks the same question in pairs of scopes that differ in one part. The question of the second
 * request has the distance 0 from that of the first, so that only the scope prevents a hit.
 */
final class ScopePairs {
  private static final long SEED = 20_261_126;
  private static final int CONTROL_RATE = 100;

  /** Limits the size of the index in Redis. */
  private static final Duration TIME_TO_LIVE = Duration.ofSeconds(5);

  private ScopePairs() {}

  /** Asks pairs, and asserts that no pair shares an answer and that repeated requests are hits. */
  static void assertPairsShareNoAnswer(
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
  static final class FastEmbedder extends Items.ItemEmbedder implements NonBlocking {}
}
