package io.github.semcache;

import io.github.semcache.deadline.Deadline;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.internal.learning.DecidedQuery;
import io.github.semcache.policy.MissReason;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.LeaseStore.Lease;
import io.github.semcache.verify.Verification;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** The result of a lookup. Immutable. */
sealed interface LookupResult {

  /** Returns this hit, or the result of the next lookup after a miss. */
  LookupResult orElse(Function<Miss, LookupResult> next);

  /** Returns this hit, or this miss with a new deadline, for a lookup that continues later. */
  default LookupResult restarted() {
    return this;
  }

  /** Returns this result, with the reason of a miss adjusted if the deadline has expired. */
  default LookupResult checkDeadline() {
    return this instanceof Miss miss ? miss.withExpiredDeadline() : this;
  }

  /** Returns whether this is a miss because a part failed, which says nothing about hit rates. */
  default boolean isFailed() {
    return this instanceof Miss miss && Miss.FAILURES.contains(miss.reason);
  }

  /** Returns the call of a hit, or the call that answers a miss. */
  CacheCall toCall(Function<Miss, CacheCall> onMiss);

  /**
   * An answer from the cache. The hit has been counted.
   *
   * @param answer the answer
   * @param entry the entry that it was served from
   * @param miss the results of the steps before the hit
   */
  record Hit(Answer answer, CacheEntry entry, Miss miss) implements LookupResult {

