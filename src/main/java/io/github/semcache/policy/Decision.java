package io.github.semcache.policy;

import static java.util.Objects.requireNonNull;

import io.github.semcache.store.Match;

/** What a {@link HitPolicy} decided. Immutable. */
public sealed interface Decision {

  /**
   * A hit.
   *
   * @param match the entry whose answer is to be served
   * @return the decision
   */
  static Decision hit(Match match) {
    return new Hit(match);
  }

  /**
   * A miss.
   *
   * @param reason why
   * @return the decision
   */
  static Decision miss(MissReason reason) {
    return new Miss(reason);
  }

  /**
   * A hit that is put to the test: the model is asked as if it were a miss, and its answer is
   * compared with the one that would have been served.
   *
   * @param match the entry whose answer would have been served
   * @param share the probability of such a test, above 0 and at most 1
   * @return the decision
   * @throws IllegalArgumentException if the share is outside its bounds
   */
  static Decision audit(Match match, double share) {
    return new Audit(match, share);
  }

  /**
   * An entry answers the query.
   *
   * @param match the entry whose answer is to be served
   */
  record Hit(Match match) implements Decision {
    public Hit {
      requireNonNull(match, "match");
    }
  }

  /**
   * No entry answers the query.
   *
   * @param reason why
   */
  record Miss(MissReason reason) implements Decision {
    public Miss {
      requireNonNull(reason, "reason");
    }
  }

  /**
   * An entry would answer the query, but the model is asked, to learn whether it would have been
   * right.
   *
   * @param match the entry whose answer would have been served
   * @param share the probability with which this hit was chosen to be tested, above 0 and at most 1
   */
  record Audit(Match match, double share) implements Decision {
    public Audit {
      requireNonNull(match, "match");
      if (!(share > 0 && share <= 1)) {
        throw new IllegalArgumentException("share is " + share + "; it must be above 0, at most 1");
      }
    }
  }
}
