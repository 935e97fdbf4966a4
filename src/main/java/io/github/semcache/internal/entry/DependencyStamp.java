package io.github.semcache.internal.entry;

import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The versions of the dependencies under which an answer was computed, as an attribute of its
 * entry. Entries of one scope have the same dependencies.
 */
public final class DependencyStamp {
  private static final String ATTRIBUTE = "dependency_versions";

  private DependencyStamp() {}

  /**
   * Joins versions.
   *
   * @param versions the version of each dependency
   * @return the versions in the order of their dependencies, separated by spaces
   */
  public static String of(Map<String, String> versions) {
    return String.join(" ", new TreeMap<>(versions).values());
  }

  /**
   * Returns the terms of an entry: those of its scope, and one for the version of each dependency.
   *
   * @param scope the scope
   * @param versions the result of {@link #of} for the dependencies of the scope
   * @return the terms
   */
  public static Set<String> terms(Scope scope, String versions) {
    Set<String> terms = new HashSet<>(scope.terms());
    String[] parts = versions.split(" ", -1);
    int next = 0;
    for (String dependency : new TreeSet<>(scope.dependencyTerms())) {
      terms.add(Scope.versionTerm(dependency, parts[next++]));
    }
    return terms;
  }

  /** Returns the versions under which an entry was written; an empty string if there are none. */
  static String of(CacheEntry entry) {
    return entry.attributes().getOrDefault(ATTRIBUTE, "");
  }

  /**
   * Returns whether an entry was written under some versions.
   *
   * @param entry the entry
   * @param versions the result of {@link #of} for the dependencies of its scope
   * @return true if the versions have not changed since
   */
  public static boolean matches(CacheEntry entry, String versions) {
    return of(entry).equals(versions);
  }

  /** Adds the versions to the attributes of a new entry, if there are any. */
  static void addTo(Map<String, String> attributes, String versions) {
    if (!versions.isEmpty()) {
      attributes.put(ATTRIBUTE, versions);
    }
  }
}
