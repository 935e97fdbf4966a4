package io.github.semcache;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.internal.learning.DecidedQuery;
import io.github.semcache.policy.MissReason;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.verify.Verification;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/** The result of a lookup. Immutable. */
sealed interface LookupResult {

  /** Returns this hit, or the result of the next lookup after a miss. */
  LookupResult orElse(Function<Miss, LookupResult> next);

  /** Returns the call of a hit, or the call that answers a miss. */
  CacheCall toCall(Function<Miss, CacheCall> onMiss);

  /** An answer from the cache. The hit has been counted. */
  record Hit(Answer answer) implements LookupResult {
    @Override
    public LookupResult orElse(Function<Miss, LookupResult> next) {
      return this;
    }

    @Override
    public CacheCall toCall(Function<Miss, CacheCall> onMiss) {
      return new CacheCall.Answered(answer);
    }
  }

  /**
   * No answer from the cache, with the results of the steps so far.
   *
   * @param request the request
   * @param reason the reason of the last step
   * @param nearest the distance of the nearest entry, if there is one
   * @param embedding the embedding of the prompt; empty if it was not computed or failed
   * @param embeddingTried whether computing the embedding was attempted
   * @param storeFailed whether the store failed, in which case this request does not use it again
   * @param shadowHit whether shadow mode withheld a hit
   * @param decided the decision of the policy and the verifier, if the policy decided
   * @param verification the decision of the verifier, if it decided
   * @param isCounted whether the miss was counted
   */
  record Miss(
      CacheRequest request,
      MissReason reason,
      OptionalDouble nearest,
      Optional<Embedding> embedding,
      boolean embeddingTried,
      boolean storeFailed,
      boolean shadowHit,
      Optional<DecidedQuery> decided,
      Optional<Verification> verification,
      boolean isCounted)
      implements LookupResult {

    static Miss of(CacheRequest request) {
      return new Miss(
          request,
          request.initialMissReason(),
          OptionalDouble.empty(),
          Optional.empty(),
          false,
          false,
          false,
          Optional.empty(),
          Optional.empty(),
          false);
    }

    @Override
    public LookupResult orElse(Function<Miss, LookupResult> next) {
      return next.apply(this);
    }

    @Override
    public CacheCall toCall(Function<Miss, CacheCall> onMiss) {
      return onMiss.apply(this);
    }

    Miss withReason(MissReason newReason) {
      return new Miss(
          request,
          newReason,
          nearest,
          embedding,
          embeddingTried,
          storeFailed,
          shadowHit,
          decided,
          verification,
          isCounted);
    }

    Miss withEmbedding(Optional<Embedding> computed) {
      return new Miss(
          request,
          computed.isPresent() ? reason : MissReason.EMBEDDER_ERROR,
          nearest,
          computed,
          true,
          storeFailed,
          shadowHit,
          decided,
          verification,
          isCounted);
    }

    /** Returns the miss of a prompt that the embedder cannot read, which has no embedding. */
    Miss unreadable() {
      return withEmbedding(Optional.empty()).withReason(MissReason.UNREADABLE);
    }

    Miss withStoreFailure() {
      return new Miss(
          request,
          MissReason.STORE_ERROR,
          nearest,
          embedding,
          embeddingTried,
          true,
          shadowHit,
          decided,
          verification,
          isCounted);
    }

    Miss withShadowHit() {
      return new Miss(
          request,
          MissReason.SHADOW,
          nearest,
          embedding,
          embeddingTried,
          storeFailed,
          true,
          decided,
          verification,
          isCounted);
    }

    Miss withDecision(
        DecidedQuery newDecided,
        OptionalDouble newNearest,
        Optional<Verification> newVerification) {
      return new Miss(
          request,
          reason,
          newNearest,
          embedding,
          embeddingTried,
          storeFailed,
          shadowHit,
          Optional.of(newDecided),
          newVerification,
          isCounted);
    }

    Miss counted() {
      return new Miss(
          request,
          reason,
          nearest,
          embedding,
          embeddingTried,
          storeFailed,
          shadowHit,
          decided,
          verification,
          true);
    }

    CacheEvent.Miss toEvent() {
      return new CacheEvent.Miss(reason, nearest);
    }
  }
}
