package io.github.semcache;

import io.github.semcache.stats.CacheEvent;

/** The operations of a request that can fail, each with its own circuit. */
enum Operation {
  NORMALIZE(CacheEvent.Part.NORMALIZER),
  EMBED(CacheEvent.Part.EMBEDDER),
  FIND(CacheEvent.Part.STORE),
  SEARCH(CacheEvent.Part.STORE),
  WRITE(CacheEvent.Part.STORE),
  DECIDE(CacheEvent.Part.POLICY),
  ADMIT(CacheEvent.Part.ADMISSION);

  private final CacheEvent.Part part;

  Operation(CacheEvent.Part part) {
    this.part = part;
  }

  CacheEvent.Part part() {
    return part;
  }
}
