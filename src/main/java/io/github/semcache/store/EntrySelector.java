package io.github.semcache.store;

import static java.util.Objects.requireNonNull;

/** Which entries of a store are meant. Immutable. */
public sealed interface EntrySelector {

  /**
   * The entry with a key.
   *
   * @param key the key
   */
  record ByKey(String key) implements EntrySelector {
    public ByKey {
      requireNonNull(key, "key");
    }
  }

  /**
   * The entries of a scope.
   *
   * @param scope the {@linkplain io.github.semcache.prompt.Scope#hash hash} of the scope
   */
  record ByScope(String scope) implements EntrySelector {
    public ByScope {
      requireNonNull(scope, "scope");
    }
  }

  /** All entries of the store. */
  record All() implements EntrySelector {}
}
