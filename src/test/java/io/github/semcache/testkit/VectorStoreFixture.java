package io.github.semcache.testkit;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.nearest;
import static io.github.semcache.testkit.Entries.withoutExpiry;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import io.github.semcache.store.VectorStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The store under test, its clock, and helpers shared by the parts of the contract. */
abstract class VectorStoreFixture {
  /** The dimension of the embeddings. */
  protected static final int DIMENSION = 8;

  /** The vector space of the store. */
  protected static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", DIMENSION);

  static final Scope SCOPE = Scope.of("tenant", "acme");
  static final Scope OTHER_SCOPE = Scope.of("tenant", "other");
  static final Duration MINUTE = Duration.ofMinutes(1);

  /** The clock of a store that takes one; unused if the methods on time are overridden. */
  protected final FakeClock clock = new FakeClock();

  /** The store under test. */
  protected VectorStore store;

  /**
   * Opens an empty store that holds at least 1,000 entries.
   *
   * @param space the vector space
   * @return the store; it is closed after the test
   * @throws Exception if the store cannot be opened; the test fails
   */
  protected abstract VectorStore open(EmbeddingSpace space) throws Exception;

  /**
   * Returns the current time of the store's clock.
   *
   * @return the time, in whole milliseconds
   */
  protected Instant now() {
    return clock.instant();
  }

  /**
   * Returns a time to live that a test can wait for.
   *
   * @return one second of the {@link #clock}, unless overridden
   */
  protected Duration shortTimeToLive() {
    return Duration.ofSeconds(1);
  }

  /**
   * Advances the store's clock. A store with a clock of its own sleeps instead.
   *
   * @param duration the duration
   * @throws Exception if that fails; the test fails
   */
  protected void advanceTime(Duration duration) throws Exception {
    clock.advance(duration);
  }

  @BeforeEach
  void openStore() throws Exception {
    store = open(SPACE);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  final CacheEntry put(Scope scope, String prompt, double degrees) {
    CacheEntry entry = entry(scope, prompt, "answer to " + prompt, now());
    store.put(List.of(withoutExpiry(entry, atAngle(DIMENSION, degrees))));
    return entry;
  }

  final List<Match> search(Scope scope, double degrees, int k) {
    return store.nearest(nearest(scope, atAngle(DIMENSION, degrees), k)).matches();
  }

  final List<CacheEntry> entriesNear(Scope scope, double degrees, int k) {
    return search(scope, degrees, k).stream().map(Match::entry).toList();
  }

  /** Runs a task on each of several threads, which start together. */
  static void runConcurrently(int threads, IntFunction<Callable<?>> task) throws Exception {
    CyclicBarrier start = new CyclicBarrier(threads);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Object>> tasks =
          IntStream.range(0, threads)
              .<Callable<Object>>mapToObj(
                  thread ->
                      () -> {
                        start.await();
                        return task.apply(thread).call();
                      })
              .toList();
      for (Future<Object> done : executor.invokeAll(tasks)) {
        done.get();
      }
    } finally {
      executor.shutdownNow();
    }
  }
}
