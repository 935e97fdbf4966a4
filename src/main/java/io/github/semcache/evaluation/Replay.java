package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.chat.Admission;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.judge.Comparison;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.Verdict;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;

/**
 * Sends recorded prompts, one after the other, through a real cache and tells what the cache would
 * have answered. No model is asked: the answer to a prompt is its label, so a hit is wrong if the
 * labels of the two prompts differ. The judge compares labels too, and each verdict is taken up
 * before the next prompt is asked: equal orders give equal results.
 *
 * <pre>{@code
 * ReplayResult result =
 *     Replay.builder(embedder).hitPolicy(HitPolicy.maxDistance(0.15)).shuffled(1).build()
 *         .run(prompts);
 * result.total().hitRate().value();
 * }</pre>
 *
 * <p>Immutable. {@link #run} blocks on the embedder and the store; each run builds and closes a
 * cache of its own, so runs may go side by side if the options allow it.
 */
public final class Replay {
  private final Embedder embedder;
  private final Consumer<SemanticCacheBuilder> options;
  private final Optional<Function<InstantSource, VectorStore>> store;
  private final Optional<Duration> timeToLive;
  private final Optional<Long> seed;
  private final int limit;
  private final IntConsumer progress;

  private Replay(Builder builder) {
    this.embedder = builder.embedder;
    this.options = builder.options;
    this.store = builder.store;
    this.timeToLive = builder.timeToLive;
    this.seed = builder.seed;
    this.limit = builder.limit;
    this.progress = builder.progress;
  }

  /**
   * Begins a replay.
   *
   * @param embedder who makes the embeddings
   * @return a builder
   */
  public static Builder builder(Embedder embedder) {
    return new Builder(embedder);
  }

