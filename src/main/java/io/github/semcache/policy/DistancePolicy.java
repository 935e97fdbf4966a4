package io.github.semcache.policy;

import static java.util.Objects.requireNonNull;

import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.guard.Guard;
import io.github.semcache.guard.Guards;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The result of {@link HitPolicy#maxDistance} and {@link HitPolicy#relativeDistance}. */
final class DistancePolicy implements HitPolicy.Guarded, NonBlocking {
  /** The relative threshold of {@link HitPolicy#sameWords}. */
  static final double SAME_WORDS_MAX_DISTANCE = 0.10;

  private final Threshold threshold;
  private final Guards guards;

  private DistancePolicy(Threshold threshold, Guards guards) {
    this.threshold = threshold;
    this.guards = guards;
  }

  /**
   * A maximum distance.
   *
   * @param distance a cosine distance, or a relative one
   * @param relative whether the distance is relative to a scale
   * @param scale the source of the scale; empty until the cache has supplied one
   */
  private record Threshold(
      double distance, boolean relative, Optional<EmbeddingSpace.Scale.Source> scale) {
    /** Returns the threshold as a cosine distance; empty while the scale is unknown. */
    OptionalDouble cosineDistance() {
      if (!relative) {
        return OptionalDouble.of(distance);
      }
      Optional<EmbeddingSpace.Scale> known = scale.flatMap(EmbeddingSpace.Scale.Source::scale);
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
    return new DistancePolicy(
        new Threshold(maxDistance, false, Optional.empty()), Guards.english());
  }

  static DistancePolicy ofRelative(double relativeDistance) {
    if (!(relativeDistance >= 0 && relativeDistance <= 1)) {
      throw new IllegalArgumentException(
          "relativeDistance is " + relativeDistance + "; it must be between 0 and 1");
    }
    return new DistancePolicy(
        new Threshold(relativeDistance, true, Optional.empty()), Guards.english());
  }

  @Override
  public DistancePolicy guards(Guards newGuards) {
    return new DistancePolicy(threshold, requireNonNull(newGuards, "guards"));
  }

  @Override
  public DistancePolicy unguarded() {
    return guards(Guards.none());
  }

  @Override
  public DistancePolicy guardedBy(Guard guard) {
    return guards(guards.and(guard));
  }

  @Override
  public DistancePolicy scaledBy(EmbeddingSpace.Scale.Source scale) {
    requireNonNull(scale, "scale");
    if (!threshold.relative || threshold.scale.isPresent()) {
      return this;
    }
    Threshold scaled = new Threshold(threshold.distance, true, Optional.of(scale));
    scaled.cosineDistance();
    return new DistancePolicy(scaled, guards);
  }

  @Override
  public Decision decide(Query query, List<Match> matches) {
    return GuardedPolicy.guarded(byDistance(query, matches), guards, query);
  }

  private Decision byDistance(Query query, List<Match> matches) {
    if (matches.isEmpty()) {
      return Decision.miss(MissReason.NO_NEIGHBOR);
    }
    OptionalDouble limit =
        query.maxDistance().isPresent() ? query.maxDistance() : threshold.cosineDistance();
    if (limit.isEmpty()) {
      return Decision.miss(MissReason.UNKNOWN_SCALE);
    }
    Match nearest = matches.get(0);
    return nearest.distance() <= limit.getAsDouble()
        ? Decision.hit(nearest)
        : Decision.miss(MissReason.TOO_FAR);
  }

  /** Returns whether the guards do not block. */
  @Override
  public boolean isNonBlocking() {
    return guards.isNonBlocking();
  }

  @Override
  public String toString() {
    return (threshold.relative ? "relativeDistance(" : "maxDistance(")
        + threshold.distance
        + ") "
        + guards;
  }
}
