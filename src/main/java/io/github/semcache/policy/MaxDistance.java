package io.github.semcache.policy;

import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.util.List;

/** {@link HitPolicy#maxDistance}. */
record MaxDistance(double maxDistance) implements HitPolicy {

  MaxDistance {
    if (!(maxDistance >= 0 && maxDistance <= 2)) {
      throw new IllegalArgumentException(
          "maxDistance is " + maxDistance + "; a cosine distance lies between 0 and 2");
    }
  }

  @Override
  public Decision decide(Query query, List<Match> matches) {
    if (matches.isEmpty()) {
      return Decision.miss(MissReason.NO_NEIGHBOUR);
    }
    Match nearest = matches.get(0);
    return nearest.distance() <= query.maxDistance().orElse(maxDistance)
        ? Decision.hit(nearest)
        : Decision.miss(MissReason.TOO_FAR);
  }
}
