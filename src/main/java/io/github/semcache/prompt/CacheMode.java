package io.github.semcache.prompt;

/** What a prompt lets the cache do. */
public enum CacheMode {
  /** Answer from the cache where it can, else ask the model and keep its answer. */
  USE,
  /** Ask the model and keep its answer, replacing the one kept for the same prompt. */
  REFRESH,
  /** Ask the model; neither read from the cache nor write to it. */
  BYPASS
}
