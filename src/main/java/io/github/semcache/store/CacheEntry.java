package io.github.semcache.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A remembered answer.
 *
 * @param key the key of its query: 64 hexadecimal digits
 * @param scope the {@linkplain io.github.semcache.prompt.Scope#hash hash} of its scope: 64
 *     hexadecimal digits
 * @param prompt the normalized text of the prompt
 * @param answer the text of the answer
 * @param attributes what else is known of the answer, for example the model that gave it; stores
 *     keep it as it is
 * @param createdAt when the answer was given, to the millisecond
 */
public record CacheEntry(
    String key,
    String scope,
    String prompt,
    String answer,
    Map<String, String> attributes,
    Instant createdAt) {
  private static final String GROUP = "group";

  /** Checks the components and copies the attributes. */
  public CacheEntry {
    requireNonNull(key, "key");
    requireNonNull(scope, "scope");
    requireNonNull(prompt, "prompt");
    requireNonNull(answer, "answer");
    attributes = Map.copyOf(attributes);
    requireNonNull(createdAt, "createdAt");
  }

  /**
   * The answer group: entries whose answers were judged to say the same share one.
   *
   * @return the group that was {@linkplain #group(String) set}, else the key
   */
  public String group() {
    return attributes.getOrDefault(GROUP, key);
  }

  /**
   * Sets the answer group.
   *
   * @param group the group of an entry whose answer says the same
   * @return an entry of that group
   */
  public CacheEntry group(String group) {
    Map<String, String> changed = new HashMap<>(attributes);
    changed.put(GROUP, requireNonNull(group, "group"));
    return attributes(changed);
  }

  /**
   * Replaces the attributes.
   *
   * @param attributes the new attributes
   * @return an entry that differs from this one in its attributes only
   */
  public CacheEntry attributes(Map<String, String> attributes) {
    return new CacheEntry(key, scope, prompt, answer, attributes, createdAt);
  }

  /**
   * For implementations of {@link VectorStore#updateAttributes}: applies a change and checks that
   * it touches the attributes only.
   *
   * @param change the change
   * @return the changed entry
   * @throws IllegalArgumentException if the change touches more than the attributes
   */
  public CacheEntry withChangedAttributes(UnaryOperator<CacheEntry> change) {
    CacheEntry changed = requireNonNull(change.apply(this), "the change returned no entry");
    if (!changed.attributes(attributes).equals(this)) {
      throw new IllegalArgumentException("the change of an entry must touch its attributes only");
    }
    return changed;
  }

  /** Shows key, scope and time, but no text. */
  @Override
  public String toString() {
    return "CacheEntry[key=" + key + ", scope=" + scope + ", createdAt=" + createdAt + "]";
  }
}
