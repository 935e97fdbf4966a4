package io.github.semcache.policy;

import static java.util.Objects.requireNonNull;

import io.github.semcache.store.Match;

/** The result of a {@link HitPolicy}. Immutable. */
public sealed interface Decision {

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
