package io.github.semcache.stats;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.FinishReason;
import io.github.semcache.chat.TokenUsage;
import io.github.semcache.learning.PolicyState;
import io.github.semcache.policy.MissReason;
import io.github.semcache.policy.Verdict;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Something that a cache did. Each request ends in one {@link Hit} or one {@link Miss}; the other
 * events tell how it came about and what followed. Immutable, and none holds a text, but for what
 * the cause of a {@link Failed} may quote.
 *
 * <p>A minor version may add events, and components to them, so a listener should look for the ones
 * that it knows, with {@code instanceof} and accessors, and pass over the others.
 */
public sealed interface CacheEvent {

  /** Which tier answered a request. */
  enum Tier {
    /** The entry of the same normalized text and scope. */
    EXACT,
    /** The entry of a near text in the same scope. */
    SEMANTIC
  }

  /** The parts around the cache that can fail. */
  enum Part {
    /** The {@link io.github.semcache.prompt.Normalizer}. */
    NORMALIZER,
    /** The {@link io.github.semcache.store.VectorStore}. */
    STORE,
    /** The {@link io.github.semcache.embedding.Embedder}. */
    EMBEDDER,
    /** The {@link io.github.semcache.policy.HitPolicy}. */
    POLICY,
    /** The {@link io.github.semcache.chat.Admission}. */
    ADMISSION,
    /** The {@link io.github.semcache.chat.ChatClient}. */
    MODEL,
    /** The {@code AnswerJudge}. */
    JUDGE,
    /** The learned state: it could not be loaded, saved or used. */
    LEARNING,
    /** A wrapped client: a request or a response could not be processed for the cache. */
    ADAPTER
  }

  /**
   * A request was answered from the cache.
   *
   * @param tier which tier answered
   * @param distance the cosine distance to the entry's prompt, 0 to 2; 0 in the exact tier
   * @param age how old the answer is
   * @param saved the tokens that the model call took which was not made again, where they are known
   */
  record Hit(Tier tier, double distance, Duration age, Optional<TokenUsage> saved)
      implements CacheEvent {}

  /**
   * A request was not answered from the cache.
   *
   * @param reason why
   * @param nearest the cosine distance of the nearest entry, 0 to 2, where one was found
   */
  record Miss(MissReason reason, OptionalDouble nearest) implements CacheEvent {}

  /** A request that missed waits for the answer that another one is getting. */
  record Coalesced() implements CacheEvent {}

  /**
   * Embeddings were made.
   *
   * @param count how many, at least 1
   * @param took how long that took
   */
  record Embedded(int count, Duration took) implements CacheEvent {}

  /**
   * The store was asked for an entry or for the nearest ones.
   *
   * @param tier {@link Tier#EXACT} for a lookup by key, {@link Tier#SEMANTIC} for a search
   * @param took how long that took
   */
  record LookedUp(Tier tier, Duration took) implements CacheEvent {}

  /**
   * The model answered.
   *
   * @param took how long that took
   * @param finishReason why the model stopped
   * @param usage the tokens that the call took, where they are known
   */
  record ModelAnswered(Duration took, FinishReason finishReason, Optional<TokenUsage> usage)
      implements CacheEvent {}

  /** A model call was given up by its caller before the answer was whole; nothing is kept. */
  record Abandoned() implements CacheEvent {}

  /**
   * A reply was not kept because the {@link io.github.semcache.chat.Admission} did not admit it.
   *
   * @param finishReason why the model stopped
   */
  record NotAdmitted(FinishReason finishReason) implements CacheEvent {}

  /**
   * Entries were written.
   *
   * @param count how many, at least 1
   * @param evicted how many others the store removed to make room, where it knows
   * @param took how long that took
   */
  record Stored(int count, int evicted, Duration took) implements CacheEvent {}

  /**
   * Entries were found that could not be read, and were passed over.
   *
   * @param count how many, at least 1
   */
  record Corrupt(int count) implements CacheEvent {}

  /**
   * In shadow mode, a request would have been answered from the cache. The request itself counts as
   * a {@link Miss}.
   *
   * @param tier which tier would have answered
   * @param distance the cosine distance to the entry's prompt, 0 to 2; 0 in the exact tier
   * @param saved the tokens that the model call took which would not have been made again, where
   *     they are known
   */
  record ShadowHit(Tier tier, double distance, Optional<TokenUsage> saved) implements CacheEvent {}

  /**
   * The answer of an entry was compared with a new one of the model.
   *
   * @param verdict what came out
   * @param wouldHit whether the entry's answer would have been served: it was audited, or the cache
   *     is in shadow mode
   * @param distance the cosine distance of the two prompts, 0 to 2
   */
  record Judged(Verdict verdict, boolean wouldHit, double distance) implements CacheEvent {}

  /** A comparison was dropped because too many others wait to be made. */
  record JudgmentDropped() implements CacheEvent {}

  /**
   * A person said whether an answer from the cache was right.
   *
   * @param right what the person said
   */
  record Reported(boolean right) implements CacheEvent {}

  /**
   * A policy that learns has come into another state; {@link PolicyState#TRIPPED} says that the
   * traffic has changed.
   *
   * @param before the state that it was in
   * @param now the state that it is in
   */
  record PolicyStateChanged(PolicyState before, PolicyState now) implements CacheEvent {}

  /**
   * A part failed.
   *
   * @param part which one
   * @param cause what it threw
   */
  record Failed(Part part, Throwable cause) implements CacheEvent {

    public Failed {
      requireNonNull(part, "part");
      requireNonNull(cause, "cause");
    }
  }
}
