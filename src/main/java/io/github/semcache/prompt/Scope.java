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
 * the earlier messages, and the settings of the chat model. Two scopes that differ in any part
 * never share an answer. Immutable and safe for use by many threads.
 */
public final class Scope {
  private static final Scope NONE =
      new Scope(new TreeMap<>(), Optional.empty(), List.of(), new TreeMap<>());

  private final SortedMap<String, String> tags;
  private final Optional<String> system;
  private final List<Message> history;
  private final SortedMap<String, String> settings;
  private final String hash;

  private Scope(
      SortedMap<String, String> tags,
      Optional<String> system,
      List<Message> history,
      SortedMap<String, String> settings) {
    this.tags = Collections.unmodifiableSortedMap(tags);
    this.system = system;
    this.history = history;
    this.settings = Collections.unmodifiableSortedMap(settings);
    this.hash = computeHash();
  }

  /**
   * The scope of a prompt with neither tags nor system text nor earlier messages. It is a scope
   * like any other, equal to nothing but itself.
   *
   * @return the empty scope
   */
  public static Scope none() {
    return NONE;
  }

  /**
   * A scope of one tag.
   *
   * @param name the tag's name; any string
   * @param value the tag's value; any string
   * @return the scope
   */
  public static Scope of(String name, String value) {
    return NONE.tag(name, value);
  }

  /**
   * A scope of tags.
   *
   * @param tags names and values; any strings
   * @return the scope
   */
  public static Scope of(Map<String, String> tags) {
    return new Scope(copy(tags, "tags"), Optional.empty(), List.of(), new TreeMap<>());
  }

  /**
   * Adds a tag.
   *
   * @param name the tag's name; any string
   * @param value the tag's value; any string. Replaces an earlier value of the same name
   * @return a scope with the tag
   */
  public Scope tag(String name, String value) {
    SortedMap<String, String> more = new TreeMap<>(tags);
    more.put(requireNonNull(name, "name"), requireNonNull(value, "value"));
    return new Scope(more, system, history, settings);
  }

  /**
   * Sets the system text.
   *
   * @param system the system text
   * @return a scope with it
   */
  public Scope system(String system) {
    return new Scope(tags, Optional.of(system), history, settings);
  }

  /**
   * Sets the earlier messages, oldest first.
   *
   * @param history the messages
   * @return a scope with them
   */
  public Scope history(List<Message> history) {
    return new Scope(tags, system, List.copyOf(history), settings);
  }

  /**
   * Sets the chat model and its settings. When it asks, the cache does this with what the chat
   * client reports. For what it looks up, keeps, explains or removes without asking, settings that
   * are set here say whose answers are meant; without any they are those of the cache's own client.
   *
   * @param settings names and values, for example {@code model} and {@code temperature}
   * @return a scope with them
   */
  public Scope settings(Map<String, String> settings) {
    return new Scope(tags, system, history, copy(settings, "settings"));
  }

  /**
   * The tags, by name.
   *
   * @return an unmodifiable map
   */
  public Map<String, String> tags() {
    return tags;
  }

  /**
   * The system text.
   *
   * @return the text, or empty
   */
  public Optional<String> system() {
    return system;
  }

  /**
   * The earlier messages, oldest first.
   *
   * @return an unmodifiable list
   */
  public List<Message> history() {
    return history;
  }

  /**
   * The chat model and its settings, by name.
   *
   * @return an unmodifiable map
   */
  public Map<String, String> settings() {
    return settings;
  }

  /**
   * SHA-256 over all parts, each with its length, so that no two scopes share an encoding.
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

  private static SortedMap<String, String> copy(Map<String, String> map, String what) {
    SortedMap<String, String> sorted = new TreeMap<>();
    requireNonNull(map, what)
        .forEach(
            (name, value) ->
                sorted.put(requireNonNull(name, "name"), requireNonNull(value, "value")));
    return sorted;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Scope that && hash.equals(that.hash);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  /** Shows the names of the tags and the hash, but no values. */
  @Override
  public String toString() {
    return "Scope[tags=" + tags.keySet() + ", hash=" + hash + "]";
  }
}
