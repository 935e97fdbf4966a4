package io.github.semcache.policy;

import static java.util.Objects.requireNonNull;

import io.github.semcache.store.Match;

/** What a {@link HitPolicy} decided. */
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
}
