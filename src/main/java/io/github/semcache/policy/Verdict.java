package io.github.semcache.policy;

/** Whether the answer to one prompt would also have been right for another. */
public enum Verdict {
  /** Both answers say the same. */
  SAME,
  /** The answers differ: serving one for the other would have been wrong. */
  DIFFERENT,
  /** It cannot be told. */
  UNKNOWN
}
