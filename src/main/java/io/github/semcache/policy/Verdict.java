package io.github.semcache.policy;

/** The result of comparing the answers to two prompts. */
public enum Verdict {
  /** The answers are equivalent. */
  SAME,
  /** The answers differ. Serving one for the other would have been wrong. */
  DIFFERENT,
  /** The comparison was inconclusive. */
  UNKNOWN
}
