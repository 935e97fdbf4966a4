package io.github.semcache.policy;

import static java.util.Objects.requireNonNull;

import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.guard.Guard;
import io.github.semcache.guard.Guards;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.util.List;
import java.util.Optional;

/**
 * Decides whether one of the nearest entries answers a query.
 *
 * <p>Implementations are pure functions: they do not block, have no side effects, and are
 * thread-safe. If a policy throws, the request is a miss with the reason {@link
 * MissReason#POLICY_ERROR}, and the failure is counted.
 */
@FunctionalInterface
public interface HitPolicy {

  /**
   * Decides on a query.
   *
   * @param query the query
   * @param matches the nearest live entries of the query's scope, nearest first; may be empty
   * @return a hit on one of the matches, or a miss with its reason
   */
  Decision decide(Query query, List<Match> matches);

  /**
   * Returns a policy whose hits a guard may reject. A rejected hit is a miss with the code of the
   * {@linkplain io.github.semcache.guard.Guard.RejectionReason rejection}.
   *
   * @param guard one guard, or {@linkplain Guards several}
   * @return a policy that hits where this one does and the guard does not reject
   */
  default HitPolicy guardedBy(Guard guard) {
    return new GuardedPolicy(this, guard);
  }

  /**
   * Returns a policy that hits on the nearest entry if its distance is at most a threshold and
   * {@linkplain Guards#english the guards} do not reject it. The right threshold depends on the
   * embedding model and on the traffic.
   *
   * @param maxDistance the maximum cosine distance of a hit, in [0, 2]
   * @return the policy; its guards can be replaced or removed
   * @throws IllegalArgumentException if the distance is out of range
   */
  static Guarded maxDistance(double maxDistance) {
    return DistancePolicy.ofCosine(maxDistance);
  }

  /**
   * Returns a policy like {@link #maxDistance} whose threshold is a fraction of the distance of
   * unrelated prompts, which makes thresholds of different embedding models comparable. The cache
   * supplies the {@linkplain EmbeddingSpace.Scale scale} of its model when it is built.
   *
   * @param relativeDistance the maximum relative distance of a hit, from 0 (identical) to 1 (the
   *     distance of unrelated prompts)
   * @return the policy, which misses with {@link MissReason#UNKNOWN_SCALE} until it has a scale
   * @throws IllegalArgumentException if the distance is outside [0, 1]
   */
  static Guarded relativeDistance(double relativeDistance) {
    return DistancePolicy.ofRelative(relativeDistance);
  }

  /**
   * Returns the policy of {@link #relativeDistance(double)} with a given scale.
   *
   * @param relativeDistance the maximum relative distance of a hit, in [0, 1]
   * @param scale the scale of the embedding model
   * @return the policy
   * @throws IllegalArgumentException if the distance is outside [0, 1]
   */
  static Guarded relativeDistance(double relativeDistance, EmbeddingSpace.Scale scale) {
    requireNonNull(scale, "scale");
    return relativeDistance(relativeDistance).scaledBy(() -> Optional.of(scale));
  }

  /**
   * Returns a policy that hits only if the prompts have the same content words and numbers, in any
   * order, inflection, and spelling, if no guard rejects the pair, and if the relative distance is
   * at most 0.10. It serves few hits, and hardly any wrong ones.
   *
   * @return the policy, which misses with {@link MissReason#UNKNOWN_SCALE} until it has a scale
   */
  static Guarded sameWords() {
    return relativeDistance(DistancePolicy.SAME_WORDS_MAX_DISTANCE).guardedBy(Guards.sameWords());
  }

  /**
   * Returns a policy that never hits. Only prompts with equal normalized text are then answered
   * from the cache.
   *
   * @return the policy
   */
  static HitPolicy never() {
    return (HitPolicy & NonBlocking) (query, matches) -> Decision.miss(MissReason.NEVER);
  }

