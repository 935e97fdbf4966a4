package io.github.semcache.policy;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.EmbeddingScale;
import io.github.semcache.guard.Guard;
import io.github.semcache.guard.Guards;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Hits on the nearest entry within a fixed cut that no guard objects to. The cut is a cosine
 * distance, or a distance relative to the embedding model's {@linkplain EmbeddingScale scale};
 * {@linkplain io.github.semcache.prompt.Prompt#maxDistance(double) the prompt's own} cut goes
 * before either.
 *
 * <pre>{@code
 * HitPolicy.maxDistance(0.15)                                         // with all guards
 * HitPolicy.maxDistance(0.15).guardedBy(sameTicket)                   // and one of your own
 * HitPolicy.maxDistance(0.15).guards(
 *     Guards.english().without(RejectionReason.NEGATION))                 // without one
 * HitPolicy.maxDistance(0.15).unguarded()                             // the distance alone
 * }</pre>
 *
 * <p>An objection to the nearest entry is a miss with its reason, also where another entry is
 * within the cut: hits on the next one are wrong several times as often as others. Immutable and
 * safe for use by many threads.
 */
public final class DistancePolicy implements ScaledPolicy {
  /** The relative distance of {@link HitPolicy#sameWords}. */
  static final double SAME_WORDS_CUT = 0.10;

  private final Cut cut;
  private final Guards guards;

  private DistancePolicy(Cut cut, Guards guards) {
    this.cut = cut;
    this.guards = guards;
  }

  /**
   * A largest distance.
   *
   * @param distance a cosine distance, or a relative one
   * @param relative whether it is relative to a scale
   * @param scale where that scale comes from; empty as long as nobody has told
   */
  private record Cut(double distance, boolean relative, Optional<EmbeddingScale.Source> scale) {
    /** Empty as long as the scale cannot be told. */
    OptionalDouble cosineDistance() {
      if (!relative) {
        return OptionalDouble.of(distance);
      }
      Optional<EmbeddingScale> known = scale.flatMap(EmbeddingScale.Source::scale);
      return known.isEmpty()
          ? OptionalDouble.empty()
          : OptionalDouble.of(known.get().cosineDistance(distance));
    }
  }

  static DistancePolicy ofCosine(double maxDistance) {
    if (!(maxDistance >= 0 && maxDistance <= 2)) {
      throw new IllegalArgumentException(
          "maxDistance is " + maxDistance + "; a cosine distance lies between 0 and 2");
    }
    return new DistancePolicy(new Cut(maxDistance, false, Optional.empty()), Guards.english());
  }

  static DistancePolicy ofRelative(double relativeDistance) {
    if (!(relativeDistance >= 0 && relativeDistance <= 1)) {
      throw new IllegalArgumentException(
          "relativeDistance is " + relativeDistance + "; it must be between 0 and 1");
    }
    return new DistancePolicy(new Cut(relativeDistance, true, Optional.empty()), Guards.english());
  }

  /**
   * Sets which guards are asked, in place of those that were.
   *
   * @param newGuards the guards
   * @return a policy with the same cut
   */
  public DistancePolicy guards(Guards newGuards) {
    return new DistancePolicy(cut, requireNonNull(newGuards, "guards"));
  }

  /**
   * Lets the distance alone decide.
   *
   * @return a policy with the same cut and no guards
   */
  public DistancePolicy unguarded() {
    return guards(Guards.none());
  }

  /** {@inheritDoc} */
  @Override
  public DistancePolicy guardedBy(Guard guard) {
    return guards(guards.and(guard));
  }

  @Override
  public DistancePolicy scaledBy(EmbeddingScale.Source scale) {
    requireNonNull(scale, "scale");
    if (!cut.relative || cut.scale.isPresent()) {
      return this;
    }
    Cut scaled = new Cut(cut.distance, true, Optional.of(scale));
    scaled.cosineDistance();
    return new DistancePolicy(scaled, guards);
  }

  @Override
  public Decision decide(Query query, List<Match> matches) {
    return Guarded.decide(withinCut(query, matches), guards, query);
  }

  private Decision withinCut(Query query, List<Match> matches) {
    if (matches.isEmpty()) {
      return Decision.miss(MissReason.NO_NEIGHBOR);
    }
    OptionalDouble limit =
        query.maxDistance().isPresent() ? query.maxDistance() : cut.cosineDistance();
    if (limit.isEmpty()) {
      return Decision.miss(MissReason.UNKNOWN_SCALE);
    }
    Match nearest = matches.get(0);
    return nearest.distance() <= limit.getAsDouble()
        ? Decision.hit(nearest)
        : Decision.miss(MissReason.TOO_FAR);
  }

  @Override
  public String toString() {
    return (cut.relative ? "relativeDistance(" : "maxDistance(") + cut.distance + ") " + guards;
  }
}
