package io.github.semcache.evaluation;

import io.github.semcache.verify.Verification;

/** Converts decisions of verifiers to scores. */
final class Scores {
  private static final double UNSURE = 0.5;

  private Scores() {}

  /** Returns the score of a decision, or 1, 0.5, or 0 by its outcome if it has none. */
  static double of(Verification verification) {
    return verification
        .score()
        .orElse(
            switch (verification.outcome()) {
              case ACCEPT -> 1;
              case UNSURE -> UNSURE;
              case REJECT -> 0;
            });
  }
}
