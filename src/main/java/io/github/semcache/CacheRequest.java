package io.github.semcache;

import io.github.semcache.deadline.Deadline;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Labels;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A prompt and its query. Immutable.
 *
 * @param prompt the prompt
 * @param query the query of the prompt
 * @param mode the mode of the prompt, or BYPASS if the cache decided to bypass it
 * @param bypassReason the reason why the cache decided to bypass the prompt; empty if it did not
 * @param callsModel whether a miss is answered by the model, so that hits can be audited
 * @param limits the time limits
 * @param late receives the embedding of the prompt
 */
record CacheRequest(
    Prompt prompt,
    Query query,
    Prompt.Mode mode,
    Optional<MissReason> bypassReason,
    boolean callsModel,
    Limits limits,
    LateEmbedding late) {

  /** The embedding of a request, which may arrive after the deadline. Thread-safe. */
  static final class LateEmbedding {
    private volatile @Nullable Embedding embedding;

    void set(Embedding computed) {
      embedding = computed;
    }

    Optional<Embedding> get() {
      return Optional.ofNullable(embedding);
    }
  }

  /**
   * The time limits of a request.
   *
   * @param lookup the deadline of the lookup; empty for none
   * @param maxWait the maximum time to wait for another call
   * @param configured creates the deadlines of later lookups
   */
  record Limits(Optional<Deadline> lookup, Duration maxWait, CacheOptions.TimeLimits configured) {

    /** Returns the limits of a prompt whose lookup begins now. */
    static Limits of(Prompt prompt, CacheOptions.TimeLimits configured) {
      return new Limits(
          configured.lookupDeadline(prompt),
          prompt.maxWait().orElse(configured.maxWait()),
          configured);
    }

    /** Runs a step of the lookup. The parts that it calls end at the deadline of the lookup. */
    <T> T run(Supplier<T> step) {
      return lookup.isPresent() ? lookup.get().run(step) : step.get();
    }

    boolean isExpired() {
      return lookup.isPresent() && lookup.get().isExpired();
    }

    /** Returns the maximum time to wait for a part that another request is calling. */
    Duration maxWaitInLookup() {
      return lookup
          .map(Deadline::remaining)
          .filter(remaining -> remaining.compareTo(maxWait) < 0)
          .orElse(maxWait);
    }
  }

  /** Returns whether the request may be answered from the cache. */
  boolean reads() {
    return mode == Prompt.Mode.USE;
  }

  /**
   * Returns whether the request may be answered from the cache, whatever the age and the labels.
   */
  boolean readsAll() {
    return reads() && query.maxAge().isEmpty() && query.labelFilter().isEmpty();
  }

  /** Returns whether the model's answer may be stored. */
  boolean writes() {
    return mode != Prompt.Mode.BYPASS;
  }

  /**
   * Returns whether the model's answer would be found by this request. Otherwise it is not stored.
   */
  boolean meetsOwnFilter() {
    return query.acceptsLabels(prompt.labels());
  }

  /**
   * Returns whether the answer of another prompt may be stored under the key of this request. With
   * a filter, that could replace an answer with other labels.
   */
  boolean addsKeys() {
    return writes() && query.labelFilter().isEmpty();
  }

  /** Returns the same request, whose answer is stored with other labels. */
  CacheRequest labels(Labels labels) {
    return new CacheRequest(
        prompt.labels(labels), query, mode, bypassReason, callsModel, limits, late);
  }

  /** Returns the same request for a lookup that never calls the model. */
  CacheRequest lookupOnly() {
    return new CacheRequest(prompt, query, mode, bypassReason, false, limits, late);
  }

  /** Returns the same request for another vector space, with an embedding of its own. */
  CacheRequest inOtherSpace() {
    return new CacheRequest(
        prompt,
        inOtherSpace(prompt, query),
        mode,
        bypassReason,
        callsModel,
        limits,
        new LateEmbedding());
  }

  /**
   * Returns the query of a prompt for another vector space: without the embedding of the caller and
   * without the shared setting of the threshold.
   */
  static Query inOtherSpace(Prompt prompt, Query query) {
    return new Query(
        query.text(),
        query.scope(),
        query.key(),
        query.maxAge(),
        prompt.maxDistance(),
        Optional.empty(),
        query.labelFilter(),
        query.contributor());
  }

  /** Returns the same request, which bypasses the cache for a reason of the cache. */
  CacheRequest bypassing(MissReason reason) {
    return new CacheRequest(
        prompt, query, Prompt.Mode.BYPASS, Optional.of(reason), callsModel, limits, late);
  }

  /** Returns the same request for a lookup that begins now, with a new deadline. */
  CacheRequest restarted() {
    return new CacheRequest(
        prompt,
        query,
        mode,
        bypassReason,
        callsModel,
        Limits.of(prompt, limits.configured()),
        late);
  }

  /** Returns the reason for a miss before anything was looked up. */
  MissReason initialMissReason() {
    return switch (mode) {
      case USE -> MissReason.NO_NEIGHBOR;
      case REFRESH -> MissReason.REFRESH;
      case BYPASS -> bypassReason.orElse(MissReason.BYPASS);
    };
  }
}
