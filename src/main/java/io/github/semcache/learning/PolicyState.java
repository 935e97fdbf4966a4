package io.github.semcache.learning;

/** The learning progress of a {@link LearningPolicy}. */
public enum PolicyState {
  /** No verdict has been received. The fallback rule decides. */
  COLD,
  /** Too few verdicts have been received. The fallback rule decides. */
  LEARNING,
  /** The learned model decides. */
  SERVING,
  /** The traffic has changed. The fallback rule decides until enough new verdicts are received. */
  TRIPPED
}
