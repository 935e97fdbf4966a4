package io.github.semcache.prompt;

/** Whether a call reads from the cache and writes to it. */
public enum CacheMode {
  /** Answers from the cache if possible; otherwise calls the model and stores its answer. */
  USE,
  /** Calls the model and stores its answer, which replaces the stored answer of the same prompt. */
  REFRESH,
  /** Calls the model; neither reads from the cache nor writes to it. */
  BYPASS
}
