package io.github.semcache.prompt;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Everything that must be equal for an answer to be reusable: the caller's tags, the system text,
 * the earlier messages, the settings of the chat model, and the names of the dependencies. Scopes
 * that differ in any part never share an answer. Immutable and thread-safe.
 *
 * <p>Unpaired surrogates in the system text and in the earlier messages are {@linkplain
 * Normalizer#wellFormed replaced}, because a model cannot receive them. Tags and settings retain
 * them, so that different values are different scopes.
 */
public final class Scope {
  private static final Scope NONE =
      new Scope(new TreeMap<>(), Optional.empty(), List.of(), new TreeMap<>(), new TreeSet<>());

  /** The setting with the name of the chat model. */
  private static final String MODEL = "model";

  /** 128 bits, so that two of a billion terms are equal with a probability of 1e-21. */
  private static final int TERM_LENGTH = 32;

  private static final int MAX_DEPENDENCY_TERMS = 1_000;

  /** The terms of the first dependencies, because every lookup of a dependent prompt needs them. */
  private static final Map<String, String> DEPENDENCY_TERMS = new ConcurrentHashMap<>();

  private final SortedMap<String, String> tags;
  private final Optional<String> system;
  private final List<Prompt.Message> history;
  private final SortedMap<String, String> settings;
  private final SortedSet<String> dependencies;

  /**
   * Null until it is needed, so that a scope that is built step by step is hashed once. Computed
   * twice if two threads need it at the same time.
   */
  private @Nullable String hash;

  /** The latest result of {@link #settings(Map)}, which every request of a cache needs. */
  private volatile @Nullable Scope withSettings;

  private Scope(
      SortedMap<String, String> tags,
      Optional<String> system,
      List<Prompt.Message> history,
      SortedMap<String, String> settings,
      SortedSet<String> dependencies) {
    this.tags = Collections.unmodifiableSortedMap(tags);
    this.system = system;
    this.history = history;
    this.settings = Collections.unmodifiableSortedMap(settings);
    this.dependencies = Collections.unmodifiableSortedSet(dependencies);
  }

  private Scope(String hash) {
    this.tags = Collections.emptySortedMap();
    this.system = Optional.empty();
    this.history = List.of();
    this.settings = Collections.emptySortedMap();
    this.dependencies = Collections.emptySortedSet();
    this.hash = hash;
  }

  /**
   * Returns a scope of which only the hash is known, for tools that look up prompts among stored
   * entries. Do not store answers with it: they would lack the {@linkplain #terms terms} by which
   * answers are invalidated.
   *
   * @param hash the {@linkplain #hash hash} of the scope
   * @return a scope with this hash and no parts
   */
  public static Scope ofHash(String hash) {
    return new Scope(requireNonNull(hash, "hash"));
  }

  /**
   * Returns the scope without tags, system text, earlier messages, settings, and dependencies. Its
   * answers are not served in other scopes, nor theirs in this one.
   *
   * @return the empty scope
   */
  public static Scope none() {
    return NONE;
  }

  /**
   * Creates a scope with one tag.
   *
   * @param name the name of the tag; any string
   * @param value the value of the tag; any string
   * @return the scope
   */
  public static Scope of(String name, String value) {
    return NONE.tag(name, value);
  }

  /**
   * Creates a scope with tags.
   *
   * @param tags names and values; any strings
   * @return the scope
   */
  public static Scope of(Map<String, String> tags) {
    return new Scope(
        copy(tags, "tags"), Optional.empty(), List.of(), new TreeMap<>(), new TreeSet<>());
  }

  /**
   * Adds a tag, or replaces the value of the tag with the same name.
   *
   * @param name the name of the tag; any string
   * @param value the value of the tag; any string
   * @return a scope with the tag
   */
  public Scope tag(String name, String value) {
    SortedMap<String, String> changed = new TreeMap<>(tags);
    put(changed, name, value);
    return new Scope(changed, system, history, settings, dependencies);
  }

  /**
   * Sets the system text.
   *
   * @param system the system text; an empty text is the same as none
   * @return a scope with the system text
   */
  public Scope system(String system) {
    String wellFormed = WellFormed.replaceUnpairedSurrogates(requireNonNull(system, "system"));
    return new Scope(
        tags,
        Optional.of(wellFormed).filter(text -> !text.isEmpty()),
        history,
        settings,
        dependencies);
  }

  /**
   * Sets the earlier messages.
   *
   * @param history the messages, oldest first
   * @return a scope with the messages
   */
  public Scope history(List<Prompt.Message> history) {
    return new Scope(tags, system, List.copyOf(history), settings, dependencies);
  }

  /**
   * Sets the chat model and its settings, for answers of another model than the cache's chat
   * client. Methods of the cache that take a model or settings use their argument instead. All
   * other methods use the settings of the scope, or the settings of the cache's chat client if the
   * scope has none.
   *
   * @param settings names and values, for example of {@code model} and {@code temperature}
   * @return a scope with the settings
   */
  public Scope settings(Map<String, String> settings) {
    Scope latest = withSettings;
    if (latest == null || !latest.settings.equals(settings)) {
      latest = new Scope(tags, system, history, copy(settings, "settings"), dependencies);
      withSettings = latest;
    }
    return latest;
  }

  /**
   * Adds a dependency: something that the answers in this scope depend on and that may change, such
   * as a document or a price list. Answers written before {@link
   * io.github.semcache.SemanticCache#invalidateDependents} is called with its name are no longer
   * served.
   *
   * @param dependency the name of the dependency; any string
   * @return a scope with the dependency
   */
  public Scope dependsOn(String dependency) {
    SortedSet<String> changed = new TreeSet<>(dependencies);
    changed.add(requireNonNull(dependency, "dependency"));
    return new Scope(tags, system, history, settings, changed);
  }

  /**
   * Returns the tags.
   *
   * @return an unmodifiable map, sorted by name
   */
  public Map<String, String> tags() {
    return tags;
  }

  /**
   * Returns the system text.
   *
   * @return the system text; empty if there is none
   */
  public Optional<String> system() {
    return system;
  }

  /**
   * Returns the earlier messages.
   *
   * @return an unmodifiable list, oldest message first
   */
  public List<Prompt.Message> history() {
    return history;
  }

  /**
   * Returns the chat model and its settings.
   *
   * @return an unmodifiable map, sorted by name
   */
  public Map<String, String> settings() {
    return settings;
  }

  /**
   * Returns the names of the dependencies.
   *
   * @return an unmodifiable set, sorted
   */
  public Set<String> dependencies() {
    return dependencies;
  }

  /**
   * Returns the terms of the dependencies.
   *
   * @return a hash of 32 lower-case hexadecimal digits for each dependency
   */
  public Set<String> dependencyTerms() {
    return switch (dependencies.size()) {
      case 0 -> Set.of();
      case 1 -> Set.of(dependencyTerm(dependencies.first()));
      default ->
          dependencies.stream().map(Scope::dependencyTerm).collect(Collectors.toUnmodifiableSet());
    };
  }

  /**
   * Returns the terms under which the entries of this scope are indexed in a store: one for each
   * tag, name of a tag, and dependency, and one for the model.
   *
   * @return hashes of 32 lower-case hexadecimal digits
   */
  public Set<String> terms() {
    Set<String> terms = new LinkedHashSet<>();
    tags.forEach(
        (name, value) -> {
          terms.add(tagTerm(name, value));
          terms.add(tagNameTerm(name));
        });
    terms.addAll(dependencyTerms());
    if (settings.containsKey(MODEL)) {
      terms.add(modelTerm(settings.get(MODEL)));
    }
    return Collections.unmodifiableSet(terms);
  }

  /**
   * Returns the term of a tag.
   *
   * @param name the name of the tag
   * @param value the value of the tag
   * @return 32 lower-case hexadecimal digits
   */
  public static String tagTerm(String name, String value) {
    return term("tag", name, value);
  }

  /**
   * Returns the term of the name of a tag, which is that of all its values.
   *
   * @param name the name of the tag
   * @return 32 lower-case hexadecimal digits
   */
  public static String tagNameTerm(String name) {
    return term("tag name", name);
  }

  /**
   * Returns the term of a chat model.
   *
   * @param model the setting {@code model}
   * @return 32 lower-case hexadecimal digits
   */
  public static String modelTerm(String model) {
    return term("model", model);
  }

  /**
   * Returns the term of a dependency.
   *
   * @param dependency the name of the dependency
   * @return 32 lower-case hexadecimal digits
   */
  public static String dependencyTerm(String dependency) {
    String known = DEPENDENCY_TERMS.get(dependency);
    if (known != null) {
      return known;
    }
    String term = term("dependency", dependency);
    if (DEPENDENCY_TERMS.size() < MAX_DEPENDENCY_TERMS) {
      DEPENDENCY_TERMS.put(dependency, term);
    }
    return term;
  }

  /**
   * Returns the term of a version of a dependency.
   *
   * @param dependencyTerm the {@linkplain #dependencyTerm term} of the dependency
   * @param version a version of the dependency
   * @return 32 lower-case hexadecimal digits
   */
  public static String versionTerm(String dependencyTerm, String version) {
    return term("dependency version", dependencyTerm, version);
  }

  /**
   * Returns the term of the copies of an entry: entries of other prompts with the same answer.
   *
   * @param key the key of the entry that was copied
   * @return 32 lower-case hexadecimal digits
   */
  public static String copyTerm(String key) {
    return term("copy", key);
  }

  private static String term(String kind, String... parts) {
    Sha256 sha256 = new Sha256(kind);
    for (String part : parts) {
      sha256.text(part);
    }
    return sha256.hex().substring(0, TERM_LENGTH);
  }

  /**
   * Returns the SHA-256 hash over all parts. Each part is preceded by its length, so different
   * scopes are encoded differently. Later versions of this library return the same hash.
   *
   * @return 64 lower-case hexadecimal digits
   */
  public String hash() {
    String known = hash;
    if (known == null) {
      known = computeHash();
      hash = known;
    }
    return known;
  }

  private String computeHash() {
    Sha256 sha256 = new Sha256("scope").map(tags);
    sha256.number(system.isPresent() ? 1 : 0).text(system.orElse(""));
    sha256.number(history.size());
    history.forEach(message -> sha256.text(message.role()).text(message.text()));
    sha256.map(settings);
    if (!dependencies.isEmpty()) {
      sha256.number(dependencies.size());
      dependencies.forEach(sha256::text);
    }
    return sha256.hex();
  }

  private static SortedMap<String, String> copy(Map<String, String> map, String parameter) {
    SortedMap<String, String> sorted = new TreeMap<>();
    requireNonNull(map, parameter).forEach((name, value) -> put(sorted, name, value));
    return sorted;
  }

  private static void put(SortedMap<String, String> map, String name, String value) {
    map.put(requireNonNull(name, "name"), requireNonNull(value, "value"));
  }

  /** Returns whether the other object is a scope with equal parts. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Scope that && hash().equals(that.hash());
  }

  @Override
  public int hashCode() {
    return hash().hashCode();
  }

  /** Returns the names of the tags and the hash, but no values. */
  @Override
  public String toString() {
    return "Scope[tags=" + tags.keySet() + ", hash=" + hash() + "]";
  }
}
