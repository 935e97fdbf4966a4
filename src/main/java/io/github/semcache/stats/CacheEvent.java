package io.github.semcache.stats;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.ChatReply.FinishReason;
import io.github.semcache.chat.ChatReply.TokenUsage;
import io.github.semcache.judge.AnswerJudge.Verdict;
import io.github.semcache.learning.LearningPolicy.Learner;
import io.github.semcache.policy.CacheSettings;
import io.github.semcache.policy.MissReason;
import io.github.semcache.verify.Verification;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * An event of a cache. Each request results in one {@link Hit} or one {@link Miss}; the other
 * events describe its steps and consequences. Immutable. No event contains the text of a prompt or
 * an answer, except that the cause of a {@link Failed} may quote it.
 *
 * <p>A minor version may add events, and components of events. Listeners should therefore select
 * the events they handle with {@code instanceof}, read them with accessors, and ignore all others.
 */
public sealed interface CacheEvent {

  /** The kind of a lookup or a hit. */
  enum Tier {
    /** By key: the entry has the same scope and the same normalized text. */
    EXACT,
    /** By distance: the entry has the same scope and a similar text. */
    SEMANTIC
  }

  /** The parts that can fail. */
  enum Part {
    /** The {@link io.github.semcache.prompt.Normalizer}. */
    NORMALIZER,
    /** The {@link io.github.semcache.store.VectorStore}. */
    STORE,
    /** The {@link io.github.semcache.embedding.Embedder}. */
    EMBEDDER,
    /** The {@link io.github.semcache.policy.HitPolicy}. */
    POLICY,
    /** The {@link io.github.semcache.verify.PairVerifier}. */
    VERIFIER,
    /** The {@link io.github.semcache.chat.ChatReply.Admission}. */
    ADMISSION,
    /** The {@link io.github.semcache.chat.ChatClient}. */
    MODEL,
    /** The {@code AnswerJudge}. */
    JUDGE,
    /** The learned state: it could not be loaded, saved, or used. */
    LEARNING,
    /** A wrapped client: a request or a response could not be processed for the cache. */
    ADAPTER
  }

  /**
   * A request was answered from the cache.
   *
   * @param tier the tier that answered
   * @param distance the cosine distance to the prompt of the entry, in [0, 2]; 0 for an exact hit
   * @param age the age of the answer
   * @param saved the tokens of the model call that produced the answer, if known
   */
  record Hit(Tier tier, double distance, Duration age, Optional<TokenUsage> saved)
      implements CacheEvent {}

  /**
   * A request was not answered from the cache.
   *
   * @param reason the reason
   * @param nearest the cosine distance of the nearest entry, in [0, 2]; empty if none was found
   */
  record Miss(MissReason reason, OptionalDouble nearest) implements CacheEvent {}

  /** A request that missed waits for another request that is calling the model. */
  record Coalesced() implements CacheEvent {}

  /**
   * Embeddings were computed.
   *
   * @param count the number of embeddings, at least 1
   * @param took the duration of the embedder's call
   */
  record Embedded(int count, Duration took) implements CacheEvent {}

  /**
   * The store completed a lookup.
   *
   * @param tier {@link Tier#EXACT} for a lookup by key, {@link Tier#SEMANTIC} for a search
   * @param took the duration of the store's call
   */
  record LookedUp(Tier tier, Duration took) implements CacheEvent {}

  /**
   * The verifier decided on a candidate.
   *
   * @param verification the decision, including the model calls that were made for it
   * @param distance the cosine distance of the candidate, in [0, 2]
   * @param took the duration of the verifier's call
   */
  record Verified(Verification verification, double distance, Duration took)
      implements CacheEvent {}

  /** A verification after a miss was dropped because too many others were waiting. */
  record VerificationDropped() implements CacheEvent {}

  /**
   * The model answered.
   *
   * @param took the duration of the model call
   * @param finishReason the reason why the model stopped
   * @param usage the tokens of the call, if known
   */
  record ModelAnswered(Duration took, FinishReason finishReason, Optional<TokenUsage> usage)
      implements CacheEvent {}

