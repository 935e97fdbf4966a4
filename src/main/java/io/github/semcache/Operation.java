package io.github.semcache;

import io.github.semcache.stats.CacheEvent;

/** The operations of a request that can fail, each with its own circuit. */
enum Operation {
  NORMALIZE(CacheEvent.Part.NORMALIZER),
  READ(CacheEvent.Part.EMBEDDER),
  EMBED(CacheEvent.Part.EMBEDDER),
  FIND(CacheEvent.Part.STORE),
  SEARCH(CacheEvent.Part.STORE),
  WRITE(CacheEvent.Part.STORE),
  DECIDE(CacheEvent.Part.POLICY),
  VERIFY(CacheEvent.Part.VERIFIER),
  ADMIT(CacheEvent.Part.ADMISSION);

  private final CacheEvent.Part part;

  Operation(CacheEvent.Part part) {
    this.part = part;
  }

  CacheEvent.Part part() {
    return part;
  }
}
