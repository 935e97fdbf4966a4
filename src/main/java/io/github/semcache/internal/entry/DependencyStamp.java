package io.github.semcache.internal.entry;

import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

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
    return versions.size() == 1
        ? versions.values().iterator().next()
        : String.join(" ", new TreeMap<>(versions).values());
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

  /**
   * Returns the terms of the dependencies of an entry, which are among the terms of the entry.
   *
   * @param entry the entry
   * @param terms the terms with which it was written
   * @return the terms of its dependencies; empty if its terms do not fit its versions
   */
  public static Optional<Set<String>> dependenciesOf(CacheEntry entry, Set<String> terms) {
    if (of(entry).isEmpty()) {
      return Optional.of(Set.of());
    }
    List<String> versions = List.of(of(entry).split(" ", -1));
    Set<String> dependencies =
        terms.stream()
            .filter(
                term ->
                    versions.stream()
                        .anyMatch(version -> terms.contains(Scope.versionTerm(term, version))))
            .collect(Collectors.toSet());
    return dependencies.size() == versions.size() ? Optional.of(dependencies) : Optional.empty();
  }

  /**
   * Returns an entry with other versions of its dependencies.
   *
   * @param entry the entry
   * @param versions the result of {@link #of} for its dependencies
   * @return the entry with the versions
   */
  public static CacheEntry withVersions(CacheEntry entry, String versions) {
    Map<String, String> attributes = new HashMap<>(entry.attributes());
    attributes.remove(ATTRIBUTE);
    addTo(attributes, versions);
    return entry.attributes(attributes);
  }

  /**
   * Returns the terms of an entry with other versions of its dependencies.
   *
   * @param terms the terms of the entry
   * @param before the versions under which the entry was written, by dependency
   * @param after the other versions, by dependency
   * @return the terms with the other versions
   */
  public static Set<String> withVersions(
      Set<String> terms, Map<String, String> before, Map<String, String> after) {
    Set<String> changed = new HashSet<>(terms);
    before.forEach((dependency, version) -> changed.remove(Scope.versionTerm(dependency, version)));
    after.forEach((dependency, version) -> changed.add(Scope.versionTerm(dependency, version)));
    return changed;
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
