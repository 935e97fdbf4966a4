package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.chat.ChatReply.Admission;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.judge.AnswerJudge.Comparison;
import io.github.semcache.judge.AnswerJudge.Verdict;
import io.github.semcache.policy.CacheabilityPolicy;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.verify.PairVerifier;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;

/**
 * Sends recorded prompts one by one through a real cache and records the hits and the wrong hits.
 * No chat model is called: the answer to a prompt is its label, so a hit is wrong if the labels of
 * the two prompts differ. The judge compares labels as well, and the policy learns from each
 * verdict before the next prompt is sent. Replays in the same order give the same result. Unless
 * {@linkplain Builder#cache options} set another policy, all prompts are cacheable.
 *
 * <pre>{@code
 * ReplayResult result =
 *     Replay.builder(embedder).hitPolicy(HitPolicy.maxDistance(0.15)).shuffled(1).build()
 *         .run(prompts);
 * result.total().hitRate().value();
 * }</pre>
 *
 * <p>Replay is immutable. {@link #run} blocks on the embedder and the store. Each run builds and
 * closes its own cache, so runs may be concurrent if the embedder and the options are thread-safe.
 */
public final class Replay {
  /** The longest limit, because a slow machine must not change the result. */
  static final Duration TIME_LIMIT = Duration.ofMinutes(10);

  private final Embedder embedder;
  private final Consumer<SemanticCacheBuilder> options;
  private final Optional<Function<InstantSource, VectorStore>> store;
  private final Optional<Duration> timeToLive;
  private final Optional<Long> seed;
  private final int limit;
  private final IntConsumer progress;
  private final Optional<PairVerifier> verifier;
  private final int verifierCalls;

  private Replay(Builder builder) {
    this.embedder = builder.embedder;
    this.options = builder.options;
    this.store = builder.store;
    this.timeToLive = builder.timeToLive;
    this.seed = builder.seed;
    this.limit = builder.limit;
    this.progress = builder.progress;
    this.verifier = builder.verifier;
    this.verifierCalls = builder.verifierCalls;
  }

  /**
   * Returns a builder.
   *
   * @param embedder computes the embeddings; for several replays, use a {@link CachingEmbedder}
   * @return the builder
   */
  public static Builder builder(Embedder embedder) {
    return new Builder(embedder);
  }

  /**
   * Sends each prompt to a new cache. The prompts are {@linkplain Builder#shuffled shuffled} if a
   * seed is set, sorted by timestamp if every prompt has one, and otherwise sent in list order.
   *
   * @param prompts the prompts, at least one
   * @return the result
   * @throws IllegalArgumentException if there are no prompts, or some but not all have a label
   * @throws RuntimeException any exception of the embedder, the store, or the policy
   */
  public ReplayResult run(List<LabeledPrompt> prompts) {
    List<LabeledPrompt> ordered = inOrder(prompts);
    RecordedTraffic traffic = new RecordedTraffic(ordered.get(0));
    List<ReplayedPrompt> replayed = new ArrayList<>(ordered.size());
    long start = System.nanoTime();
    Optional<LabelVerifier> labels =
        verifier.map(first -> new LabelVerifier(traffic::currentLabel, verifierCalls));
    try (SemanticCache cache = cache(traffic, ordered.size(), labels)) {
      for (LabeledPrompt prompt : ordered) {
        replayed.add(new ReplayedPrompt(prompt, cache.ask(traffic.advanceTo(prompt))));
        progress.accept(replayed.size());
      }
      return new ReplayResult(
          replayed,
          cache.stats(),
          Duration.ofNanos(System.nanoTime() - start),
          labels.map(LabelVerifier::calls).orElseGet(OptionalLong::empty));
    }
  }

  private List<LabeledPrompt> inOrder(List<LabeledPrompt> prompts) {
    if (prompts.isEmpty()) {
      throw new IllegalArgumentException("prompts is empty; a replay needs at least one");
    }
    if (prompts.stream().map(prompt -> prompt.label().isPresent()).distinct().count() > 1) {
      throw new IllegalArgumentException(
          "some prompts have a label and some do not; all or none must have one");
    }
    return new ReplayOrder(seed, limit).apply(prompts);
  }

  private SemanticCache cache(
      RecordedTraffic traffic, int maxEntries, Optional<LabelVerifier> labels) {
    SemanticCacheBuilder builder =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(traffic)
            .judgeIfUsed(Replay::compareLabels)
            .judgeExecutor(Runnable::run)
            .cacheability(CacheabilityPolicy.none())
            .admission(Admission.everything())
            .timeSource(traffic)
            .deadline(TIME_LIMIT)
            .storeTimeout(TIME_LIMIT)
            .failOnCacheErrors();
    timeToLive.ifPresentOrElse(builder::timeToLive, builder::noExpiry);
    options.accept(builder);
    labels.ifPresent(second -> builder.verifier(verifier.orElseThrow().orElse(second)));
    return builder
        .store(
            store
                .map(factory -> factory.apply(traffic))
                .orElseGet(() -> inMemory(traffic, maxEntries)))
        .stateStore(InMemoryVectorStore.builder(EmbeddingSpace.of(embedder)).build())
        .build();
  }

  /** Compares two answers, which are labels, or empty if the prompts have no labels. */
  private static Verdict compareLabels(Comparison comparison) {
    if (comparison.newAnswer().isEmpty()) {
      return Verdict.UNKNOWN;
    }
    return comparison.cachedAnswer().equals(comparison.newAnswer())
        ? Verdict.SAME
        : Verdict.DIFFERENT;
  }

