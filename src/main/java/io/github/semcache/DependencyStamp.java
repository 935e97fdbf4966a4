package io.github.semcache;

import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The versions of the dependencies under which an answer was computed, as an attribute of its entry.
 * Entries of one scope have the same dependencies.
 */
final class DependencyStamp {
  private static final String ATTRIBUTE = "dependency_versions";

  private DependencyStamp() {}

  /** Joins the versions in the order of their dependencies. */
  static String of(Map<String, String> versions) {
    return String.join(" ", new TreeMap<>(versions).values());
  }

  /**
   * Returns the terms that select the entries written under these versions.
   *
   * @param dependencies the terms of the dependencies
   * @param versions the result of {@link #of} for them
   */
  static List<String> terms(Set<String> dependencies, String versions) {
    List<String> sorted = List.copyOf(new TreeSet<>(dependencies));
    String[] parts = versions.split(" ");
    return IntStream.range(0, sorted.size()).mapToObj(i -> term(sorted.get(i), parts[i])).toList();
  }

  /** Returns the term that selects the entries written under the version of a dependency. */
  static String term(String dependency, String version) {
    return Scope.dependencyTerm(dependency + " " + version);
  }

  /** Returns whether an entry was written under these versions. */
  static boolean matches(CacheEntry entry, String versions) {
    return entry.attributes().getOrDefault(ATTRIBUTE, "").equals(versions);
  }

  /** Adds the versions to the attributes of a new entry, if there are any. */
  static void addTo(Map<String, String> attributes, String versions) {
    if (!versions.isEmpty()) {
      attributes.put(ATTRIBUTE, versions);
    }
  }
}