    /** Returns whether the answer must be delayed. */
    boolean isQuiet() {
      return miss.request().prompt().isQuiet();
    }

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
   * @param versions the versions of the dependencies; empty if they are not known
   * @param isCounted whether the miss was counted
   * @param waiting the relation to other calls that answer the prompt
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
      Optional<String> versions,
      boolean isCounted,
      Waiting waiting)
      implements LookupResult {
    private static final Set<MissReason> FAILURES =
        Set.of(
            MissReason.STORE_ERROR,
            MissReason.EMBEDDER_ERROR,
            MissReason.POLICY_ERROR,
            MissReason.VERIFIER_ERROR);

    static Miss of(CacheRequest request) {
      return new Miss(
          request,
          request.initialMissReason(),
          OptionalDouble.empty(),
          request.query().embedding(),
          request.query().embedding().isPresent(),
          false,
          false,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          false,
          Waiting.NONE);
    }

    /**
     * The relation of a request to other calls that answer the prompt.
     *
     * @param stored the entry of the key that was found but not served
     * @param lease the lease under which this request may write the answer
     * @param isLeased whether another instance holds the lease
     * @param limit the end of the wait for other instances; empty before the first wait
     * @param wasSimilar whether the request has waited for a call with a similar prompt
     */
    record Waiting(
        Optional<CacheEntry> stored,
        Optional<Lease> lease,
        boolean isLeased,
        Optional<Deadline> limit,
        boolean wasSimilar) {
      private static final Waiting NONE =
          new Waiting(Optional.empty(), Optional.empty(), false, Optional.empty(), false);

      /** Returns the creation time of the entry that was found but not served. */
      Optional<Instant> known() {
        return stored.map(CacheEntry::createdAt);
      }
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
      return with(draft -> draft.reason = newReason);
    }

    Miss withEmbedding(Optional<Embedding> computed) {
      return with(
          draft -> {
            draft.reason = computed.isPresent() ? reason : MissReason.EMBEDDER_ERROR;
            draft.embedding = computed;
            draft.embeddingTried = true;
          });
    }

    /** Returns the miss of a prompt that is not compared, whose answer is stored for its key. */
    Miss skipped() {
      return with(
          draft -> {
            draft.reason = MissReason.NOT_WORTHWHILE;
            draft.embeddingTried = true;
          });
    }

    Miss withVersions(Optional<String> current) {
      return with(draft -> draft.versions = current);
    }

    /** Adds the result of a lookup by key. */
    Miss withFound(ResilientStore.Found found) {
      return with(
          draft -> {
            draft.versions = Optional.of(found.versions());
            draft.waiting =
                new Waiting(
                    found.stored(),
                    found.lease(),
                    found.isLeased(),
                    waiting.limit,
                    waiting.wasSimilar);
          });
    }

    /** Limits the wait for other instances, unless it was limited before. */
    Miss withLimit(Deadline limit) {
      return waiting.limit.isPresent()
          ? this
          : with(
              draft ->
                  draft.waiting =
                      new Waiting(
                          waiting.stored,
                          waiting.lease,
                          waiting.isLeased,
                          Optional.of(limit),
                          waiting.wasSimilar));
    }

    /** Returns the same miss after a wait for a call with a similar prompt. */
    Miss afterSimilar() {
      return with(
          draft ->
              draft.waiting =
                  new Waiting(
                      waiting.stored, waiting.lease, waiting.isLeased, waiting.limit, true));
    }

    /** Returns the miss of a prompt that the embedder cannot read, which has no embedding. */
    Miss unreadable() {
      return withEmbedding(Optional.empty()).withReason(MissReason.UNREADABLE);
    }

    /** Returns the miss of a request whose answer must not be stored. */
    Miss bypassing(MissReason newReason) {
      return with(
          draft -> {
            draft.request = request.bypassing(newReason);
            draft.reason = newReason;
          });
    }

    Miss withStoreFailure() {
      return with(
          draft -> {
            draft.reason = MissReason.STORE_ERROR;
            draft.storeFailed = true;
          });
    }

    Miss withShadowHit() {
      return with(
          draft -> {
            draft.reason = MissReason.SHADOW;
            draft.shadowHit = true;
          });
    }

    Miss withDecision(
        DecidedQuery newDecided,
        OptionalDouble newNearest,
        Optional<Verification> newVerification) {
      return with(
          draft -> {
            draft.nearest = newNearest;
            draft.decided = Optional.of(newDecided);
            draft.verification = newVerification;
          });
    }

    @Override
    public Miss restarted() {
      return with(
          draft -> {
            draft.request = request.restarted();
            draft.waiting =
                new Waiting(
                    waiting.stored, Optional.empty(), false, waiting.limit, waiting.wasSimilar);
          });
    }

    /** Replaces the reason if the step that ended the lookup had no time left. */
    Miss withExpiredDeadline() {
      return request.limits().isExpired() && FAILURES.contains(reason)
          ? withReason(MissReason.DEADLINE)
          : this;
    }

    Miss counted() {
      return with(draft -> draft.isCounted = true);
    }

    /** Returns the same miss, to be counted by a later step. */
    Miss uncounted() {
      return with(draft -> draft.isCounted = false);
    }

    private Miss with(Consumer<Draft> change) {
      Draft draft = new Draft(this);
      change.accept(draft);
      return draft.toMiss();
    }

    CacheEvent.Miss toEvent() {
      return new CacheEvent.Miss(reason, nearest);
    }

    /** The components of a copy of a miss. */
    private static final class Draft {
      private CacheRequest request;
      private MissReason reason;
      private OptionalDouble nearest;
      private Optional<Embedding> embedding;
      private boolean embeddingTried;
      private boolean storeFailed;
      private boolean shadowHit;
      private Optional<DecidedQuery> decided;
      private Optional<Verification> verification;
      private Optional<String> versions;
      private boolean isCounted;
      private Waiting waiting;

      Draft(Miss miss) {
        request = miss.request;
        reason = miss.reason;
        nearest = miss.nearest;
        embedding = miss.embedding;
        embeddingTried = miss.embeddingTried;
        storeFailed = miss.storeFailed;
        shadowHit = miss.shadowHit;
        decided = miss.decided;
        verification = miss.verification;
        versions = miss.versions;
        isCounted = miss.isCounted;
        waiting = miss.waiting;
      }

      Miss toMiss() {
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
            versions,
            isCounted,
            waiting);
      }
    }
  }
}
