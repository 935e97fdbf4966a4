package io.github.semcache;

import io.github.semcache.chat.Admission;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.internal.concurrent.BoundedWorker;
import io.github.semcache.internal.concurrent.CircuitBreaker;
import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.stats.CacheListener;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.verify.PairVerifier;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The checked options of a cache. Immutable.
 *
 * @param closesStore whether the store is closed with the cache
 * @param stateStore the store of learned state; null for the store of the entries
 * @param executor the executor of asynchronous calls; null to use the cache's own threads
 */
record CacheOptions(
    Embedder embedder,
    VectorStore store,
    boolean closesStore,
    @Nullable ChatClient chatClient,
    HitPolicy hitPolicy,
    PairVerifier verifier,
    int candidates,
    ExpiryPolicy expiry,
    Normalizer normalizer,
    Admission admission,
    CacheListener listener,
    InstantSource time,
    LongSupplier ticker,
    @Nullable Executor executor,
    boolean failOnCacheErrors,
    Breakers breakers,
    @Nullable Judging judging,
    boolean shadowMode,
    @Nullable StateStore stateStore) {

  /**
   * The configuration of the circuit breakers.
   *
   * @param failures the number of consecutive failures that opens a circuit
   * @param pause the time between trial calls
   */
  record Breakers(int failures, Duration pause) {}

  /**
   * The configuration of the judge.
   *
   * @param executor the executor of the judge; null to use the cache's own thread
   * @param queueCapacity the maximum number of comparisons that wait for the cache's own thread
   * @param timeLimit the time limit of one task on the cache's own thread
   */
  record Judging(
      AnswerJudge judge, @Nullable Executor executor, int queueCapacity, Duration timeLimit) {

    BoundedWorker newWorker() {
      return executor != null
          ? BoundedWorker.on(executor)
          : BoundedWorker.of("semcache-judge", queueCapacity, timeLimit);
    }
  }

  CircuitBreaker newCircuitBreaker(int failures) {
    return new CircuitBreaker(failures, breakers.pause, ticker);
  }

  /** Creates a breaker per operation, so that working lookups cannot hide a hanging search. */
  Map<Operation, CircuitBreaker> newCircuitBreakers() {
    Map<Operation, CircuitBreaker> circuits = new EnumMap<>(Operation.class);
    if (!failOnCacheErrors) {
      Stream.of(
              Operation.EMBED, Operation.FIND, Operation.SEARCH, Operation.VERIFY, Operation.WRITE)
          .forEach(operation -> circuits.put(operation, newCircuitBreaker(breakers.failures)));
    }
    return circuits;
  }
}
