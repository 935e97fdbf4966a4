package io.github.semcache;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply.Admission;
import io.github.semcache.deadline.Deadline;
import io.github.semcache.deadline.Deadline.ContextAware;
import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.internal.concurrent.BoundedWorker;
import io.github.semcache.internal.concurrent.CircuitBreaker;
import io.github.semcache.internal.entry.ExpiryPolicy;
import io.github.semcache.internal.entry.SoftExpiry;
import io.github.semcache.internal.resilience.FailOpen;
import io.github.semcache.internal.resilience.Operation;
import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.policy.CacheSettings;
import io.github.semcache.policy.CacheabilityPolicy;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheListener;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.verify.PairVerifier;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The checked options of a cache. Immutable.
 *
 * @param exactOnly whether prompts are looked up by their key only
 * @param closesStore whether the store is closed with the cache
 * @param renewsTimeToLive whether hits renew the time to live
 * @param verifierAfterMiss the verifier on a background thread; null for none
 * @param stateStore the store of learned state; null for the store of the entries
 * @param sharedSettings the minimum time between two reads of the settings that instances share;
 *     empty if they do not share them
 * @param hedging whether the model is called while a slow lookup is running
 * @param sharing how calls share the work of answering a prompt
 * @param executor the executor of asynchronous calls; null to use the cache's own threads
 * @param previous the store that {@code store} replaces; null for none
 */
