package io.github.semcache.prompt;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that must be equal for an answer to be reusable: the caller's tags, the system text,
 * the earlier messages, and the settings of the chat model. Scopes that differ in any part never
 * share an answer. Immutable and thread-safe.
 *
 * <p>Unpaired surrogates in any part are {@linkplain Normalizer#wellFormed replaced}.
 */
public final class Scope {
  private static final Scope NONE =
      new Scope(new TreeMap<>(), Optional.empty(), List.of(), new TreeMap<>());

  private final SortedMap<String, String> tags;
  private final Optional<String> system;
  private final List<Prompt.Message> history;
  private final SortedMap<String, String> settings;
  private final String hash;

  private Scope(
      SortedMap<String, String> tags,
      Optional<String> system,
      List<Prompt.Message> history,
      SortedMap<String, String> settings) {
    this.tags = Collections.unmodifiableSortedMap(tags);
    this.system = system;
    this.history = history;
    this.settings = Collections.unmodifiableSortedMap(settings);
    this.hash = computeHash();
  }

  /**
   * Returns the scope without tags, system text, earlier messages, and settings. It does not
   * include other scopes: it equals only itself.
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
    return new Scope(copy(tags, "tags"), Optional.empty(), List.of(), new TreeMap<>());
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
    return new Scope(changed, system, history, settings);
  }

  /**
   * Sets the system text.
   *
   * @param system the system text
   * @return a scope with the system text
   */
  public Scope system(String system) {
    String wellFormed = WellFormed.replaceUnpairedSurrogates(requireNonNull(system, "system"));
    return new Scope(tags, Optional.of(wellFormed), history, settings);
  }

  /**
   * Sets the earlier messages.
   *
   * @param history the messages, oldest first
   * @return a scope with the messages
   */
  public Scope history(List<Prompt.Message> history) {
    return new Scope(tags, system, List.copyOf(history), settings);
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
    return new Scope(tags, system, history, copy(settings, "settings"));
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
   * @return the system text, or empty
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
   * Returns the SHA-256 hash over all parts. Each part is preceded by its length, so different
   * scopes are encoded differently. The hash of a scope does not change between versions.
   *
   * @return 64 lower-case hexadecimal digits
   */
  public String hash() {
    return hash;
  }

  private String computeHash() {
    Sha256 sha256 = new Sha256("scope").map(tags);
    sha256.number(system.isPresent() ? 1 : 0).text(system.orElse(""));
    sha256.number(history.size());
    history.forEach(message -> sha256.text(message.role()).text(message.text()));
    return sha256.map(settings).hex();
  }

  private static SortedMap<String, String> copy(Map<String, String> map, String parameter) {
    SortedMap<String, String> sorted = new TreeMap<>();
    requireNonNull(map, parameter).forEach((name, value) -> put(sorted, name, value));
    return sorted;
  }

  private static void put(SortedMap<String, String> map, String name, String value) {
    map.put(
        WellFormed.replaceUnpairedSurrogates(requireNonNull(name, "name")),
        WellFormed.replaceUnpairedSurrogates(requireNonNull(value, "value")));
  }

  /** Returns whether the other object is a scope with equal parts. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Scope that && hash.equals(that.hash);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  /** Returns the names of the tags and the hash, but no values. */
  @Override
  public String toString() {
    return "Scope[tags=" + tags.keySet() + ", hash=" + hash + "]";
  }
}