  /**
   * A model call was made, or a hit made one unnecessary. Published in addition to {@link
   * ModelAnswered} and {@link Hit}.
   *
   * @param saved whether a hit replaced the call
   * @param model the model, as it reported its name
   * @param tokens the tokens of the call, if known
   * @param took the duration of the call, if known; for a hit, that of the call that produced the
   *     stored answer
   * @param tag the value of the {@linkplain io.github.semcache.SemanticCacheBuilder#usageByTag
   *     configured} tag of the prompt, if it has one
   */
  record ModelUsed(
      boolean saved,
      Optional<String> model,
      Optional<TokenUsage> tokens,
      Optional<Duration> took,
      Optional<String> tag)
      implements CacheEvent {}

  /** The caller abandoned a model call before the answer was complete. Nothing is stored. */
  record Abandoned() implements CacheEvent {}

  /**
   * The {@link io.github.semcache.chat.ChatReply.Admission} rejected a reply, which is not stored.
   *
   * @param finishReason the reason why the model stopped
   */
  record NotAdmitted(FinishReason finishReason) implements CacheEvent {}

  /**
   * Entries were written.
   *
   * @param count the number of written entries, at least 1
   * @param evicted the number of other entries that the store evicted to make room, 0 if unknown
   * @param took the duration of the store's call
   */
  record Stored(int count, int evicted, Duration took) implements CacheEvent {}

  /**
   * An answer was not stored, because a newer one had been stored or was being computed under a
   * newer lease.
   */
  record Superseded() implements CacheEvent {}

  /**
   * A request was answered with an answer whose soft time to live had expired. The request also
   * counts as a {@link Hit}.
   *
   * @param age the age of the answer
   */
  record StaleHit(Duration age) implements CacheEvent {}

  /** The model is called in the background to replace an answer before it expires. */
  record RefreshStarted() implements CacheEvent {}

  /** An answer was not refreshed because too many others were being refreshed. */
  record RefreshDropped() implements CacheEvent {}

  /**
   * A lookup found entries that could not be read, and ignored them.
   *
   * @param count the number of unreadable entries, at least 1
   */
  record Corrupt(int count) implements CacheEvent {}

  /**
   * In shadow mode, a request would have been answered from the cache. The request itself counts as
   * a {@link Miss}.
   *
   * @param tier the tier that would have answered
   * @param distance the cosine distance to the prompt of the entry, in [0, 2]; 0 for an exact hit
   * @param saved the tokens of the model call that produced the cached answer, if known
   */
  record ShadowHit(Tier tier, double distance, Optional<TokenUsage> saved) implements CacheEvent {}

  /**
   * The judge compared a cached answer with a new one.
   *
   * @param verdict the result
   * @param wouldHit whether the cached answer would have been served without an audit or shadow
   *     mode
   * @param distance the cosine distance of the two prompts, in [0, 2]
   */
  record Judged(Verdict verdict, boolean wouldHit, double distance) implements CacheEvent {}

  /** A comparison was dropped because too many others were waiting. */
  record JudgmentDropped() implements CacheEvent {}

  /**
   * A user reported that an answer from the cache was right or wrong.
   *
   * @param right true if it was right
   */
  record Reported(boolean right) implements CacheEvent {}

  /**
   * The state of a learning policy changed. {@link Learner.State#TRIPPED} indicates that the
   * traffic has changed.
   *
   * @param before the previous state
   * @param now the new state
   */
  record PolicyStateChanged(Learner.State before, Learner.State now) implements CacheEvent {}

  /**
   * The settings of the running cache changed, by a call of this instance or of another one.
   *
   * @param before the previous settings
   * @param now the new settings
   */
  record SettingsChanged(CacheSettings before, CacheSettings now) implements CacheEvent {}

  /**
   * A part failed.
   *
   * @param part the part
   * @param cause the exception
   */
  record Failed(Part part, Throwable cause) implements CacheEvent {

    public Failed {
      requireNonNull(part, "part");
      requireNonNull(cause, "cause");
    }
  }
}
