package io.github.semcache.internal.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The current versions of dependencies, for stores in one process. A version is a random token. All
 * dependencies that were never renewed have the same initial version. If more than 100,000
 * dependencies have been renewed, the versions of all dependencies change, so the answers that
 * depend on anything are no longer served.
 *
 * <p>Thread-safe. No method blocks, except while it waits for another call.
 */
public final class DependencyVersions {
  private static final int MAX_DEPENDENCIES = 100_000;
  private static final String SEPARATOR = " ";

  private final Map<String, String> renewed = new HashMap<>();
  private String initial;

  /** Creates versions of which none was renewed. */
  public DependencyVersions() {
    this("0");
  }

  private DependencyVersions(String initial) {
    this.initial = initial;
  }

  /**
   * Returns current versions.
   *
   * @param dependencies {@linkplain io.github.semcache.prompt.Scope#dependencyTerm terms}
   * @return the version of each of them
   */
  public synchronized Map<String, String> of(Set<String> dependencies) {
    if (dependencies.isEmpty()) {
      return Map.of();
    }
    if (dependencies.size() == 1) { // Most scopes have one; the map is not copied later.
      String dependency = dependencies.iterator().next();
      return Map.of(dependency, renewed.getOrDefault(dependency, initial));
    }
    Map<String, String> versions = new HashMap<>();
    for (String dependency : dependencies) {
      versions.put(dependency, renewed.getOrDefault(dependency, initial));
    }
    return versions;
  }

  /**
   * Changes the version of a dependency.
   *
   * @param dependency its {@linkplain io.github.semcache.prompt.Scope#dependencyTerm term}
   */
  public synchronized void renew(String dependency) {
    requireNonNull(dependency, "dependency");
    if (renewed.size() >= MAX_DEPENDENCIES && !renewed.containsKey(dependency)) {
      renewed.clear();
      initial = newVersion();
    }
    renewed.put(dependency, newVersion());
  }

  /**
   * Returns a version that no dependency had before.
   *
   * @return a random token of letters, digits, and hyphens
   */
  public static String newVersion() {
    return UUID.randomUUID().toString();
  }

  /**
   * Encodes all versions.
   *
   * @return bytes that {@link #decode} accepts
   */
  public synchronized byte[] encode() {
    StringBuilder lines = new StringBuilder(initial);
    renewed.forEach(
        (dependency, version) ->
            lines.append('\n').append(dependency).append(SEPARATOR).append(version));
    return lines.toString().getBytes(US_ASCII);
  }

  /**
   * Decodes versions.
   *
   * @param bytes the result of {@link #encode}
   * @return the versions
   * @throws IllegalArgumentException if the bytes are not such a result
   */
  public static DependencyVersions decode(byte[] bytes) {
    String[] lines = new String(bytes, US_ASCII).split("\n", -1);
    DependencyVersions versions = new DependencyVersions(checkNotBlank(lines[0]));
    for (int i = 1; i < lines.length; i++) {
      String[] parts = lines[i].split(SEPARATOR, -1);
      if (parts.length != 2) {
        throw new IllegalArgumentException(
            "line " + (i + 1) + " is not a dependency and a version");
      }
      versions.renewed.put(checkNotBlank(parts[0]), checkNotBlank(parts[1]));
    }
    return versions;
  }

  private static String checkNotBlank(String part) {
    if (part.isBlank()) {
      throw new IllegalArgumentException("a dependency or a version is blank");
    }
    return part;
  }
}
