package io.github.semcache.lucene;

/** A scope that has entries; the slots of one scope share one of these. */
final class ScopeEntryRefs {
  final String hash;
  int size;

  ScopeEntryRefs(String hash) {
    this.hash = hash;
  }
}
