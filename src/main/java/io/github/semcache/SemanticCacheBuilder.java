package io.github.semcache;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply.Admission;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.guard.Guards;
import io.github.semcache.internal.entry.Confirmations;
import io.github.semcache.internal.entry.ExpiryPolicy;
import io.github.semcache.internal.entry.NoEmbedder;
import io.github.semcache.internal.entry.SoftExpiry;
import io.github.semcache.internal.store.MonotonicClock;
import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.learning.ErrorBudget;
import io.github.semcache.learning.LearningPolicy;
import io.github.semcache.policy.CacheSettings;
import io.github.semcache.policy.CacheabilityPolicy;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Scope;
import io.github.semcache.stats.CacheListener;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.verify.PairVerifier;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link SemanticCache}. Requires an {@link #embedder} or {@link #exactOnly}; all other
 * options have defaults. The order of the calls does not matter. {@link #build} may be called more
 * than once. Not thread-safe.
 */
public final class SemanticCacheBuilder {
  /** The threshold for models that do not declare one, relative to their scale. */
  private static final double DEFAULT_RELATIVE_DISTANCE = 0.12;

  /**
   * The factor by which the default threshold is larger if the verifier asks a model. Measured:
   * docs/hit-quality.md.
   */
  private static final double ASKING_FACTOR = 5.0 / 3;

  /** A search returns as many answers, so this bounds the size of its reply. */
  private static final int MAX_CANDIDATES = 1_000;

  private static final Duration MIN_TIME_LIMIT = Duration.ofMillis(1);
  private static final Duration MAX_TIME_LIMIT = Duration.ofMinutes(10);

  private @Nullable Embedder embedder;
  private boolean exactOnly;
  private @Nullable VectorStore store;
  private boolean failIfStoreUnreachable;
  private boolean ownsStore;
  private boolean ownedStoreInUse;
  private @Nullable ChatClient chatClient;
  private OptionalDouble maxDistance = OptionalDouble.empty();
  private OptionalDouble relativeDistance = OptionalDouble.empty();
  private Optional<Guards> guards = Optional.empty();
  private @Nullable HitPolicy hitPolicy;
  private @Nullable PairVerifier verifier;
  private @Nullable PairVerifier verifierAfterMiss;
  private OptionalDouble targetErrorRate = OptionalDouble.empty();
  private Optional<Duration> timeToLive = Optional.of(Duration.ofHours(24));
  private double timeToLiveJitter;
  private boolean renewsTimeToLive;
  private Normalizer normalizer = Normalizer.nfc();
  private CacheabilityPolicy cacheability = CacheabilityPolicy.english();
  private Admission admission = Admission.completeAnswers();
  private int candidates = 10;
  private CacheListener listener = event -> {};
  private Optional<String> usageTag = Optional.empty();
  private boolean automaticBypass;
  private InstantSource time = InstantSource.system();
  private LongSupplier ticker = System::nanoTime;
  private Optional<Duration> deadline = Optional.empty();
  private Optional<Duration> storeTimeout = Optional.empty();
  private Duration maxWait = CacheOptions.TimeLimits.DEFAULT_MAX_WAIT;
  private boolean hedging;
  private Optional<Duration> lease = Optional.empty();
  private Optional<Duration> softTimeToLive = Optional.empty();
  private boolean similarPrompts;
  private int confirmations;
  private @Nullable Executor executor;
  private boolean failOnCacheErrors;
  private @Nullable AnswerJudge judge;
  private @Nullable AnswerJudge judgeIfUsed;
  private @Nullable Duration judgeTimeLimit;
  private @Nullable Integer judgeQueue;
  private @Nullable Executor judgeExecutor;
  private boolean shadowMode;
  private @Nullable StateStore stateStore;
  private @Nullable VectorStore previousStore;
  private VectorStore.@Nullable Listable previousListing;
  private @Nullable Embedder previousEmbedder;
  private Optional<Duration> sharedSettings = Optional.empty();
  private CacheOptions.Breakers circuitBreaker =
      new CacheOptions.Breakers(5, Duration.ofSeconds(1));

  SemanticCacheBuilder() {}

  /**
   * Sets the embedder. Required, unless the cache is {@linkplain #exactOnly exact only}.
   *
   * @param embedder the embedder, which the cache does not close
   * @return this builder
   */
  public SemanticCacheBuilder embedder(Embedder embedder) {
    this.embedder = requireNonNull(embedder, "embedder");
    return this;
  }

  /**
   * Looks up prompts by their key only: a prompt hits if its normalized text and its scope are
   * equal to those of an entry. Use it if only literal repetitions may be served, or if there is no
   * embedding model. The {@linkplain #store store} may be one of any vector space, for example that
   * of other caches with an embedder: these find the entries by their key as well. A store of its
   * own has the space {@link EmbeddingSpace#none}. Misses have the reason {@code exact-only},
   * unless the {@linkplain #cacheability cacheability policy} returns another one. Prompts with an
   * {@linkplain Prompt#embedding embedding} are rejected.
   *
   * @return this builder
   */
  public SemanticCacheBuilder exactOnly() {
    this.exactOnly = true;
    return this;
  }

  /**
   * Sets the store of the answers. By default, the cache creates its own {@link
   * InMemoryVectorStore} of at most 10,000 entries. Several caches may share a store.
   *
   * @param store a store for the embedder's model and dimension. The cache does not close it: close
   *     it after the caches that use it, or use {@link #ownedStore}
   * @return this builder
   */
  public SemanticCacheBuilder store(VectorStore store) {
    this.store = requireNonNull(store, "store");
    this.ownsStore = false;
    return this;
  }

  /**
   * Sets the store of the answers and passes its ownership to the cache, which closes it. A builder
   * with an owned store builds one cache.
   *
   * @param store a store for the embedder's model and dimension that no other cache uses
   * @return this builder
   */
  public SemanticCacheBuilder ownedStore(VectorStore store) {
    this.store = requireNonNull(store, "store");
    this.ownsStore = true;
    this.ownedStoreInUse = false;
    return this;
  }

  /**
   * Makes {@link #build} fail if the store cannot be reached. By default, a cache is built without
   * a call of the store, and requests continue without the store while it fails. {@code build}
   * makes a lookup by key and, unless the cache is {@linkplain #exactOnly exact only}, a search,
   * which also checks the index of a Redis store. If it fails, the store is not closed.
   *
   * @return this builder
   */
  public SemanticCacheBuilder failIfStoreUnreachable() {
    this.failIfStoreUnreachable = true;
    return this;
  }

  /**
   * Sets the model that answers misses. Without it, {@link
   * SemanticCache#ask(io.github.semcache.prompt.Prompt)} throws {@link IllegalStateException}. A
   * cache for lookups only, or for wrapped clients, does not need one.
   *
   * @param chatClient the chat client, which the cache does not close; none by default
   * @return this builder
   */
  public SemanticCacheBuilder chatClient(ChatClient chatClient) {
    this.chatClient = requireNonNull(chatClient, "chatClient");
    return this;
  }

  /**
   * Sets the maximum cosine distance of a hit; the {@link #verifier} or a {@linkplain #guards
   * guard} may still reject it. A higher threshold results in more hits and more wrong ones. The
   * right threshold depends on the embedding model. On the bank customers' questions of the
   * BANKING77 data set, 0.15 without a verifier serves 2.7 % wrong answers with all-MiniLM-L6-v2,
   * but 11.4 % with bge-small-en, where 0.05 serves 1.2 %. By default, the threshold is the one
   * that the embedder {@linkplain Embedder#maxDistance declares}, and a {@link #relativeDistance}
   * of 0.12 if it declares none. If the verifier {@linkplain PairVerifier#asksModel asks a model},
   * both are multiplied by 5/3.
   *
   * @param maxDistance the maximum distance, in [0, 2]
   * @return this builder
   * @throws IllegalArgumentException if the distance is out of range
   */
  public SemanticCacheBuilder maxDistance(double maxDistance) {
    HitPolicy.maxDistance(maxDistance);
    this.maxDistance = OptionalDouble.of(maxDistance);
    return this;
  }

  /**
   * Sets the maximum distance of a hit as a fraction of the distance of unrelated prompts, instead
   * of {@link #maxDistance}. Use it if the embedding model may change, because relative distances
   * of different models are comparable. By default, it is 0.12 for models without a declared
   * threshold. For a model whose scale is not {@linkplain
   * io.github.semcache.embedding.EmbeddingSpace.Scale#known known}, {@link #build} measures it with
   * one call to the embedder and saves it in the {@linkplain #stateStore state store}.
   *
   * @param relativeDistance the maximum relative distance, from 0 (identical) to 1 (the distance of
   *     unrelated prompts)
   * @return this builder
   * @throws IllegalArgumentException if the distance is outside [0, 1]
   */
  public SemanticCacheBuilder relativeDistance(double relativeDistance) {
    HitPolicy.relativeDistance(relativeDistance);
    this.relativeDistance = OptionalDouble.of(relativeDistance);
    return this;
  }

  /**
   * Sets the guards that may reject a hit of {@link #maxDistance} or {@link #relativeDistance},
   * before it is verified.
   *
   * @param guards the guards; none by default, or {@link Guards#english} if the cache has
   *     {@linkplain PairVerifier#none no verifier}
   * @return this builder
   */
  public SemanticCacheBuilder guards(Guards guards) {
    this.guards = Optional.of(requireNonNull(guards, "guards"));
    return this;
  }

  /**
   * Removes the guards, so that only the distance and the verifier decide. Has an effect only on a
   * cache {@linkplain PairVerifier#none without a verifier}, which has guards by default.
   *
   * @return this builder
   */
  public SemanticCacheBuilder noGuards() {
    return guards(Guards.none());
  }

  /**
   * Sets the hit policy, instead of {@link #maxDistance}, {@link #relativeDistance}, and {@link
   * #guards}; {@link #build} rejects a combination. By default, the nearest entry within the
   * threshold is a candidate.
   *
   * @param hitPolicy the policy
   * @return this builder
   */
  public SemanticCacheBuilder hitPolicy(HitPolicy hitPolicy) {
    this.hitPolicy = requireNonNull(hitPolicy, "hitPolicy");
    return this;
  }

  /**
   * Sets the verifier: the second stage of a hit decision. It decides on the candidates that the
   * policy admits; up to five candidates are verified per lookup, nearest first, until one is
   * accepted. A verifier of several {@linkplain PairVerifier#stages stages} decides on up to 20:
   * the next stage is consulted if the first one accepts none of them. If no candidate is accepted,
   * or if the verifier fails, the request is a miss.
   *
   * @param verifier the verifier; {@link PairVerifier#local} by default, or {@link
   *     PairVerifier#none} for a {@linkplain LearningPolicy policy that learns}. With {@code none}
   *     the policy alone decides
   * @return this builder
   */
  public SemanticCacheBuilder verifier(PairVerifier verifier) {
    this.verifier = requireNonNull(verifier, "verifier");
    return this;
  }

  /**
   * Sets a verifier that decides after a miss, on a thread of the cache: on the candidate with the
   * highest score about which the {@link #verifier} was unsure. If it accepts the candidate, the
   * answer of the candidate is stored for the prompt, unless the answer of the model has been
   * stored before. The caller does not wait for it. At most 256 candidates wait; more are dropped
   * and counted. A decision is interrupted after 60 seconds. {@link #build} rejects it for a cache
   * {@linkplain PairVerifier#none without a verifier}, which is never unsure.
   *
   * @param verifier the verifier, for example {@link PairVerifier#chat}; none by default
   * @return this builder
   */
  public SemanticCacheBuilder verifierAfterMiss(PairVerifier verifier) {
    this.verifierAfterMiss = requireNonNull(verifier, "verifier");
    return this;
  }

  /**
   * Sets the maximum fraction of requests that are answered with a wrong cached answer, instead of
   * a threshold. The cache learns from the model's answers which hits are right. Until it has
   * received enough verdicts, it decides as a cache without this option: by the threshold of the
   * embedder and {@link PairVerifier#local}. Equivalent to
   *
   * <pre>{@code
   * .hitPolicy(
   *     ErrorBudget.of(rate)
   *         .verifier(PairVerifier.local())
   *         .verifiedFallback(defaultPolicy, PairVerifier.local()))
   * .judge(AnswerJudge.local(embedder)) // unless another judge is set
   * }</pre>
   *
   * <p>At least 5 % of the hits are audited: the model is called as if they were misses, to check
   * the cached answer. No other additional calls to the model are made. The learned state is stored
   * in the {@linkplain #stateStore state store}. The rate is a target; {@link ErrorBudget}
   * describes what is guaranteed under which assumptions.
   *
   * @param rate above 0 and below 1, for example 0.01
   * @return this builder
   * @throws IllegalArgumentException if the rate is out of range
   */
  public SemanticCacheBuilder targetErrorRate(double rate) {
    if (!(rate > 0 && rate < 1)) {
      throw new IllegalArgumentException(
          "targetErrorRate is " + rate + "; it must be above 0 and below 1");
    }
    this.targetErrorRate = OptionalDouble.of(rate);
    return this;
  }

  /**
   * Sets the time to live of answers. The time to live of a prompt takes precedence.
   *
   * @param timeToLive from 1 ms to 100 years; 24 hours by default
   * @return this builder
   * @throws IllegalArgumentException if the time to live is out of range
   */
  public SemanticCacheBuilder timeToLive(Duration timeToLive) {
    this.timeToLive = Optional.of(Prompt.checkTimeToLive(timeToLive));
    return this;
  }

  /**
   * Stores answers without expiry, except those whose prompt has a time to live. By default,
   * answers expire after 24 hours. Such entries are removed only by the limits of the store.
   *
   * @return this builder
   */
  public SemanticCacheBuilder noExpiry() {
    this.timeToLive = Optional.empty();
    return this;
  }

  /**
   * Shortens each time to live by a random fraction, so that answers stored together do not all
   * expire together.
   *
   * @param fraction the maximum fraction, in [0, 1]; 0 by default
   * @return this builder
   * @throws IllegalArgumentException if the fraction is out of range
   */
  public SemanticCacheBuilder timeToLiveJitter(double fraction) {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new IllegalArgumentException(
          "timeToLiveJitter is " + fraction + "; it must be between 0 and 1");
    }
    this.timeToLiveJitter = fraction;
    return this;
  }

  /**
   * Renews the time to live of an entry when it is served, so that it expires when it has not been
   * served for that time. Disabled by default: an entry expires at a fixed time after its answer.
   * The time to live is the one with which the entry was written, and {@code maxAge} of a prompt
   * still refers to the time of the answer. An entry is renewed at most once per tenth of its time
   * to live by each instance, in the background unless the store is in memory; a renewal is dropped
   * while 256 others are waiting. Entries that were written without this option are not renewed.
   *
   * @return this builder
   */
  public SemanticCacheBuilder renewTimeToLiveOnHit() {
    this.renewsTimeToLive = true;
    return this;
  }

  /**
   * Sets the normalizer of texts before they are hashed and embedded. Caches that share a store
   * need the same normalizer. If it throws or returns a blank text for a prompt, that prompt
   * bypasses the cache.
   *
   * @param normalizer the normalizer; {@link Normalizer#nfc} by default
   * @return this builder
   */
  public SemanticCacheBuilder normalizer(Normalizer normalizer) {
    this.normalizer = requireNonNull(normalizer, "normalizer");
    return this;
  }

  /**
   * Sets the policy that decides which prompts may be cached. It is consulted after an exact miss.
   * The other prompts bypass the cache: they are not compared with similar prompts, and the answer
   * of the model is not stored. They are counted as misses with the reason that the policy returns.
   * The policy does not apply to {@code put}, nor to a stored answer to exactly the same prompt, so
   * a stricter policy does not affect stored answers.
   *
   * @param cacheability the policy; {@link CacheabilityPolicy#english} by default, which recognizes
   *     prompts such as "What is the weather in Rome?". {@link CacheabilityPolicy#none} caches all
   *     prompts
   * @return this builder
   */
  public SemanticCacheBuilder cacheability(CacheabilityPolicy cacheability) {
    this.cacheability = requireNonNull(cacheability, "cacheability");
    return this;
  }

  /**
   * Sets the admission, which decides whether a reply of the model may be stored.
   *
   * @param admission the admission; {@link Admission#completeAnswers} by default
   * @return this builder
   */
  public SemanticCacheBuilder admission(Admission admission) {
    this.admission = requireNonNull(admission, "admission");
    return this;
  }

  /**
   * Sets the number of nearest entries that are passed to the policy (the K of the KNN search).
   *
   * @param candidates from 1 to 1,000; 10 by default
   * @return this builder
   * @throws IllegalArgumentException if the number is out of range
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
   * Sets the listener of the cache's events.
   *
   * @param listener the listener; none by default
   * @return this builder
   */
  public SemanticCacheBuilder listener(CacheListener listener) {
    this.listener = requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Counts model calls, and calls that hits replaced, also by the value of a tag, for example to
   * attribute costs to tenants; see {@link io.github.semcache.stats.CacheStats#modelUsage}. About
   * 200 combinations of model and value are counted separately. By default, calls are counted by
   * model only.
   *
   * @param tag the name of the tag, for example {@code tenant}
   * @return this builder
   */
  public SemanticCacheBuilder usageByTag(String tag) {
    this.usageTag = Optional.of(requireNonNull(tag, "tag"));
    return this;
  }

  /**
   * Skips semantic lookups in scopes in which they take more time than their hits save. Lookups by
   * key are still made. The hit rate of a scope is estimated on 200 semantic lookups. If it is
   * below the average duration of a semantic lookup (embedding, search, and verification) divided
   * by that of a model call, the next 800 are skipped, up to 12,800 after repeated estimates, and
   * then it is estimated again. Skipped lookups are misses with the reason {@code not-worthwhile},
   * and their answers are stored without an embedding. The 1,024 most recent scopes are tracked, in
   * each instance on its own. Disabled by default.
   *
   * @return this builder
   */
  public SemanticCacheBuilder automaticBypass() {
    this.automaticBypass = true;
    return this;
  }

  /**
   * Sets the clock for the age of answers. A store uses its own clock. If the clock is set back,
   * the ages continue to grow.
   *
   * @param time the clock; the system clock by default
   * @return this builder
   */
  public SemanticCacheBuilder timeSource(InstantSource time) {
    this.time = requireNonNull(time, "time");
    return this;
  }

  /**
   * Sets the ticker for durations.
   *
   * @param nanos a count of nanoseconds from any origin; {@link System#nanoTime} by default
   * @return this builder
   */
  public SemanticCacheBuilder ticker(LongSupplier nanos) {
    this.ticker = requireNonNull(nanos, "nanos");
    return this;
  }

  /**
   * Sets the executor of {@link SemanticCache#askAsync}. Its calls block, so it needs as many
   * threads as there are concurrent calls, and more if calls wait for other calls.
   *
   * @param executor the executor, which the cache does not shut down; by default at most 256 daemon
   *     threads of the cache with an unbounded queue
   * @return this builder
   */
  public SemanticCacheBuilder executor(Executor executor) {
    this.executor = requireNonNull(executor, "executor");
    return this;
  }

  /**
   * Sets the judge that compares answers, for learning policies, {@link #shadowMode}, and {@link
   * #confirmations}. It runs on a thread of the cache, or on the {@link #judgeExecutor}. {@link
   * #build} rejects a judge that nothing uses.
   *
   * @param judge the judge; by default {@link AnswerJudge#local} if there is a {@link
   *     #targetErrorRate} or {@code confirmations}, else none
   * @return this builder
   */
  public SemanticCacheBuilder judge(AnswerJudge judge) {
    this.judge = requireNonNull(judge, "judge");
    return this;
  }

  /**
   * Sets the judge as {@link #judge} does, for tools that do not know the other options: it is
   * ignored if nothing compares answers, or if {@code judge} is set.
   *
   * @param judge the judge
   * @return this builder
   */
  public SemanticCacheBuilder judgeIfUsed(AnswerJudge judge) {
    this.judgeIfUsed = requireNonNull(judge, "judge");
    return this;
  }

  /**
   * Sets the time limit for the comparisons of one request, after which the judge is interrupted.
   *
   * @param limit at least 1 ms; 60 seconds by default
   * @return this builder
   * @throws IllegalArgumentException if the limit is less than 1 ms
   */
  public SemanticCacheBuilder judgeTimeLimit(Duration limit) {
    if (requireNonNull(limit, "limit").compareTo(MIN_TIME_LIMIT) < 0) {
      throw new IllegalArgumentException(
          "judgeTimeLimit is " + limit + "; it must be at least 1 ms");
    }
    this.judgeTimeLimit = limit;
    return this;
  }

  /**
   * Sets the maximum number of requests that wait for the judge. Additional requests are dropped
   * and counted.
   *
   * @param capacity at least 1; 256 by default
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
   * Sets the executor of the judge. With {@code Runnable::run} the judge runs on the caller's
   * thread before the request returns, for tests and batch jobs.
   *
   * @param executor the executor, which the cache does not shut down; rejected comparisons count as
   *     dropped. By default a daemon thread of the cache. Cannot be combined with {@link
   *     #judgeQueue} and {@link #judgeTimeLimit}, which limit that thread
   * @return this builder
   */
  public SemanticCacheBuilder judgeExecutor(Executor executor) {
    this.judgeExecutor = requireNonNull(executor, "executor");
    return this;
  }

  /**
   * Enables shadow mode, which measures the policy before hits are served: the policy decides, but
   * the model answers every request. {@link io.github.semcache.stats.CacheStats#quality} returns
   * the number of hits that would have been served and, with a {@link #judge}, how many of them
   * would have been right. Disabled by default.
   *
   * @return this builder
   */
  public SemanticCacheBuilder shadowMode() {
    this.shadowMode = true;
    return this;
  }

  /**
   * Sets the store of what a learning policy has learned, of the measured scale of an embedding
   * model, and of {@linkplain #sharedSettings shared settings}.
   *
   * @param stateStore the store, which the cache does not close; by default the store of the
   *     answers if it can hold state, else memory
   * @return this builder
   */
  public SemanticCacheBuilder stateStore(StateStore stateStore) {
    this.stateStore = requireNonNull(stateStore, "stateStore");
    return this;
  }

  /**
   * Lets failures of the normalizer, embedder, store, policy, verifier, and admission fail the call
   * instead of turning it into a miss. For tests and batch jobs. Such a cache has no circuit
   * breakers. It has a {@link #deadline} and a {@link #storeTimeout} only if they are set. Disabled
   * by default.
   *
   * @return this builder
   */
  public SemanticCacheBuilder failOnCacheErrors() {
    this.failOnCacheErrors = true;
    return this;
  }

  /**
   * Sets the time limit of a lookup, which covers the normalizer, the embedder, the store, the
   * policy and the verifier together. After it, the model is called, and the miss has the reason
   * {@link io.github.semcache.policy.MissReason#DEADLINE}. A prompt may have its {@linkplain
   * Prompt#deadline(Duration) own time limit}.
   *
   * <p>Parts that may block are called on worker threads of the cache. A call that exceeds the
   * limit is interrupted and its result is dropped. Only a call of the embedder may take 10 seconds
   * longer: its embedding is then used for storing the answer of the model. At most 16 such calls
   * of each operation remain; after that, the operation is skipped until one of them returns. Parts
   * that are {@link io.github.semcache.deadline.Deadline.NonBlocking} are called on the caller's
   * thread.
   *
   * @param deadline from 1 ms to 10 minutes; 1 second by default, or no limit if the cache
   *     {@linkplain #failOnCacheErrors fails on cache errors}
   * @return this builder
   * @throws IllegalArgumentException if the time limit is out of range
   */
  public SemanticCacheBuilder deadline(Duration deadline) {
    this.deadline = Optional.of(checkTimeLimit("deadline", deadline));
    return this;
  }

  /**
   * Sets the time limit for storing a reply of the model, which covers the admission, the store,
   * and the embedder if the lookup did not compute an embedding. After it, the answer is returned
   * without the {@linkplain Answer#entryId id of an entry}. The entry may be written later.
   *
   * @param storeTimeout from 1 ms to 10 minutes; 1 second by default, or no limit if the cache
   *     {@linkplain #failOnCacheErrors fails on cache errors}
   * @return this builder
   * @throws IllegalArgumentException if the time limit is out of range
   */
  public SemanticCacheBuilder storeTimeout(Duration storeTimeout) {
    this.storeTimeout = Optional.of(checkTimeLimit("storeTimeout", storeTimeout));
    return this;
  }

  /**
   * Sets the maximum time to wait for another call that is answering the same prompt. After it, the
   * waiting call calls the model as well. A prompt may have its {@linkplain
   * Prompt#maxWait(Duration) own maximum}.
   *
   * @param maxWait from 1 ms to 10 minutes; 10 seconds by default
   * @return this builder
   * @throws IllegalArgumentException if the time is out of range
   */
  public SemanticCacheBuilder maxWait(Duration maxWait) {
    this.maxWait = checkTimeLimit("maxWait", maxWait);
    return this;
  }

  /**
   * Starts the model call while a semantic lookup is still running, if the lookup takes longer than
   * 95 % of the latest 128 lookups did, and returns the first answer. Use it if slow lookups delay
   * answers and additional model calls are affordable. Disabled by default. Applies to {@code ask}
   * and {@code askAsync} without a consumer of the text, after the first 20 lookups.
   *
   * <p>About one request in 20 then costs a model call that a hit might have saved. That call is
   * not canceled if the lookup hits first; its answer is stored for exactly this prompt. It runs on
   * a thread of the {@link #executor}, so thread-local values of the caller are not available to
   * the chat client. If no thread is free, the request continues on the thread of the caller.
   * Requests that the chat client makes with {@code ask} are not hedged. If the model answers
   * first, the request is a miss with the reason {@link
   * io.github.semcache.policy.MissReason#HEDGED}. In {@linkplain #shadowMode shadow mode}, no call
   * is started early, because the lookup never replaces the call.
   *
   * @return this builder
   */
  public SemanticCacheBuilder hedging() {
    this.hedging = true;
    return this;
  }

  /**
   * Coalesces calls with the same new prompt across all instances on the same store: one of them
   * calls the model, under a lease in the store, and the others wait for its answer. It costs no
   * round trip: the lease is acquired with the lookup that precedes each model call, and ends with
   * the write of the answer. A call waits for other instances for at most the {@link #maxWait} and
   * then calls the model as well. If an instance dies during its call, another one takes over when
   * the lease has expired. An instance whose lease has expired still returns its own answer, but
   * does not replace a newer one in the store.
   *
   * <p>Applies to calls that wait for the complete answer, and not to {@code ask} with a consumer
   * of the text. In-memory and Lucene stores grant leases to the caches of one process. A store
   * without {@linkplain VectorStore#leases leases} coalesces within one cache, as without this
   * option. {@code build} rejects this option together with {@link #confirmations}: a call that
   * waits for another one receives the answer of another contributor.
   *
   * @param lease the duration of a lease, from 1 ms to 10 minutes. It should be longer than most
   *     model calls: if a call takes longer, another instance calls the model too. Disabled by
   *     default
   * @return this builder
   * @throws IllegalArgumentException if the duration is out of range
   */
  public SemanticCacheBuilder singleFlightAcrossInstances(Duration lease) {
    this.lease = Optional.of(checkTimeLimit("singleFlightAcrossInstances", lease));
    return this;
  }

  /**
   * Serves an answer whose soft time to live has expired, and refreshes it in the background. The
   * {@link #timeToLive} is the hard limit: after it, the answer is removed. Only one of all
   * instances on the same store refreshes an answer, under a lease. A request for an answer starts
   * its refresh, from the soft time to live on, or up to a tenth of it earlier: the time differs
   * for each answer, so that answers that were stored together are not refreshed together. An
   * answer that is not requested is not refreshed.
   *
   * <p>A refresh calls the chat client of the request on the {@link #executor}. At most 16 run at
   * the same time; more are dropped. A refresh that fails is not repeated for a minute, or for the
   * duration of {@link #singleFlightAcrossInstances} if that is set. {@link SemanticCache#lookup}
   * serves stale answers and refreshes none. Callers of {@link SemanticCache#begin} refresh exact
   * hits with {@link CacheCall.Answered#refresh}, as the wrapped clients do.
   *
   * @param softTimeToLive the age at which an answer is {@linkplain Answer#isStale stale}, from 1
   *     ms to 100 years. Disabled by default
   * @return this builder
   * @throws IllegalArgumentException if the time is out of range
   */
  public SemanticCacheBuilder staleWhileRevalidate(Duration softTimeToLive) {
    try {
      this.softTimeToLive = Optional.of(Prompt.checkTimeToLive(softTimeToLive));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "softTimeToLive is " + softTimeToLive + "; it must be between 1 ms and 100 years", e);
    }
    return this;
  }

  /**
   * Lets a call wait for another one that is answering a similar prompt in the same scope, if the
   * policy and the verifier accept that prompt. The verifier receives an empty answer, because it
   * is not known yet. After the wait of at most {@link #maxWait}, the semantic lookup is repeated,
   * so that the policy and the verifier decide on the answer. If they reject it, the model is
   * called. Applies within one cache, to calls that wait for the complete answer, and to at most
   * 256 concurrent model calls. Each miss compares its embedding with those of these calls.
   * Disabled by default, because a call whose candidate is rejected in the end has waited for
   * nothing.
   *
   * @return this builder
   */
  public SemanticCacheBuilder coalesceSimilarPrompts() {
    this.similarPrompts = true;
    return this;
  }

  /**
   * Requires that answers of the model are confirmed before they are served to others. An answer is
   * served to the {@linkplain Prompt#contributor contributor} who asked. It is served to all when
   * {@code count} other contributors, with the same prompt or one that the policy and the verifier
   * accept, have received an equal answer from the model: the same text, or one that the
   * {@linkplain #judge judge} considers the same. By default, the judge is {@link
   * AnswerJudge#local}, or {@link AnswerJudge#sameText} for an {@linkplain #exactOnly exact-only}
   * cache. Answers are compared in the background.
   *
   * <p>An answer to a prompt without a contributor confirms no other one. It is served to all when
   * {@code count + 1} contributors have received an equal answer, because the first of them may be
   * the one who asked without an id. Answers that were stored by {@code put} or {@code putAll}, or
   * without this option, need no confirmation. The number is stored with each answer and applies to
   * all caches on the same store; set it on all of them. Calls of different contributors are not
   * coalesced, so {@code build} rejects this option together with {@link
   * #singleFlightAcrossInstances}.
   *
   * <p>Protects against an attacker with at most {@code count} ids.
   *
   * @param count the number of other contributors, from 1 to 100; by default, answers need no
   *     confirmation
   * @return this builder
   * @throws IllegalArgumentException if the number is out of range
   */
  public SemanticCacheBuilder confirmations(int count) {
    if (count < 1 || count > Confirmations.MAX_REQUIRED) {
      throw new IllegalArgumentException(
          "confirmations is " + count + "; it must be between 1 and " + Confirmations.MAX_REQUIRED);
    }
    this.confirmations = count;
    return this;
  }

  /**
   * Shares the {@linkplain SemanticCache#update(CacheSettings) settings} of a running cache with
   * all instances on the same store. {@code update} writes them to the {@linkplain #stateStore
   * state store}. Each instance reads them when it is built, and later with its requests, in the
   * background, at most once per interval. An instance without requests reads nothing.
   *
   * @param interval the minimum time between two reads, from 1 ms to 10 minutes; for example 10
   *     seconds. Disabled by default: {@link SemanticCache#update(CacheSettings)} then changes one
   *     instance
   * @return this builder
   * @throws IllegalArgumentException if the interval is out of range
   */
  public SemanticCacheBuilder sharedSettings(Duration interval) {
    this.sharedSettings = Optional.of(checkTimeLimit("sharedSettings", interval));
    return this;
  }

  private static Duration checkTimeLimit(String option, Duration limit) {
    requireNonNull(limit, option);
    if (limit.compareTo(MIN_TIME_LIMIT) < 0 || limit.compareTo(MAX_TIME_LIMIT) > 0) {
      throw new IllegalArgumentException(
          option + " is " + limit + "; it must be between 1 ms and 10 minutes");
    }
    return limit;
  }

  /**
   * Configures the circuit breakers around the parts: after {@code failures} consecutive failures
   * the circuit opens, and requests continue without that part; after {@code pause} one trial call
   * is made in the background, so that no request waits for it. Each further pause is twice as
   * long, up to 16 times the first one, and is shortened by up to a quarter at random. The store's
   * lookups by key, searches, and writes have separate circuits. A warning is logged when a circuit
   * opens.
   *
   * <p>Failures are exceptions and expired {@linkplain #deadline deadlines} of the store, the
   * embedder, and the verifier, and expired deadlines of the normalizer, the policy, and the
   * admission. Interrupts of the caller do not count. Methods that change the cache, and a cache
   * that {@linkplain #failOnCacheErrors fails on cache errors}, have no circuit breakers.
   *
   * @param failures the number of consecutive failures, at least 1; 5 by default
   * @param pause the time until the first trial call, positive; 1 second by default
   * @return this builder
   * @throws IllegalArgumentException if {@code failures} is less than 1 or the pause is not
   *     positive
   */
  public SemanticCacheBuilder circuitBreaker(int failures, Duration pause) {
    if (failures < 1) {
      throw new IllegalArgumentException(
          "circuitBreaker failures is " + failures + "; it must be at least 1");
    }
    if (requireNonNull(pause, "pause").isNegative() || pause.isZero()) {
      throw new IllegalArgumentException(
          "circuitBreaker pause is " + pause + "; it must be positive");
    }
    this.circuitBreaker = new CacheOptions.Breakers(failures, pause);
    return this;
  }

  /**
   * Sets the store that the {@link #store store} of this cache replaces, for example because the
   * embedding model has changed. By default there is none. A prompt that the store does not contain
   * is looked up by its key in the previous store as well, which takes another round trip. A hit is
   * served as {@link Answer.Source#EXACT}, and its entry is copied to the store in the background.
   *
   * <p>Methods that remove, invalidate, or change answers, and reports, affect both stores. An
   * answer that is stored replaces the one in the previous store. Counts of removed answers, {@link
   * SemanticCache#count} and {@link SemanticCache#size} count an answer and its copy as one, except
   * for answers that are selected by their age. {@code StoreMigration} copies all entries. An
   * {@linkplain #exactOnly exact-only} cache copies nothing to a store with embeddings, which it
   * cannot compute.
   *
   * @param previous the previous store, of any embedding model. It must implement {@link
   *     VectorStore.Listable}. The cache does not close it
   * @return this builder
   * @throws IllegalArgumentException if the store cannot list its entries
   */
  public SemanticCacheBuilder previousStore(VectorStore previous) {
    if (!(requireNonNull(previous, "previous") instanceof VectorStore.Listable listable)) {
      throw new IllegalArgumentException(
          "previousStore is a "
              + previous.getClass().getName()
              + "; it must implement VectorStore.Listable");
    }
    this.previousStore = previous;
    this.previousListing = listable;
    this.previousEmbedder = null;
    return this;
  }

  /**
   * Sets the store that the store of this cache replaces, and the embedder of its entries; see
   * {@link #previousStore(VectorStore)}. Until the migration to the store is complete, a prompt
   * without a semantic hit in the store is compared with the entries of the previous one as well,
   * which takes another embedding and another search. The threshold is the one that the previous
   * embedder {@linkplain Embedder#maxDistance declares}, or a {@link #relativeDistance}. Guards and
   * verifier are those of the cache.
   *
   * @param previous the previous store
   * @param previousEmbedder the embedder of the previous store, which the cache does not close
   * @return this builder
   * @throws IllegalArgumentException if the store cannot list its entries, or if it holds
   *     embeddings of another model or dimension
   */
  public SemanticCacheBuilder previousStore(VectorStore previous, Embedder previousEmbedder) {
    EmbeddingSpace space = EmbeddingSpace.of(requireNonNull(previousEmbedder, "previousEmbedder"));
    if (!requireNonNull(previous, "previous").space().equals(space)) {
      throw new IllegalArgumentException(
          "previousStore holds embeddings of "
              + previous.space()
              + "; its embedder returns those of "
              + space);
    }
    previousStore(previous);
    this.previousEmbedder = previousEmbedder;
    return this;
  }

  /**
   * Builds the cache. Blocks on the store to load what a learning policy has learned, or
   * {@linkplain #sharedSettings shared settings}. Blocks on the embedder to measure the scale of a
   * model if the threshold is {@linkplain #relativeDistance relative} and the scale is not known,
   * which is the default for models without a declared threshold. If one of these fails, the cache
   * is built nevertheless. A failed measurement is repeated by later requests; until it succeeds,
   * semantic lookups miss with the reason {@code unknown-scale}.
   *
   * @return a cache, which must be closed after use
   * @throws IllegalStateException if there is no embedder and the cache is not {@linkplain
   *     #exactOnly exact only}, if a learning policy has no judge, or if the owned store belongs to
   *     a cache that was built before
   * @throws IllegalArgumentException if the store holds embeddings of another model or dimension;
   *     if settings are {@linkplain #sharedSettings shared} and no store can hold them; or if
   *     options contradict each other: more than one of {@link #maxDistance}, {@link
   *     #relativeDistance}, {@link #hitPolicy}, and {@link #targetErrorRate}; {@link #guards}
   *     together with one of the last two; {@link #verifierAfterMiss} without a verifier; a {@link
   *     #judge} that nothing uses, or its options without one; {@link #judgeExecutor} together with
   *     {@link #judgeQueue} or {@link #judgeTimeLimit}; a {@link #staleWhileRevalidate} that is not
   *     less than the {@link #timeToLive}; {@link #singleFlightAcrossInstances} together with
   *     {@link #confirmations}; a {@link #previousStore} that is the store; {@link #exactOnly}
   *     together with an embedder or an option of semantic hits; or options of the policy
   * @throws io.github.semcache.store.StoreException if the cache {@linkplain
   *     #failIfStoreUnreachable fails if the store is unreachable}, and it is
   */
  public SemanticCache build() {
    CacheOptions options = options();
    if (failIfStoreUnreachable) {
      checkReachable(options.store());
    }
    SemanticCache cache = new SemanticCache(CacheParts.create(options));
    ownedStoreInUse = ownsStore;
    return cache;
  }

  private void checkReachable(VectorStore target) {
    Optional<CacheEntry> unused = target.find("0".repeat(64));
    if (!exactOnly) {
      float[] vector = new float[target.space().dimension()];
      vector[0] = 1;
      NearestEntries unusedToo =
          target.nearest(
              new NearestQuery(Embedding.of(vector), Scope.none().hash(), 1, Optional.empty()));
    }
  }

  private CacheOptions options() {
    Embedder embedder = checkedEmbedder();
    VectorStore target = checkedStore(EmbeddingSpace.of(embedder));
    PairVerifier checkedVerifier = verifierOrDefault();
    HitPolicy policy = exactOnly ? HitPolicy.never() : checkedPolicy(embedder, checkedVerifier);
    RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
    return new CacheOptions(
        embedder,
        exactOnly,
        target,
        store == null || ownsStore,
        chatClient,
        policy,
        checkedVerifier,
        checkedVerifierAfterMiss(checkedVerifier),
        candidates,
        new ExpiryPolicy(timeToLive, timeToLiveJitter, random),
        renewsTimeToLive,
        normalizer,
        cacheability,
        admission,
        listener,
        new CacheOptions.Usage(usageTag, automaticBypass && !shadowMode),
        MonotonicClock.of(time, ticker),
        ticker,
        executor,
        failOnCacheErrors,
        circuitBreaker,
        timeLimits(),
        hedging && !shadowMode,
        sharing(target),
        checkedJudging(policy, chosenJudge(embedder)),
        shadowMode,
        stateStore,
        previous(target, checkedVerifier),
        checkedSharedSettings(target));
  }

  private CacheOptions.@Nullable Previous previous(
      VectorStore target, PairVerifier checkedVerifier) {
    VectorStore old = previousStore;
    VectorStore.Listable listing = previousListing;
    if (old == null || listing == null) {
      return null;
    }
    if (old == target) {
      throw new IllegalArgumentException("previousStore is the store; it must be another one");
    }
    rejectBoth("exactOnly", exactOnly, "the embedder of previousStore", previousEmbedder != null);
    return new CacheOptions.Previous(
        old,
        listing,
        previousEmbedder,
        previousEmbedder == null
            ? HitPolicy.never()
            : guarded(
                distancePolicy(previousEmbedder.maxDistance(), factor(checkedVerifier)),
                checkedVerifier));
  }

  private Optional<Duration> checkedSharedSettings(VectorStore target) {
    if (sharedSettings.isPresent() && stateStore == null && !(target instanceof StateStore)) {
      throw new IllegalArgumentException(
          "sharedSettings is set; it needs a stateStore, or a store that is one");
    }
    return sharedSettings;
  }

  private CacheOptions.Sharing sharing(VectorStore target) {
    if (softTimeToLive.isPresent()
        && timeToLive.filter(hard -> hard.compareTo(softTimeToLive.get()) <= 0).isPresent()) {
      throw new IllegalArgumentException(
          "staleWhileRevalidate is "
              + softTimeToLive.get()
              + "; it must be less than timeToLive, which is "
              + timeToLive.get());
    }
    if (lease.isPresent() && confirmations > 0) {
      throw new IllegalArgumentException(
          "singleFlightAcrossInstances and confirmations are both set; calls of different"
              + " contributors must not share an answer");
    }
    // In shadow mode every request calls the model, and nothing is served.
    return new CacheOptions.Sharing(
        lease.filter(duration -> !shadowMode && target.leases().isPresent()),
        softTimeToLive.filter(soft -> !shadowMode).map(SoftExpiry::new).orElse(null),
        similarPrompts && !shadowMode,
        confirmations);
  }

  private CacheOptions.TimeLimits timeLimits() {
    return new CacheOptions.TimeLimits(
        deadline.or(() -> unlessStrict(CacheOptions.TimeLimits.DEFAULT_LOOKUP)),
        storeTimeout.or(() -> unlessStrict(CacheOptions.TimeLimits.DEFAULT_STORING)),
        maxWait,
        ticker);
  }

  /** Returns a default time limit, which a cache that fails on cache errors does not have. */
  private Optional<Duration> unlessStrict(Duration limit) {
    return failOnCacheErrors ? Optional.empty() : Optional.of(limit);
  }

  private Embedder checkedEmbedder() {
    if (!exactOnly) {
      if (embedder == null) {
        throw new IllegalStateException(
            "embedder is missing; a cache needs one unless it is exactOnly");
      }
      return embedder;
    }
    rejectBoth("exactOnly", true, "embedder", embedder != null);
    rejectBoth("exactOnly", true, "maxDistance", maxDistance.isPresent());
    rejectBoth("exactOnly", true, "relativeDistance", relativeDistance.isPresent());
    rejectBoth("exactOnly", true, "targetErrorRate", targetErrorRate.isPresent());
    rejectBoth("exactOnly", true, "hitPolicy", hitPolicy != null);
    rejectBoth("exactOnly", true, "guards", guards.isPresent());
    rejectBoth("exactOnly", true, "verifier", verifier != null);
    rejectBoth("exactOnly", true, "verifierAfterMiss", verifierAfterMiss != null);
    rejectForExactOnly("hedging", hedging);
    rejectForExactOnly("coalesceSimilarPrompts", similarPrompts);
    rejectForExactOnly("automaticBypass", automaticBypass);
    return new NoEmbedder(store == null ? EmbeddingSpace.none() : store.space());
  }

  private VectorStore checkedStore(EmbeddingSpace space) {
    if (store == null) {
      return InMemoryVectorStore.builder(space).timeSource(MonotonicClock.of(time, ticker)).build();
    }
    if (ownsStore && ownedStoreInUse) {
      throw new IllegalStateException(
          "ownedStore belongs to the cache that was built before; set another store");
    }
    if (!store.space().equals(space)) {
      throw new IllegalArgumentException(
          "store holds embeddings of "
              + store.space()
              + "; the embedder returns those of "
              + space);
    }
    return store;
  }

  private PairVerifier verifierOrDefault() {
    if (verifier != null) {
      return verifier;
    }
    if (exactOnly) {
      return PairVerifier.none();
    }
    boolean learns = hitPolicy instanceof LearningPolicy || targetErrorRate.isPresent();
    return learns ? PairVerifier.none() : PairVerifier.local();
  }

  private @Nullable PairVerifier checkedVerifierAfterMiss(PairVerifier checkedVerifier) {
    if (verifierAfterMiss != null && checkedVerifier == PairVerifier.none()) {
      throw new IllegalArgumentException(
          "verifierAfterMiss is set without a verifier; it decides where the verifier is unsure");
    }
    return verifierAfterMiss;
  }

  private HitPolicy checkedPolicy(Embedder target, PairVerifier checkedVerifier) {
    rejectBoth(
        "maxDistance", maxDistance.isPresent(), "relativeDistance", relativeDistance.isPresent());
    rejectBoth("maxDistance", maxDistance.isPresent(), "hitPolicy", hitPolicy != null);
    rejectBoth("relativeDistance", relativeDistance.isPresent(), "hitPolicy", hitPolicy != null);
    rejectBoth("guards", guards.isPresent(), "hitPolicy", hitPolicy != null);
    rejectBoth(
        "targetErrorRate", targetErrorRate.isPresent(), "maxDistance", maxDistance.isPresent());
    rejectBoth(
        "targetErrorRate",
        targetErrorRate.isPresent(),
        "relativeDistance",
        relativeDistance.isPresent());
    rejectBoth("targetErrorRate", targetErrorRate.isPresent(), "hitPolicy", hitPolicy != null);
    rejectBoth("targetErrorRate", targetErrorRate.isPresent(), "guards", guards.isPresent());
    if (targetErrorRate.isPresent()) {
      PairVerifier local = PairVerifier.local();
      return ErrorBudget.of(targetErrorRate.getAsDouble())
          .verifier(local)
          .verifiedFallback(distancePolicy(target, 1).unguarded(), local);
    }
    return hitPolicy != null
        ? hitPolicy
        : guarded(distancePolicy(target, factor(checkedVerifier)), checkedVerifier);
  }

  private static double factor(PairVerifier verifier) {
    return verifier.asksModel() ? ASKING_FACTOR : 1;
  }

  private HitPolicy guarded(HitPolicy.Guarded policy, PairVerifier checkedVerifier) {
    return policy.guards(
        guards.orElseGet(
            () -> checkedVerifier == PairVerifier.none() ? Guards.english() : Guards.none()));
  }

  private HitPolicy.Guarded distancePolicy(Embedder target, double factor) {
    return maxDistance.isPresent()
        ? HitPolicy.maxDistance(maxDistance.getAsDouble())
        : distancePolicy(target.maxDistance(), factor);
  }

  private HitPolicy.Guarded distancePolicy(OptionalDouble declared, double factor) {
    if (relativeDistance.isPresent()) {
      return HitPolicy.relativeDistance(relativeDistance.getAsDouble());
    }
    return declared.isPresent()
        ? HitPolicy.maxDistance(Math.min(2, declared.getAsDouble() * factor))
        : HitPolicy.relativeDistance(DEFAULT_RELATIVE_DISTANCE * factor);
  }

  private @Nullable AnswerJudge chosenJudge(Embedder answers) {
    AnswerJudge chosen = judge == null ? judgeIfUsed : judge;
    if (chosen != null) {
      return chosen;
    }
    if (targetErrorRate.isPresent()) {
      return AnswerJudge.local(answers);
    }
    if (confirmations == 0 || hitPolicy instanceof LearningPolicy) {
      return null;
    }
    return exactOnly ? AnswerJudge.sameText() : AnswerJudge.local(answers);
  }

  private CacheOptions.@Nullable Judging checkedJudging(
      HitPolicy policy, @Nullable AnswerJudge chosen) {
    if (policy instanceof LearningPolicy && chosen == null) {
      throw new IllegalStateException("judge is missing; a learning policy needs one");
    }
    boolean judges = policy instanceof LearningPolicy || shadowMode || confirmations > 0;
    if (judge != null && !judges) {
      throw new IllegalArgumentException(
          "judge is set, but nothing uses it; it requires targetErrorRate, a learning policy,"
              + " shadowMode, or confirmations");
    }
    if (chosen == null && (judgeExecutor != null || judgeQueue != null || judgeTimeLimit != null)) {
      throw new IllegalArgumentException(
          "judgeExecutor, judgeQueue, or judgeTimeLimit is set without a judge; they configure it");
    }
    if (judgeExecutor != null && (judgeQueue != null || judgeTimeLimit != null)) {
      throw new IllegalArgumentException(
          "judgeExecutor is set together with judgeQueue or judgeTimeLimit; the limits apply to the"
              + " cache's own thread only");
    }
    return chosen == null
        ? null
        : new CacheOptions.Judging(
            chosen,
            judgeExecutor,
            judgeQueue == null ? 256 : judgeQueue,
            judgeTimeLimit == null ? Duration.ofSeconds(60) : judgeTimeLimit);
  }

  private static void rejectForExactOnly(String option, boolean isSet) {
    if (isSet) {
      throw new IllegalArgumentException(
          option + " is set; it has no effect on a cache that is exactOnly");
    }
  }

  private static void rejectBoth(String option, boolean isSet, String other, boolean isOtherSet) {
    if (isSet && isOtherSet) {
      throw new IllegalArgumentException(
          option + " and " + other + " are both set; only one of them can decide");
    }
  }
}
