package io.github.semcache;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.Admission;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingScale;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.guard.Guards;
import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.policy.DistancePolicy;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.LearningPolicy;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.TimeToLive;
import io.github.semcache.stats.CacheListener;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.VectorStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link SemanticCache}. Only the embedder must be given. The order of the calls does not
 * matter, and {@link #build} may be called more than once. Not safe for use by many threads.
 */
public final class SemanticCacheBuilder {
  private static final double DEFAULT_MAX_DISTANCE = 0.15;

  /** A search of so many brings as many answers with it. */
  private static final int MAX_CANDIDATES = 1_000;

  private @Nullable Embedder embedder;
  private @Nullable SharedStore store;
  @Nullable ChatClient chatClient;
  private OptionalDouble maxDistance = OptionalDouble.empty();
  private OptionalDouble relativeDistance = OptionalDouble.empty();
  private Optional<Guards> guards = Optional.empty();
  private @Nullable HitPolicy hitPolicy;
  private Optional<Duration> timeToLive = Optional.of(Duration.ofHours(24));
  private double timeToLiveJitter;
  Normalizer normalizer = Normalizer.whitespace();
  Admission admission = Admission.completeAnswers();
  int candidates = 10;
  CacheListener listener = event -> {};
  InstantSource time = InstantSource.system();
  LongSupplier ticker = System::nanoTime;
  @Nullable Executor executor;
  boolean failOnCacheErrors;
  @Nullable AnswerJudge judge;
  private @Nullable Duration judgeTimeLimit;
  private @Nullable Integer judgeQueue;
  private @Nullable Executor judgeExecutor;
  boolean shadowMode;
  private @Nullable StateStore stateStore;
  private int failuresToOpen = 5;
  private Duration circuitPause = Duration.ofSeconds(1);

  SemanticCacheBuilder() {}

  /**
   * Sets who makes the embeddings. Required.
   *
   * @param embedder the embedder; the cache does not close it
   * @return this builder
   */
  public SemanticCacheBuilder embedder(Embedder embedder) {
    this.embedder = requireNonNull(embedder, "embedder");
    return this;
  }

  /**
   * Sets where answers are kept. Without one the cache makes an {@link InMemoryVectorStore} of its
   * own.
   *
   * @param store a store of the embedder's model and dimension; the cache closes it. If this
   *     builder builds several caches over it, it is closed with the last one that is open; after
   *     that the builder needs a new one. Caches of several builders do not know of each other, so
   *     a store that they share must be closed with neither before both are done
   * @return this builder
   */
  public SemanticCacheBuilder store(VectorStore store) {
    this.store = new SharedStore(requireNonNull(store, "store"));
    return this;
  }

  /**
   * Sets who answers a miss. Without one, {@link
   * SemanticCache#ask(io.github.semcache.prompt.Prompt)} cannot be called.
   *
   * @param chatClient the chat client; the cache does not close it
   * @return this builder
   */
  public SemanticCacheBuilder chatClient(ChatClient chatClient) {
    this.chatClient = requireNonNull(chatClient, "chatClient");
    return this;
  }

  /**
   * Sets the cut: prompts no farther apart than this count as the same question, unless one of the
   * {@linkplain #guards guards} objects. The default is right for {@code text-embedding-3-small}.
   * Other models spread their distances differently and need another cut: on the questions of bank
   * customers in the BANKING77 data set, 0.15 without guards gives 2.7 % wrong answers with
   * all-MiniLM-L6-v2 but 11.4 % with bge-small-en, for which 0.05 gives 1.2 %.
   *
   * @param maxDistance the largest cosine distance of a hit, 0 to 2; 0.15 unless set
   * @return this builder
   * @throws IllegalArgumentException if the distance is outside 0 to 2
   */
  public SemanticCacheBuilder maxDistance(double maxDistance) {
    HitPolicy.maxDistance(maxDistance);
    this.maxDistance = OptionalDouble.of(maxDistance);
    return this;
  }

  /**
   * Sets the cut as a part of the distance that unrelated prompts have, so that it means the same
   * for every embedding model; in place of {@link #maxDistance}. For a model that is not
   * {@linkplain io.github.semcache.embedding.EmbeddingScale#known known}, {@link #build} measures
   * that distance with one call of the embedder, and keeps it where {@linkplain #stateStore what
   * was learned} is kept.
   *
   * @param relativeDistance the largest relative distance of a hit, 0 (the same) to 1 (as far apart
   *     as unrelated prompts)
   * @return this builder
   * @throws IllegalArgumentException if the distance is outside 0 to 1
   */
  public SemanticCacheBuilder relativeDistance(double relativeDistance) {
    HitPolicy.relativeDistance(relativeDistance);
    this.relativeDistance = OptionalDouble.of(relativeDistance);
    return this;
  }

  /**
   * Sets what is asked before a hit at {@link #maxDistance} or {@link #relativeDistance} is made.
   *
   * @param guards the guards; {@link Guards#english} unless set
   * @return this builder
   */
  public SemanticCacheBuilder guards(Guards guards) {
    this.guards = Optional.of(requireNonNull(guards, "guards"));
    return this;
  }

  /**
   * Lets the distance alone decide.
   *
   * @return this builder
   */
  public SemanticCacheBuilder noGuards() {
    return guards(Guards.none());
  }

  /**
   * Sets how a hit is decided, in place of {@link #maxDistance}, {@link #relativeDistance} and
   * {@link #guards}; together with one of these it is rejected.
   *
   * @param hitPolicy the policy
   * @return this builder
   */
  public SemanticCacheBuilder hitPolicy(HitPolicy hitPolicy) {
    this.hitPolicy = requireNonNull(hitPolicy, "hitPolicy");
    return this;
  }

  /**
   * Sets how long an answer is kept.
   *
   * @param timeToLive at least a millisecond and at most 100 years; 24 hours unless set
   * @return this builder
   * @throws IllegalArgumentException if the time is outside these bounds
   */
  public SemanticCacheBuilder timeToLive(Duration timeToLive) {
    this.timeToLive = Optional.of(TimeToLive.check(timeToLive));
    return this;
  }

  /**
   * Keeps answers without expiry, except those whose prompt sets a time to live.
   *
   * @return this builder
   */
  public SemanticCacheBuilder noExpiry() {
    this.timeToLive = Optional.empty();
    return this;
  }

  /**
   * Shortens each time to live by a random share, so that answers kept together do not all expire
   * together.
   *
   * @param share the largest share to take off, 0 to 1; 0 unless set
   * @return this builder
   * @throws IllegalArgumentException if the share is outside 0 to 1
   */
  public SemanticCacheBuilder timeToLiveJitter(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "timeToLiveJitter is " + share + "; it must be between 0 and 1");
    }
    this.timeToLiveJitter = share;
    return this;
  }

  /**
   * Sets how texts are brought into one form before they are hashed and embedded. Caches that share
   * a store need the same one: what one of them kept is found by the form that it gave the text. A
   * prompt for which it throws, or of which it leaves nothing, passes the cache by.
   *
   * @param normalizer the normalizer; {@link Normalizer#whitespace} unless set
   * @return this builder
   */
  public SemanticCacheBuilder normalizer(Normalizer normalizer) {
    this.normalizer = requireNonNull(normalizer, "normalizer");
    return this;
  }

  /**
   * Sets which replies may be kept.
   *
   * @param admission the admission; {@link Admission#completeAnswers} unless set
   * @return this builder
   */
  public SemanticCacheBuilder admission(Admission admission) {
    this.admission = requireNonNull(admission, "admission");
    return this;
  }

  /**
   * Sets how many nearest entries the policy gets to see (the K of the KNN search).
   *
   * @param candidates 1 to 1,000; 10 unless set
   * @return this builder
   * @throws IllegalArgumentException if the number is outside these bounds
   */
  public SemanticCacheBuilder candidates(int candidates) {
    if (candidates < 1 || candidates > MAX_CANDIDATES) {
      throw new IllegalArgumentException(
          "candidates is " + candidates + "; it must be between 1 and " + MAX_CANDIDATES);
    }
    this.candidates = candidates;
    return this;
  }

  /**
   * Sets who is told what the cache does.
   *
   * @param listener the listener; none unless set
   * @return this builder
   */
  public SemanticCacheBuilder listener(CacheListener listener) {
    this.listener = requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Sets the clock for the age of answers. A store that was given has a clock of its own.
   *
   * @param time the clock; the system's unless set
   * @return this builder
   */
  public SemanticCacheBuilder timeSource(InstantSource time) {
    this.time = requireNonNull(time, "time");
    return this;
  }

  /**
   * Sets what durations are measured with.
   *
   * @param nanos a count of nanoseconds from any origin; {@link System#nanoTime} unless set
   * @return this builder
   */
  public SemanticCacheBuilder ticker(LongSupplier nanos) {
    this.ticker = requireNonNull(nanos, "nanos");
    return this;
  }

  /**
   * Sets where {@link SemanticCache#askAsync} runs. Its calls block, so it needs as many threads as
   * there are to be calls at once, and more if calls make calls and wait for them.
   *
   * @param executor the executor, which the cache does not shut down; unless set, at most 256
   *     daemon threads of the cache's own, for which any number of calls may wait
   * @return this builder
   */
  public SemanticCacheBuilder executor(Executor executor) {
    this.executor = requireNonNull(executor, "executor");
    return this;
  }

  /**
   * Sets who compares answers, for policies that learn and for {@link #shadowMode}. It runs on a
   * thread of the cache's own, or on the {@link #judgeExecutor}. An entry whose answer says the
   * same as another one is then written again, with its answer group: what another cache on the
   * same store does to it at that very moment may be undone by it.
   *
   * @param judge the judge; none unless set
   * @return this builder
   */
  public SemanticCacheBuilder judge(AnswerJudge judge) {
    this.judge = requireNonNull(judge, "judge");
    return this;
  }

  /**
   * Sets how long the judge may take for the comparisons that one request gives rise to; then it is
   * interrupted.
   *
   * @param limit at least a millisecond; 60 s unless set
   * @return this builder
   * @throws IllegalArgumentException if the limit is less than a millisecond
   */
  public SemanticCacheBuilder judgeTimeLimit(Duration limit) {
    if (requireNonNull(limit, "limit").toMillis() < 1) {
      throw new IllegalArgumentException(
          "judgeTimeLimit is " + limit + "; it must be at least a millisecond");
    }
    this.judgeTimeLimit = limit;
    return this;
  }

  /**
   * Sets how many requests may wait for the judge; more are dropped, and counted.
   *
   * @param capacity at least 1; 256 unless set
   * @return this builder
   * @throws IllegalArgumentException if the capacity is less than 1
   */
  public SemanticCacheBuilder judgeQueue(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("judgeQueue is " + capacity + "; it must be at least 1");
    }
    this.judgeQueue = capacity;
    return this;
  }

  /**
   * Sets where the judge runs. With {@code Runnable::run} that is the thread of the caller, whose
   * request then ends only when the verdict is taken up: for tests and batch jobs.
   *
   * @param executor the executor, which the cache does not shut down; what it rejects counts as
   *     dropped. A daemon thread of the cache's own unless set. Excludes {@link #judgeQueue} and
   *     {@link #judgeTimeLimit}, which are those of that thread
   * @return this builder
   */
  public SemanticCacheBuilder judgeExecutor(Executor executor) {
    this.judgeExecutor = requireNonNull(executor, "executor");
    return this;
  }

  /**
   * Lets the policy decide but the model answer every time, to see what the cache would have been
   * worth: {@link io.github.semcache.stats.CacheStats#quality} tells how many hits there would have
   * been and, with a {@link #judge}, how many of them right.
   *
   * @return this builder
   */
  public SemanticCacheBuilder shadowMode() {
    this.shadowMode = true;
    return this;
  }

  /**
   * Sets where what was learned is kept.
   *
   * @param stateStore the place; unless set, the store of the entries if it can, else memory
   * @return this builder
   */
  public SemanticCacheBuilder stateStore(StateStore stateStore) {
    this.stateStore = requireNonNull(stateStore, "stateStore");
    return this;
  }

  /**
   * Lets trouble in normalizer, embedder, store, policy and admission fail the call instead of
   * turning it into a miss. For tests and batch jobs.
   *
   * @return this builder
   */
  public SemanticCacheBuilder failOnCacheErrors() {
    this.failOnCacheErrors = true;
    return this;
  }

  /**
   * Sets when the store or the embedder is left alone because it keeps failing: after so many
   * failures in a row, requests go on without it, as if it had failed again, and one request in
   * each pause tries it. So a server that hangs until its time-out slows down few requests. The
   * store's lookup by key, its search and its writing count each for itself. That a caller was
   * interrupted is no failure. The methods that change the cache, and a cache that {@linkplain
   * #failOnCacheErrors fails on cache errors}, always try.
   *
   * @param failures how many failures in a row open the circuit, at least 1; 5 unless set
   * @param pause the time between two tries, more than zero; 1 second unless set
   * @return this builder
   * @throws IllegalArgumentException if there are fewer than 1 failures, or the pause is not
   *     positive
   */
  public SemanticCacheBuilder circuitBreaker(int failures, Duration pause) {
    if (failures < 1) {
      throw new IllegalArgumentException(
          "circuitBreaker failures is " + failures + "; it must be at least 1");
    }
    if (requireNonNull(pause, "pause").isNegative() || pause.isZero()) {
      throw new IllegalArgumentException(
          "circuitBreaker pause is " + pause + "; it must be more than zero");
    }
    this.failuresToOpen = failures;
    this.circuitPause = pause;
    return this;
  }

  /**
   * Builds the cache. Blocks on the store, to take up what was learned before; if that fails, the
   * cache is built all the same. Blocks on the embedder, once, if a {@link #relativeDistance} is
   * used with a model whose scale has to be measured. If that fails, the cache is built all the
   * same: it tries again at later requests, and until then the semantic tier misses with the reason
   * {@code unknown-scale}.
   *
   * @return a cache, to be closed when it is no longer needed
   * @throws IllegalStateException if no embedder was given, or no judge for a policy that learns,
   *     or if the given store was closed with the last cache of this builder
   * @throws IllegalArgumentException if the store holds embeddings of another model or dimension,
   *     if more than one of {@link #maxDistance}, {@link #relativeDistance} and {@link #hitPolicy}
   *     was given, or guards beside a hit policy, or {@link #judgeExecutor} beside {@link
   *     #judgeQueue} or {@link #judgeTimeLimit}
   */
  public SemanticCache build() {
    EmbeddingSpace space = EmbeddingSpace.of(requiredEmbedder());
    SharedStore target = store != null ? store : ownStore(space);
    EmbeddingSpace held = target.store().space();
    if (!held.equals(space)) {
      throw new IllegalArgumentException(
          "store holds embeddings of " + held + "; the embedder makes those of " + space);
    }
    HitPolicy decides = policy();
    if (decides instanceof LearningPolicy && judge == null) {
      throw new IllegalStateException("judge is missing; a policy that learns needs one");
    }
    if (judgeExecutor != null && (judgeQueue != null || judgeTimeLimit != null)) {
      throw new IllegalArgumentException(
          "judgeExecutor was given with judgeQueue or judgeTimeLimit; it has limits of its own");
    }
    return new SemanticCache(this, target, decides);
  }

  private SharedStore ownStore(EmbeddingSpace space) {
    return new SharedStore(InMemoryVectorStore.builder(space).timeSource(time).build());
  }

  Embedder requiredEmbedder() {
    if (embedder == null) {
      throw new IllegalStateException("embedder is missing; a semantic cache needs one");
    }
    return embedder;
  }

  BoundedWorker judgeQueue() {
    return judgeExecutor != null
        ? BoundedWorker.on(judgeExecutor)
        : BoundedWorker.of(
            "semcache-judge",
            judgeQueue == null ? 256 : judgeQueue,
            judgeTimeLimit == null ? Duration.ofSeconds(60) : judgeTimeLimit);
  }

  StateStore states(VectorStore store) {
    if (stateStore != null) {
      return stateStore;
    }
    return store instanceof StateStore own
        ? own
        : InMemoryVectorStore.builder(store.space()).build();
  }

  ExpiryPolicy lifetimes() {
    RandomGenerator perThread = () -> ThreadLocalRandom.current().nextLong();
    return new ExpiryPolicy(timeToLive, timeToLiveJitter, perThread);
  }

  EmbeddingScale.Source scale(VectorStore store, EventPublisher events) {
    LearnedState remembered = new LearnedState(states(store), "embedding-scale", store.space());
    CircuitBreaker oneTryPerPause = new CircuitBreaker(1, circuitPause, ticker);
    return new CachedScale(requiredEmbedder(), remembered, events, oneTryPerPause);
  }

  /** One for each operation: a search that hangs must not be hidden by lookups that work. */
  Map<Operation, CircuitBreaker> circuitBreakers() {
    Map<Operation, CircuitBreaker> breakers = new EnumMap<>(Operation.class);
    if (!failOnCacheErrors) {
      Stream.of(Operation.EMBED, Operation.FIND, Operation.SEARCH, Operation.WRITE)
          .forEach(
              operation ->
                  breakers.put(
                      operation, new CircuitBreaker(failuresToOpen, circuitPause, ticker)));
    }
    return breakers;
  }

  private HitPolicy policy() {
    rejectBoth(
        "maxDistance", maxDistance.isPresent(), "relativeDistance", relativeDistance.isPresent());
    rejectBoth("maxDistance", maxDistance.isPresent(), "hitPolicy", hitPolicy != null);
    rejectBoth("relativeDistance", relativeDistance.isPresent(), "hitPolicy", hitPolicy != null);
    rejectBoth("guards", guards.isPresent(), "hitPolicy", hitPolicy != null);
    return hitPolicy != null
        ? hitPolicy
        : distancePolicy().guards(guards.orElseGet(Guards::english));
  }

  private DistancePolicy distancePolicy() {
    return relativeDistance.isPresent()
        ? HitPolicy.relativeDistance(relativeDistance.getAsDouble())
        : HitPolicy.maxDistance(maxDistance.orElse(DEFAULT_MAX_DISTANCE));
  }

  private static void rejectBoth(String option, boolean given, String other, boolean otherGiven) {
    if (given && otherGiven) {
      throw new IllegalArgumentException(
          option + " and " + other + " were both given; one of them must decide");
    }
  }
}
