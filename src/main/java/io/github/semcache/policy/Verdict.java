package io.github.semcache.policy;

/** The result of comparing the answers to two prompts. */
public enum Verdict {
  /** Both answers state the same. */
  SAME,
  /** The answers differ. Serving one for the other would have been wrong. */
  DIFFERENT,
  /** The comparison was inconclusive. */
  UNKNOWN
}
