package io.github.semcache.learning;

/** How far an {@link ErrorBudget} has learned. */
public enum PolicyState {
  /** There was no verdict yet; the conservative rule decides. */
  COLD,
  /** There are too few verdicts; the conservative rule decides. */
  LEARNING,
  /** What was learned decides. */
  SERVING,
  /** The traffic has changed; the conservative rule decides while the policy learns again. */
  TRIPPED
}
