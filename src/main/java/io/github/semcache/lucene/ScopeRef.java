package io.github.semcache.lucene;

/**
 * A scope that has entries, and their number. All {@link EntryRef}s of a scope share one instance,
 * so scopes are compared by identity. Guarded by the lock of the {@link EntryTable}.
 */
final class ScopeRef {
  final String hash;
  int size;

  ScopeRef(String hash) {
    this.hash = hash;
  }
}
