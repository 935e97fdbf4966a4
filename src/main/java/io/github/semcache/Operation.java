package io.github.semcache;

import io.github.semcache.stats.CacheEvent;

/** What a request wants of the parts around the cache; each of these may fail by itself. */
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
