package io.github.semcache.lucene;

/** A scope that has entries; the slots of one scope share one of these. */
final class ScopeSlots {
  final String hash;
  int size;

  ScopeSlots(String hash) {
    this.hash = hash;
  }
}
