package io.github.semcache.store;

import static java.util.Objects.requireNonNull;

import io.github.semcache.prompt.Labels;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A cached answer. Immutable. Unpaired surrogates in prompt, answer, and attributes are {@linkplain
 * Normalizer#wellFormed replaced}, so stores may encode all texts in UTF-8.
 *
 * @param key the key of its query: 64 hexadecimal digits
 * @param scope the {@linkplain io.github.semcache.prompt.Scope#hash hash} of its scope: 64
 *     hexadecimal digits
 * @param prompt the normalized text of the prompt
 * @param answer the text of the answer
 * @param attributes additional data about the answer, such as the model that generated it; stores
 *     return them unchanged
 * @param createdAt the time of the answer, in whole milliseconds
 */
public record CacheEntry(
    String key,
    String scope,
    String prompt,
    String answer,
    Map<String, String> attributes,
    Instant createdAt) {
  private static final Normalizer WELL_FORMED = Normalizer.wellFormed();
  private static final String GROUP = "group";

  /** Precedes the name of a label with a text. */
  private static final String TEXT_LABEL = "label.";

  /** Precedes the name of a label with a number. */
  private static final String NUMBER_LABEL = "number.";

  /**
   * Checks the components and copies the attributes.
   *
   * @throws IllegalArgumentException if key or scope contains an unpaired surrogate
   */
  public CacheEntry {
    checkWellFormed(key, "key");
    checkWellFormed(scope, "scope");
    prompt = wellFormed(requireNonNull(prompt, "prompt"));
    answer = wellFormed(requireNonNull(answer, "answer"));
    attributes = wellFormed(attributes);
    requireNonNull(createdAt, "createdAt");
  }

  private static void checkWellFormed(String hash, String component) {
    if (!wellFormed(requireNonNull(hash, component)).equals(hash)) {
      throw new IllegalArgumentException(
          component + " contains an unpaired surrogate; it must be well-formed Unicode");
    }
  }

  private static String wellFormed(String text) {
    return WELL_FORMED.normalize(text);
  }

  private static Map<String, String> wellFormed(Map<String, String> attributes) {
    Map<String, String> copy = new HashMap<>();
    attributes.forEach(
        (name, value) ->
            copy.put(
                wellFormed(requireNonNull(name, "name")),
                wellFormed(requireNonNull(value, "value"))));
    return Map.copyOf(copy);
  }

  /**
   * Returns the answer group. Entries whose answers were judged equivalent are in the same group.
   *
   * @return the group that was {@linkplain #group(String) set}, or else the key
   */
  public String group() {
    return attributes.getOrDefault(GROUP, key);
  }

  /**
   * Returns a copy in another answer group.
   *
   * @param group the group of an entry with an equivalent answer
   * @return a copy of this entry with the given group
   */
  public CacheEntry group(String group) {
    return attribute(GROUP, requireNonNull(group, "group"));
  }

  /**
   * Returns the labels, which are attributes. Unreadable ones are omitted.
   *
   * @return the labels
   */
  public Labels labels() {
    Labels labels = Labels.none();
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      String name = attribute.getKey();
      try {
        if (name.startsWith(TEXT_LABEL)) {
          labels = labels.with(name.substring(TEXT_LABEL.length()), attribute.getValue());
        } else if (name.startsWith(NUMBER_LABEL)) {
          double number = Double.parseDouble(attribute.getValue());
          labels = labels.with(name.substring(NUMBER_LABEL.length()), number);
        }
      } catch (IllegalArgumentException e) {
        // Written by someone else.
      }
    }
    return labels;
  }

  /**
   * Returns a copy with other labels. To find the entry by them, the {@linkplain Labels#terms terms
   * of the labels} must be among the {@linkplain NewEntry#terms terms of the entry}.
   *
   * @param labels the labels, which replace the previous ones
   * @return a copy of this entry with the given labels
   */
  public CacheEntry labels(Labels labels) {
    Map<String, String> changed = new HashMap<>(attributes);
    changed.keySet().removeIf(name -> name.startsWith(TEXT_LABEL) || name.startsWith(NUMBER_LABEL));
    labels.texts().forEach((name, value) -> changed.put(TEXT_LABEL + name, value));
    labels
        .numbers()
        .forEach((name, value) -> changed.put(NUMBER_LABEL + name, Double.toString(value)));
    return attributes(changed);
  }

  /**
   * Returns a copy with another value of one attribute.
   *
   * @param name the name of the attribute
   * @param value the value, which replaces the previous one
   * @return a copy of this entry with the given attribute
   */
  public CacheEntry attribute(String name, String value) {
    Map<String, String> changed = new HashMap<>(attributes);
    changed.put(name, value);
    return attributes(changed);
  }

  /**
   * Returns a copy without an attribute.
   *
   * @param name the name of the attribute, which need not exist
   * @return a copy of this entry without the given attribute
   */
  public CacheEntry withoutAttribute(String name) {
    Map<String, String> changed = new HashMap<>(attributes);
    changed.remove(name);
    return attributes(changed);
  }

  /**
   * Returns a copy with other attributes.
   *
   * @param attributes the new attributes
   * @return a copy of this entry with the given attributes
   */
  public CacheEntry attributes(Map<String, String> attributes) {
    return new CacheEntry(key, scope, prompt, answer, attributes, createdAt);
  }

  /**
   * Returns a copy with another answer.
   *
   * @param answer the text of the new answer
   * @param attributes the attributes of the new answer
   * @param createdAt the time of the new answer, in whole milliseconds
   * @return a copy of this entry with the given content
   */
  public CacheEntry withAnswer(String answer, Map<String, String> attributes, Instant createdAt) {
    return new CacheEntry(key, scope, prompt, answer, attributes, createdAt);
  }

  /**
   * Applies a change and checks that it modifies neither key, scope, nor prompt. For
   * implementations of {@link VectorStore#updateEntry}.
   *
   * @param change the change
   * @return the changed entry
   * @throws IllegalArgumentException if the change modifies key, scope, or prompt
   * @throws NullPointerException if the change returns null
   */
  public CacheEntry withChange(UnaryOperator<CacheEntry> change) {
    CacheEntry changed = requireNonNull(change.apply(this), "the change returned null");
    if (!changed.withAnswer(answer, attributes, createdAt).equals(this)) {
      throw new IllegalArgumentException(
          "the change of an entry must not touch its key, scope, or prompt");
    }
    return changed;
  }

  /**
   * Applies a change and checks that it modifies only the attributes. For implementations of {@link
   * VectorStore#updateAttributes}.
   *
   * @param change the change
   * @return the changed entry
   * @throws IllegalArgumentException if the change modifies more than the attributes
   * @throws NullPointerException if the change returns null
   */
  public CacheEntry withChangedAttributes(UnaryOperator<CacheEntry> change) {
    CacheEntry changed = requireNonNull(change.apply(this), "the change returned null");
    if (!changed.attributes(attributes).equals(this)) {
      throw new IllegalArgumentException(
          "the change of an entry modifies more than its attributes; it must not");
    }
    return changed;
  }

  /** Returns key, scope, and creation time, but no text. */
  @Override
  public String toString() {
    return "CacheEntry[key=" + key + ", scope=" + scope + ", createdAt=" + createdAt + "]";
  }
}