  /**
   * A policy whose decisions may depend on the scale of the embedding model's distances. The cache
   * supplies the scale when it is built. Implementations are immutable and thread-safe.
   */
  interface Scaled extends HitPolicy {

    /**
     * Returns a copy of this policy that uses a scale. A policy that needs the scale requests it at
     * once, so that a slow measurement happens before the first decision, and requests it again at
     * later decisions while it is absent.
     *
     * @param scale the source of the embedding model's scale
     * @return a policy that uses the scale; this policy if it does not depend on a scale or already
     *     has one
     */
    HitPolicy scaledBy(EmbeddingSpace.Scale.Source scale);
  }

  /**
   * A policy that hits on the nearest entry if its distance is at most a threshold and no guard
   * rejects it. The threshold is a cosine distance, or a distance relative to the embedding model's
   * {@linkplain EmbeddingSpace.Scale scale}. The threshold of {@linkplain
   * io.github.semcache.prompt.Prompt#maxDistance(double) the prompt} takes precedence.
   *
   * <pre>{@code
   * HitPolicy.maxDistance(0.15)                                         // with all guards
   * HitPolicy.maxDistance(0.15).guardedBy(sameTicket)                   // plus a custom guard
   * HitPolicy.maxDistance(0.15).guards(
   *     Guards.english().without(RejectionReason.NEGATION))             // without one of them
   * HitPolicy.maxDistance(0.15).unguarded()                             // distance only
   * }</pre>
   *
   * <p>If a guard rejects the nearest entry, the request is a miss even if another entry is within
   * the threshold: hits on the second nearest entry are wrong several times as often as other hits.
   * Immutable and thread-safe.
   */
  interface Guarded extends Scaled {

    /**
     * Replaces the guards.
     *
     * @param guards the guards
     * @return a policy with the same threshold
     */
    Guarded guards(Guards guards);

    /**
     * Removes the guards.
     *
     * @return a policy with the same threshold and no guards
     */
    Guarded unguarded();

    /** {@inheritDoc} */
    @Override
    Guarded guardedBy(Guard guard);

    /** {@inheritDoc} */
    @Override
    Guarded scaledBy(EmbeddingSpace.Scale.Source scale);
  }

  /** The result of a {@link HitPolicy}. Immutable. */
  sealed interface Decision {

    /**
     * Returns a hit.
     *
     * @param match the entry to serve
     * @return the decision
     */
    static Decision hit(Match match) {
      return new Hit(match);
    }

    /**
     * Returns a miss.
     *
     * @param reason the reason
     * @return the decision
     */
    static Decision miss(MissReason reason) {
      return new Miss(reason);
    }

    /**
     * Returns an audit: a hit that is checked. The model is called as if it were a miss, and its
     * answer is compared with the cached one.
     *
     * @param match the entry that would have been served
     * @param rate the probability that a hit is audited, above 0 and at most 1
     * @return the decision
     * @throws IllegalArgumentException if the rate is out of range
     */
    static Decision audit(Match match, double rate) {
      return new Audit(match, rate);
    }

    /**
     * An entry answers the query.
     *
     * @param match the entry to serve
     */
    record Hit(Match match) implements Decision {
      public Hit {
        requireNonNull(match, "match");
      }
    }

    /**
     * No entry answers the query.
     *
     * @param reason the reason
     */
    record Miss(MissReason reason) implements Decision {
      public Miss {
        requireNonNull(reason, "reason");
      }
    }

    /**
     * An entry would answer the query, but the model is called to check it.
     *
     * @param match the entry that would have been served
     * @param rate the probability of the audit of this hit, above 0 and at most 1
     */
    record Audit(Match match, double rate) implements Decision {
      public Audit {
        requireNonNull(match, "match");
        if (!(rate > 0 && rate <= 1)) {
          throw new IllegalArgumentException(
              "rate is " + rate + "; it must be above 0 and at most 1");
        }
      }
    }
  }
}
