package io.github.semcache.store;

import static java.util.Objects.requireNonNull;

import io.github.semcache.prompt.Labels;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** Selects entries of a store. Immutable. */
public sealed interface EntrySelector {

  /**
   * Selects one entry.
   *
   * @param entryId the {@linkplain io.github.semcache.Answer#entryId id} of the entry, which is its
   *     key
   * @return the selector
   */
  static EntrySelector entry(String entryId) {
    return new ByKey(entryId);
  }

  /**
   * Selects the entries with a tag in all scopes that have it.
   *
   * @param name the name of the tag
   * @param value the value of the tag
   * @return the selector
   */
  static EntrySelector tag(String name, String value) {
    return new ByTerm(Scope.tagTerm(name, value));
  }

  /**
   * Selects the entries with any value of a tag. If there are none, the name of the tag may be
   * misspelled.
   *
   * @param name the name of the tag
   * @return the selector
   */
  static EntrySelector tag(String name) {
    return new ByTerm(Scope.tagNameTerm(name));
  }

  /**
   * Selects the entries of a chat model with any other settings.
   *
   * @param model the name of the model, as in the {@linkplain Scope#settings() settings} of the
   *     scope
   * @return the selector
   */
  static EntrySelector model(String model) {
    return new ByTerm(Scope.modelTerm(model));
  }

  /**
   * Selects the entries that {@linkplain Scope#dependsOn depend} on something.
   *
   * @param dependency the name of the dependency
   * @return the selector
   */
  static EntrySelector dependency(String dependency) {
    return new ByTerm(Scope.dependencyTerm(dependency));
  }

  /**
   * Selects the entries that depend on something and were written under its current version. Reads
   * the version, so this method may block on the store.
   *
   * @param store the store of the entries
   * @param dependency the name of the dependency
   * @return the selector, which selects nothing after the dependency is {@linkplain
   *     VectorStore#renewVersion renewed}
   * @throws StoreException if the store fails
   */
  static EntrySelector currentDependents(VectorStore store, String dependency) {
    String term = Scope.dependencyTerm(dependency);
    String version = requireNonNull(store.versions(Set.of(term)).get(term), "version");
    return new ByTerm(Scope.versionTerm(term, version));
  }

  /**
   * Selects the entries whose {@linkplain io.github.semcache.prompt.Labels labels} meet a filter,
   * in all scopes.
   *
   * @param filter the filter
   * @return the selector
   */
  static EntrySelector labels(Labels.Filter filter) {
    return new ByTerms(filter.terms());
  }

  /**
   * Selects the entries created before a time.
   *
   * @param time the time, rounded down to a millisecond
   * @return the selector
   */
  static EntrySelector createdBefore(Instant time) {
    return new CreatedBefore(time);
  }

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
   * @param scope the {@linkplain Scope#hash hash} of the scope
   */
  record ByScope(String scope) implements EntrySelector {
    /** Checks the scope. */
    public ByScope {
      requireNonNull(scope, "scope");
    }
  }

  /**
   * Selects the entries with a term.
   *
   * @param term one of the {@linkplain NewEntry#terms terms} with which the entry was written
   */
  record ByTerm(String term) implements EntrySelector {
    /** Checks the term. */
    public ByTerm {
      requireNonNull(term, "term");
    }
  }

  /**
   * Selects the entries with at least one term of each of several sets.
   *
   * @param terms sets of {@linkplain NewEntry#terms terms}; neither the list nor a set is empty
   */
  record ByTerms(List<Set<String>> terms) implements EntrySelector {
    /**
     * Checks the terms.
     *
     * @throws IllegalArgumentException if the list or a set is empty, or if a term has other
     *     characters than lower-case hexadecimal digits
     */
    public ByTerms {
      terms = NewEntry.checkTerms(terms);
      if (terms.isEmpty()) {
        throw new IllegalArgumentException("terms is empty; it must contain at least one set");
      }
    }

    /**
     * Returns whether an entry is selected. For implementations of {@link VectorStore}.
     *
     * @param entryTerms the terms of the entry
     * @param terms sets of terms; may be empty
     * @return whether the entry has at least one term of each set
     */
    public static boolean matches(Set<String> entryTerms, List<Set<String>> terms) {
      return terms.stream().noneMatch(anyOf -> Collections.disjoint(entryTerms, anyOf));
    }
  }

  /**
   * Selects the entries created before a time.
   *
   * @param time the time
   */
  record CreatedBefore(Instant time) implements EntrySelector {
    /** Checks the time. */
    public CreatedBefore {
      requireNonNull(time, "time");
    }
  }

  /** Selects all entries. */
  record All() implements EntrySelector {}
}