  /**
   * Asks the cache for each prompt. The order is that of the list; if every prompt has a timestamp,
   * that of time; or a shuffled one where a {@linkplain Builder#shuffled seed} was set.
   *
   * @param prompts what to ask; at least one
   * @return what the cache did
   * @throws IllegalArgumentException if there are no prompts, or some but not all have a label
   * @throws RuntimeException whatever embedder, store or policy throw
   */
  public ReplayResult run(List<LabeledPrompt> prompts) {
    List<LabeledPrompt> stream = inOrder(prompts);
    Model model = new Model(stream.get(0));
    List<ReplayedPrompt> outcomes = new ArrayList<>(stream.size());
    long start = System.nanoTime();
    try (SemanticCache cache = cache(model, stream.size())) {
      for (LabeledPrompt prompt : stream) {
        outcomes.add(new ReplayedPrompt(prompt, cache.ask(model.next(prompt))));
        progress.accept(outcomes.size());
      }
      return new ReplayResult(outcomes, cache.stats(), Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private List<LabeledPrompt> inOrder(List<LabeledPrompt> prompts) {
    if (prompts.isEmpty()) {
      throw new IllegalArgumentException("prompts is empty; a replay needs at least one");
    }
    if (prompts.stream().map(prompt -> prompt.label().isPresent()).distinct().count() > 1) {
      throw new IllegalArgumentException("some prompts have a label; all or none must have one");
    }
    return new ReplayOrder(seed, limit).of(prompts);
  }

  private SemanticCache cache(Model model, int prompts) {
    SemanticCacheBuilder builder =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(model)
            .judge(Replay::compare)
            .judgeExecutor(Runnable::run)
            .admission(Admission.everything())
            .timeSource(model)
            .failOnCacheErrors();
    timeToLive.ifPresentOrElse(builder::timeToLive, builder::noExpiry);
    options.accept(builder);
    return builder
        .ownedStore(store.map(made -> made.apply(model)).orElseGet(() -> inMemory(model, prompts)))
        .stateStore(InMemoryVectorStore.builder(EmbeddingSpace.of(embedder)).build())
        .build();
  }

  /** Answers are labels, so they say the same if they are equal; empty ones stand for none. */
  private static Verdict compare(Comparison comparison) {
    if (comparison.otherAnswer().isEmpty()) {
      return Verdict.UNKNOWN;
    }
    return comparison.answer().equals(comparison.otherAnswer()) ? Verdict.SAME : Verdict.DIFFERENT;
  }

  private VectorStore inMemory(InstantSource time, int prompts) {
    return InMemoryVectorStore.builder(EmbeddingSpace.of(embedder))
        .maxEntries(prompts)
        .timeSource(time)
        .build();
  }

  /** Answers the prompt at hand with its label, and tells its time. */
  private static final class Model implements ChatClient, InstantSource {
    private LabeledPrompt current;
    private Instant now = Instant.EPOCH;

    Model(LabeledPrompt first) {
      current = first;
    }

    Prompt next(LabeledPrompt prompt) {
      current = prompt;
      now = prompt.timestamp().orElse(now.plusMillis(1));
      Prompt asked = Prompt.of(prompt.text());
      return prompt.scope().map(scope -> asked.tag("scope", scope)).orElse(asked);
    }

    @Override
    public ChatReply chat(Prompt prompt) {
      return ChatReply.of(current.label().orElse(""));
    }

    @Override
    public Map<String, String> settings() {
      return Map.of();
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  /** The options of a {@link Replay}. Not safe for use by many threads. */
  public static final class Builder {
    private final Embedder embedder;
    private Consumer<SemanticCacheBuilder> options = builder -> {};
    private Optional<Function<InstantSource, VectorStore>> store = Optional.empty();
    private Optional<Duration> timeToLive = Optional.empty();
    private Optional<Long> seed = Optional.empty();
    private int limit = Integer.MAX_VALUE;
    private IntConsumer progress = asked -> {};

    private Builder(Embedder embedder) {
      this.embedder = requireNonNull(embedder, "embedder");
    }

    /**
     * Sets how a hit is decided; without it, as the cache does unless told otherwise. A policy that
     * learns begins each run without having learned anything; from prompts without labels it learns
     * nothing.
     *
     * @param hitPolicy the policy
     * @return this builder
     */
    public Builder hitPolicy(HitPolicy hitPolicy) {
      requireNonNull(hitPolicy, "hitPolicy");
      return cache(builder -> builder.hitPolicy(hitPolicy));
    }

    /**
     * Sets any options of the cache, after those that were set before. Embedder, chat client, store
     * and state store are the replay's own; another judge may be set.
     *
     * @param options sets options on the builder it is given; called once for each run
     * @return this builder
     */
    public Builder cache(Consumer<SemanticCacheBuilder> options) {
      this.options = this.options.andThen(requireNonNull(options, "options"));
      return this;
    }

    /**
     * Sets where entries are kept during a run; without it, in a store in the heap that has room
     * for all of them.
     *
     * @param store makes an empty store, given the clock of the replay, which tells the timestamp
     *     of the prompt at hand; called once for each run, which closes the store
     * @return this builder
     */
    public Builder store(Function<InstantSource, VectorStore> store) {
      this.store = Optional.of(store);
      return this;
    }

    /**
     * Looks neighbors up in a table in place of searching a store: the same results, sooner. Only
     * prompts of the table can be asked, and only with the cache's default normalizer.
     *
     * @param table the neighbors of the prompts
     * @return this builder
     */
    public Builder neighbors(NeighborTable table) {
      requireNonNull(table, "table");
      return store(time -> new NeighborStore(table, time));
    }

    /**
     * Sets how long entries live, by the timestamps of the prompts; without it they do not expire.
     *
     * @param timeToLive at least a millisecond and at most 100 years
     * @return this builder
     */
    public Builder timeToLive(Duration timeToLive) {
      this.timeToLive = Optional.of(timeToLive);
      return this;
    }

    /**
     * Asks the prompts in a random order.
     *
     * @param seed the same seed gives the same order
     * @return this builder
     */
    public Builder shuffled(long seed) {
      this.seed = Optional.of(seed);
      return this;
    }

    /**
     * Asks only the first prompts of the order.
     *
     * @param limit how many at most, at least 1; all of them unless set
     * @return this builder
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder limit(int limit) {
      if (limit < 1) {
        throw new IllegalArgumentException("limit is " + limit + "; it must be at least 1");
      }
      this.limit = limit;
      return this;
    }

    /**
     * Sets who is told after each prompt how many were asked so far.
     *
     * @param progress called on the thread of the run
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

    /** Builds the replay with a policy in place of that which was set; leaves this as it is. */
    Replay build(HitPolicy policy) {
      Consumer<SemanticCacheBuilder> before = options;
      try {
        return hitPolicy(policy).build();
      } finally {
        options = before;
      }
    }
  }
}