record CacheOptions(
    Embedder embedder,
    boolean exactOnly,
    VectorStore store,
    boolean closesStore,
    @Nullable ChatClient chatClient,
    HitPolicy hitPolicy,
    PairVerifier verifier,
    @Nullable PairVerifier verifierAfterMiss,
    int candidates,
    ExpiryPolicy expiry,
    boolean renewsTimeToLive,
    Normalizer normalizer,
    CacheabilityPolicy cacheability,
    Admission admission,
    CacheListener listener,
    Usage usage,
    InstantSource time,
    LongSupplier ticker,
    @Nullable Executor executor,
    boolean failOnCacheErrors,
    Breakers breakers,
    TimeLimits limits,
    boolean hedging,
    Sharing sharing,
    @Nullable Judging judging,
    boolean shadowMode,
    @Nullable StateStore stateStore,
    @Nullable Previous previous,
    Optional<Duration> sharedSettings) {

  /**
   * The store that the store of the cache replaces.
   *
   * @param store the previous store
   * @param listing the same store, as a store that can list its entries
   * @param embedder its embedder; null if only lookups by key are made in it
   * @param policy decides on matches in its vector space
   */
  record Previous(
      VectorStore store,
      VectorStore.Listable listing,
      @Nullable Embedder embedder,
      HitPolicy policy) {}

  /**
   * The configuration of the circuit breakers.
   *
   * @param failures the number of consecutive failures that opens a circuit
   * @param pause the time until the first trial call
   */
  record Breakers(int failures, Duration pause) {}

  /**
   * How calls share the work of answering a prompt.
   *
   * @param lease the duration of the lease of a call that other instances follow; empty if they do
   *     not
   * @param softExpiry the soft time to live of answers; null for none
   * @param similarPrompts whether a call follows another one with a similar prompt
   * @param confirmations the number of other contributors who must confirm an answer of the model;
   *     0 if answers need no confirmation
   */
  record Sharing(
      Optional<Duration> lease,
      @Nullable SoftExpiry softExpiry,
      boolean similarPrompts,
      int confirmations) {
    /** The time for a refresh if other instances do not follow calls. */
    private static final Duration DEFAULT_LEASE = Duration.ofMinutes(1);

    /** Returns whether calls of different contributors are not coalesced. */
    boolean separatesContributors() {
      return confirmations > 0;
    }

    Duration refreshLease() {
      return lease.orElse(DEFAULT_LEASE);
    }
  }

  /**
   * The configuration of usage counts.
   *
   * @param tag the name of the tag by whose value model calls are counted; empty for none
   * @param automaticBypass whether semantic lookups that do not pay are skipped
   */
  record Usage(Optional<String> tag, boolean automaticBypass) {}

  /**
   * The configuration of the judge.
   *
   * @param executor the executor of the judge; null to use the cache's own thread
   * @param queueCapacity the maximum number of comparisons that wait for the cache's own thread
   * @param timeLimit the time limit of one task on the cache's own thread
   */
  record Judging(
      AnswerJudge judge, @Nullable Executor executor, int queueCapacity, Duration timeLimit) {

    /** Creates a worker; the name is that of its own thread. */
    BoundedWorker newWorker(String name) {
      return executor != null
          ? BoundedWorker.on(executor)
          : BoundedWorker.of(name, queueCapacity, timeLimit);
    }
  }

  CircuitBreaker newCircuitBreaker(int failures) {
    return new CircuitBreaker(failures, breakers.pause, ticker);
  }

  /**
   * Returns the settings with which an operation calls its part. Each operation has its own circuit
   * breaker, so that working lookups cannot hide a hanging search.
   */
  FailOpen.Settings settingsOf(Operation operation) {
    return settingsOf(operation, partOf(operation));
  }

  /** Returns the settings with which an operation calls the previous store or its embedder. */
  FailOpen.Settings previousSettingsOf(Operation operation, Previous parts) {
    Embedder old = parts.embedder();
    return settingsOf(
        operation,
        switch (operation.part()) {
          case STORE -> parts.store();
          case EMBEDDER -> old != null ? old : operation;
          default -> operation == Operation.DECIDE ? parts.policy() : partOf(operation);
        });
  }

  private FailOpen.Settings settingsOf(Operation operation, Object part) {
    return new FailOpen.Settings(
        failOnCacheErrors ? CircuitBreaker.NONE : newCircuitBreaker(breakers.failures),
        !NonBlocking.test(part),
        observesDeadline(operation, part),
        contextOf(part),
        limits.limitOf(operation));
  }

  /** Returns the part that an operation calls. */
  private Object partOf(Operation operation) {
    return switch (operation.part()) {
      case NORMALIZER -> normalizer;
      case EMBEDDER -> embedder;
      case STORE -> store;
      case POLICY -> operation == Operation.CLASSIFY ? cacheability : hitPolicy;
      case VERIFIER -> verifier;
      case ADMISSION -> admission;
      default -> operation;
    };
  }

  /**
   * Returns whether the calls of an operation that start now end at the deadline themselves. Large
   * writes may block on a connection before the reply is read, so writes do not.
   */
  private static BooleanSupplier observesDeadline(Operation operation, Object part) {
    return operation != Operation.WRITE && part instanceof Deadline.Aware aware
        ? aware::observesDeadline
        : () -> false;
  }

  /** Returns a function that carries the caller's context to the worker thread of a part. */
  private static UnaryOperator<Runnable> contextOf(Object part) {
    return part instanceof ContextAware aware ? aware::withContext : task -> task;
  }

  /**
   * The time limits of a request.
   *
   * @param lookup the time limit of a lookup; empty for no limit
   * @param storing the time limit of storing a reply; empty for no limit
   * @param maxWait the time limit of a wait for another call
   * @param ticker measures the limits
   */
  record TimeLimits(
      Optional<Duration> lookup,
      Optional<Duration> storing,
      Duration maxWait,
      LongSupplier ticker) {
    static final Duration DEFAULT_LOOKUP = Duration.ofSeconds(1);
    static final Duration DEFAULT_STORING = Duration.ofSeconds(1);
    static final Duration DEFAULT_MAX_WAIT = Duration.ofSeconds(10);

    /** The time limit of {@code put} and {@code explain}, whose callers receive the failure. */
    private static final Duration EXPLICIT_CALL = Duration.ofSeconds(30);

    /** Returns the time that an operation usually has. */
    Duration limitOf(Operation operation) {
      return operation == Operation.WRITE || operation == Operation.ADMIT
          ? storing.orElse(DEFAULT_STORING)
          : lookup.orElse(DEFAULT_LOOKUP);
    }

    /** Returns these limits with the current settings. */
    TimeLimits with(CacheSettings settings) {
      return settings.deadline().isPresent()
          ? new TimeLimits(settings.deadline(), storing, maxWait, ticker)
          : this;
    }

    /** Returns the deadline of the lookup of a prompt that begins now; empty for none. */
    Optional<Deadline> lookupDeadline(Prompt prompt) {
      return prompt.deadline().or(() -> lookup).map(this::deadline);
    }

    /** Returns the deadline for storing the reply of a model call that ends now; empty for none. */
    Optional<Deadline> storingDeadline() {
      return storing.map(this::deadline);
    }

    /**
     * Makes a call of a method that is not part of a request, with a deadline unless lookups have
     * none.
     */
    <T> T runExplicitCall(Supplier<T> call) {
      return lookup.isEmpty() ? call.get() : deadline(EXPLICIT_CALL).run(call);
    }

    /** Returns the deadline for measuring the scale of the embedding model while building. */
    Deadline scaleDeadline() {
      return deadline(
          lookup.filter(limit -> limit.compareTo(DEFAULT_LOOKUP) < 0).orElse(DEFAULT_LOOKUP));
    }

    Deadline deadline(Duration limit) {
      return Deadline.after(limit, ticker);
    }
  }
}