  private VectorStore inMemory(InstantSource clock, int maxEntries) {
    return InMemoryVectorStore.builder(EmbeddingSpace.of(embedder))
        .maxEntries(maxEntries)
        .maxBytes(Long.MAX_VALUE)
        .timeSource(clock)
        .build();
  }

  /** A builder of {@link Replay}. Builder is not thread-safe. */
  public static final class Builder {
    private final Embedder embedder;
    private Consumer<SemanticCacheBuilder> options = builder -> {};
    private Optional<Function<InstantSource, VectorStore>> store = Optional.empty();
    private Optional<Duration> timeToLive = Optional.empty();
    private Optional<Long> seed = Optional.empty();
    private int limit = Integer.MAX_VALUE;
    private IntConsumer progress = count -> {};
    private Optional<PairVerifier> verifier = Optional.empty();
    private int verifierCalls = 1;

    private Builder(Embedder embedder) {
      this.embedder = requireNonNull(embedder, "embedder");
    }

    /**
     * Sets the hit policy. By default, the cache uses its default policy. A learning policy starts
     * each run in its initial state, and does not learn from prompts without labels.
     *
     * @param hitPolicy the policy
     * @return this builder
     */
    public Builder hitPolicy(HitPolicy hitPolicy) {
      requireNonNull(hitPolicy, "hitPolicy");
      return cache(builder -> builder.hitPolicy(hitPolicy));
    }

    /**
     * Adds a function that sets options of the cache, which is called after earlier ones. It must
     * not set the embedder, the chat client, the store, or the state store, which belong to the
     * replay. It may set another judge.
     *
     * @param options sets options on the builder of the cache; called once per run
     * @return this builder
     */
    public Builder cache(Consumer<SemanticCacheBuilder> options) {
      this.options = this.options.andThen(requireNonNull(options, "options"));
      return this;
    }

    /**
     * Sets the store of the cache. The default is an in-memory store that can hold an entry for
     * each prompt.
     *
     * @param store creates an empty store that uses the given clock, which shows the timestamp of
     *     the current prompt; called once per run. The run closes the store
     * @return this builder
     */
    public Builder store(Function<InstantSource, VectorStore> store) {
      this.store = Optional.of(store);
      return this;
    }

    /**
     * Replaces the search of the store by lookups in a table of neighbors. The results are the same
     * and the replay is faster. All prompts must be in the table, and the cache must have its
     * default normalizer.
     *
     * @param table the neighbors of the prompts
     * @return this builder
     */
    public Builder neighbors(NeighborTable table) {
      requireNonNull(table, "table");
      return store(clock -> new NeighborStore(table, clock));
    }

    /**
     * Sets the time to live of the entries, which is measured by the timestamps of the prompts. By
     * default entries do not expire.
     *
     * @param timeToLive the time to live, at least a millisecond and at most 100 years
     * @return this builder
     */
    public Builder timeToLive(Duration timeToLive) {
      this.timeToLive = Optional.of(timeToLive);
      return this;
    }

    /**
     * Shuffles the prompts.
     *
     * @param seed the seed of the shuffle; the same seed gives the same order
     * @return this builder
     */
    public Builder shuffled(long seed) {
      this.seed = Optional.of(seed);
      return this;
    }

    /**
     * Sets a verifier, and lets the labels decide on one of the pairs of a lookup about which it is
     * unsure. This simulates a chat model as a verifier that never errs. The result contains the
     * {@linkplain ReplayResult#verifierCalls number} of these pairs. A pair without labels remains
     * unsure.
     *
     * @param verifier the verifier to consult first
     * @return this builder
     */
    public Builder labelsWhereUnsure(PairVerifier verifier) {
      return labelsWhereUnsure(verifier, 1);
    }

    /**
     * Sets a verifier, and lets the labels decide on some of the pairs of a lookup about which it
     * is unsure; see {@link #labelsWhereUnsure(PairVerifier)}.
     *
     * @param verifier the verifier to consult first
     * @param maxCallsPerLookup the maximum number of pairs of a lookup on which the labels decide,
     *     at least 1
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder labelsWhereUnsure(PairVerifier verifier, int maxCallsPerLookup) {
      if (maxCallsPerLookup < 1) {
        throw new IllegalArgumentException(
            "maxCallsPerLookup is " + maxCallsPerLookup + "; it must be at least 1");
      }
      this.verifier = Optional.of(verifier);
      this.verifierCalls = maxCallsPerLookup;
      return this;
    }

    /**
     * Sets the maximum number of prompts to send. By default all prompts are sent.
     *
     * @param limit the maximum, at least 1; prompts after the first {@code limit} are dropped
     * @return this builder
     * @throws IllegalArgumentException if the limit is less than 1
     */
    public Builder limit(int limit) {
      if (limit < 1) {
        throw new IllegalArgumentException("limit is " + limit + "; it must be at least 1");
      }
      this.limit = limit;
      return this;
    }

    /**
     * Sets a listener for the progress of a run.
     *
     * @param progress receives the number of prompts sent so far, after each prompt; called by the
     *     thread of the run
     * @return this builder
     */
    public Builder progress(IntConsumer progress) {
      this.progress = requireNonNull(progress, "progress");
      return this;
    }

    /**
     * Builds the replay.
     *
     * @return a replay with these options
     */
    public Replay build() {
      return new Replay(this);
    }

    /** Builds a replay with another policy and leaves this builder unchanged. */
    Replay build(HitPolicy policy) {
      Consumer<SemanticCacheBuilder> before = options;
      try {
        return hitPolicy(policy).cache(cache -> cache.verifier(PairVerifier.none())).build();
      } finally {
        options = before;
      }
    }
  }
}
