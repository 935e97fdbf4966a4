package io.github.semcache.store;

import static java.util.Objects.requireNonNull;

/** Selects entries of a store. Immutable. */
public sealed interface EntrySelector {

  /**
   * Selects the entry with a key.
   *
   * @param key the key
   */
  record ByKey(String key) implements EntrySelector {
    /** Checks the key. */
    public ByKey {
      requireNonNull(key, "key");
    }
  }

  /**
   * Selects the entries of a scope.
   *
   * @param scope the {@linkplain io.github.semcache.prompt.Scope#hash hash} of the scope
   */
  record ByScope(String scope) implements EntrySelector {
    /** Checks the scope. */
    public ByScope {
      requireNonNull(scope, "scope");
    }
  }

  /** Selects all entries. */
  record All() implements EntrySelector {}
}
