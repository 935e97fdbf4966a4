package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.verify.PairVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides on labeled pairs of prompts with a real cache: the cache has the answer to the first
 * prompt of the pair, and no other entry, and is asked the second. No chat model is called.
 *
 * <pre>{@code
 * PairResult result = PairReplay.builder(embedder).bothDirections().build().run(pairs);
 * result.acceptedWrong().value();
 * }</pre>
 *
 * <p>Every decision also has a score, so that the order of the pairs can be evaluated independently
 * of the threshold. It is the score of a verifier if there is {@linkplain Builder#scoredBy one}.
 * Otherwise it is 1 − distance / 2, or 0 for pairs that the policy rejects at every distance.
 *
 * <p>PairReplay is immutable. {@link #run} blocks on the embedder and the verifier.
 */
public final class PairReplay {
  private static final String ANSWER = "the answer to the first prompt";
  private static final double LARGEST_DISTANCE = 2;

  private final Embedder embedder;
  private final Consumer<SemanticCacheBuilder> options;
  private final @Nullable PairVerifier scorer;
  private final boolean bothDirections;
  private final IntConsumer progress;

  private PairReplay(Builder builder) {
    this.embedder = builder.embedder;
    this.options = builder.options;
    this.scorer = builder.scorer;
    this.bothDirections = builder.bothDirections;
    this.progress = builder.progress;
  }

  /**
   * Returns a builder.
   *
   * @param embedder computes the embeddings; for many pairs, use a {@link CachingEmbedder}
   * @return the builder
   */
  public static Builder builder(Embedder embedder) {
    return new Builder(embedder);
  }

  /**
   * Decides on pairs.
   *
   * @param pairs the pairs
   * @return one decision for each pair, or two if both directions are decided
   * @throws io.github.semcache.embedding.EmbedderException if the embedder fails
   */
  public PairResult run(List<LabeledPair> pairs) {
    List<DecidedPair> decisions = new ArrayList<>();
    try (SemanticCache cache = cache()) {
      for (LabeledPair pair : pairs) {
        decisions.add(decide(cache, pair, false));
        if (bothDirections) {
          decisions.add(decide(cache, pair.reversed(), true));
        }
        progress.accept(decisions.size() / (bothDirections ? 2 : 1));
      }
    }
    return new PairResult(decisions);
  }

  private SemanticCache cache() {
    SemanticCacheBuilder builder =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(new NoModel())
            .admission((prompt, reply) -> false)
            .noExpiry()
            .deadline(Replay.TIME_LIMIT)
            .storeTimeout(Replay.TIME_LIMIT)
            .failOnCacheErrors();
    options.accept(builder);
    EmbeddingSpace space = EmbeddingSpace.of(embedder);
    return builder
        .ownedStore(InMemoryVectorStore.builder(space).build())
        .stateStore(InMemoryVectorStore.builder(space).build())
        .build();
  }

  /** The cache has one entry at a time, because {@code clear} follows each decision. */
  private DecidedPair decide(SemanticCache cache, LabeledPair pair, boolean isReversed) {
    Prompt asked = Prompt.of(pair.second());
    cache.put(Prompt.of(pair.first()), ANSWER);
    Answer answer = cache.ask(asked);
    boolean isExact = answer.source() == Answer.Source.EXACT;
    OptionalDouble distance = isExact ? OptionalDouble.of(0) : distance(cache, asked);
    double score = isExact ? 1 : score(cache, asked, distance);
    cache.clear();
    return new DecidedPair(pair, isReversed, answer.isHit(), reason(answer), distance, score);
  }

  private static String reason(Answer answer) {
    return answer
        .missReason()
        .map(MissReason::code)
        .orElse(answer.source() == Answer.Source.EXACT ? "exact" : "accepted");
  }

  private static OptionalDouble distance(SemanticCache cache, Prompt asked) {
    return cache.explain(asked).candidates().stream()
        .mapToDouble(candidate -> candidate.match().distance())
        .findFirst();
  }

  private double score(SemanticCache cache, Prompt asked, OptionalDouble distance) {
    if (distance.isEmpty()) {
      return 0;
    }
    PairVerifier verifier = scorer;
    return verifier == null
        ? distanceScore(cache, asked)
        : Scores.of(
            verifier.verify(
                new PairVerifier.Pair(
                    asked.text(), cachedPrompt(cache, asked), ANSWER, distance.getAsDouble())));
  }

  private static double distanceScore(SemanticCache cache, Prompt asked) {
    Optional<Answer> loosest = cache.lookup(asked.maxDistance(LARGEST_DISTANCE));
    return loosest.isEmpty() ? 0 : 1 - loosest.get().distance().orElse(0) / LARGEST_DISTANCE;
  }

  private static String cachedPrompt(SemanticCache cache, Prompt asked) {
    return cache.explain(asked).candidates().get(0).match().entry().prompt();
  }

  /** Answers misses. Its replies are not stored. */
  private static final class NoModel implements ChatClient {
    @Override
    public ChatReply chat(Prompt prompt) {
      return ChatReply.of("miss");
    }

    @Override
    public Map<String, String> settings() {
      return Map.of();
    }
  }

  /** A builder of {@link PairReplay}. Builder is not thread-safe. */
  public static final class Builder {
    private final Embedder embedder;
    private Consumer<SemanticCacheBuilder> options = builder -> {};
    private @Nullable PairVerifier scorer;
    private boolean bothDirections;
    private IntConsumer progress = count -> {};

    private Builder(Embedder embedder) {
      this.embedder = requireNonNull(embedder, "embedder");
    }

    /**
     * Adds a function that sets options of the cache, for example its policy. By default, the cache
     * has its default policy. The function must not set the embedder, the store, or the chat
     * client.
     *
     * @param options sets options on the builder of the cache
     * @return this builder
     */
    public Builder cache(Consumer<SemanticCacheBuilder> options) {
      this.options = this.options.andThen(requireNonNull(options, "options"));
      return this;
    }

    /**
     * Sets the verifier whose scores are recorded. It scores every pair, also those that the cache
     * accepts or rejects without a verifier. A decision without a score counts as 1 if it accepts,
     * as 0 if it rejects, and otherwise as 0.5.
     *
     * @param verifier the verifier
     * @return this builder
     */
    public Builder scoredBy(PairVerifier verifier) {
      this.scorer = requireNonNull(verifier, "verifier");
      return this;
    }

    /**
     * Also decides on each pair in the other direction: the second prompt is cached and the first
     * is asked.
     *
     * @return this builder
     */
    public Builder bothDirections() {
      this.bothDirections = true;
      return this;
    }

    /**
     * Sets a listener for the progress of a run.
     *
     * @param progress receives the number of pairs decided so far; called by the thread of the run
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
    public PairReplay build() {
      return new PairReplay(this);
    }
  }
}
