package io.github.semcache.prompt;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Descriptive texts and numbers of an answer, by name: its topic, its author, its price. They are
 * stored with the answer and returned with it, and a {@link LabelFilter} selects answers by them.
 * Unlike tags, they are not part of the {@link Scope}: prompts with different labels share answers.
 *
 * <p>There are at most 16 labels. A name has one value, a text or a number. Unpaired surrogates in
 * names and texts are {@linkplain Normalizer#wellFormed replaced}. Immutable and thread-safe.
 */
public final class Labels {
  /** The maximum number of labels. */
  public static final int MAX_LABELS = 16;

  /** The maximum length of a name, in UTF-16 code units. */
  public static final int MAX_NAME_LENGTH = 64;

  /** The maximum length of a text, in UTF-16 code units. */
  public static final int MAX_TEXT_LENGTH = 256;

  private static final Labels NONE = new Labels(new TreeMap<>(), new TreeMap<>());

  private final SortedMap<String, String> texts;
  private final SortedMap<String, Double> numbers;

  private Labels(SortedMap<String, String> texts, SortedMap<String, Double> numbers) {
    this.texts = Collections.unmodifiableSortedMap(texts);
    this.numbers = Collections.unmodifiableSortedMap(numbers);
  }

  /**
   * Returns no labels.
   *
   * @return labels without names
   */
  public static Labels none() {
    return NONE;
  }

  /**
   * Adds a text. A label with the same name is replaced.
   *
   * @param name the name, 1 to 64 characters
   * @param value the text, at most 256 characters
   * @return labels with the text
   * @throws IllegalArgumentException if the name or the text is too long, the name is blank, or
   *     there are more than 16 labels
   */
  public Labels with(String name, String value) {
    String checked = checkText(value);
    return changed(checkName(name), (same, draft) -> draft.texts.put(same, checked));
  }

  /**
   * Adds a number. A label with the same name is replaced.
   *
   * @param name the name, 1 to 64 characters
   * @param value the number, finite; rounded to 15 significant digits
   * @return labels with the number
   * @throws IllegalArgumentException if the name is blank or too long, the number is infinite or
   *     not a number, or there are more than 16 labels
   */
  public Labels with(String name, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("value of a label is " + value + "; it must be finite");
    }
    double rounded = LabelTerms.rounded(value);
    return changed(checkName(name), (same, draft) -> draft.numbers.put(same, rounded));
  }

  private Labels changed(String name, BiConsumer<String, Draft> change) {
    Draft draft = new Draft(new TreeMap<>(texts), new TreeMap<>(numbers));
    draft.texts.remove(name);
    draft.numbers.remove(name);
    change.accept(name, draft);
    int count = draft.texts.size() + draft.numbers.size();
    if (count > MAX_LABELS) {
      throw new IllegalArgumentException(
          "there are " + count + " labels; the maximum is " + MAX_LABELS);
    }
    return new Labels(draft.texts, draft.numbers);
  }

  private record Draft(SortedMap<String, String> texts, SortedMap<String, Double> numbers) {}

  static String checkName(String name) {
    String wellFormed = WellFormed.replaceUnpairedSurrogates(requireNonNull(name, "name"));
    if (wellFormed.isBlank() || wellFormed.length() > MAX_NAME_LENGTH) {
      throw new IllegalArgumentException(
          "name of a label has "
              + wellFormed.length()
              + " characters; it must have 1 to "
              + MAX_NAME_LENGTH
              + " and not be blank");
    }
    return wellFormed;
  }

  static String checkText(String value) {
    String wellFormed = WellFormed.replaceUnpairedSurrogates(requireNonNull(value, "value"));
    if (wellFormed.length() > MAX_TEXT_LENGTH) {
      throw new IllegalArgumentException(
          "value of a label has "
              + wellFormed.length()
              + " characters; the maximum is "
              + MAX_TEXT_LENGTH);
    }
    return wellFormed;
  }

  /**
   * Returns the texts.
   *
   * @return an unmodifiable map, sorted by name
   */
  public Map<String, String> texts() {
    return texts;
  }

  /**
   * Returns the numbers.
   *
   * @return an unmodifiable map, sorted by name
   */
  public Map<String, Double> numbers() {
    return numbers;
  }

  /**
   * Returns a text.
   *
   * @param name the name of the label
   * @return the text; empty if there is no label with this name, or if it is a number
   */
  public Optional<String> text(String name) {
    return Optional.ofNullable(texts.get(name));
  }

  /**
   * Returns a number.
   *
   * @param name the name of the label
   * @return the number; empty if there is no label with this name, or if it is a text
   */
  public OptionalDouble number(String name) {
    Double number = numbers.get(name);
    return number == null ? OptionalDouble.empty() : OptionalDouble.of(number);
  }

  /**
   * Returns whether there are no labels.
   *
   * @return true if there is neither a text nor a number
   */
  public boolean isEmpty() {
    return texts.isEmpty() && numbers.isEmpty();
  }

  /**
   * Returns the terms under which an entry with these labels is indexed in a store: two for a text,
   * and up to 20 for a number, because the prefixes of its digits are indexed.
   *
   * @return hashes of 32 lower-case hexadecimal digits
   */
  public Set<String> terms() {
    Set<String> terms = new HashSet<>();
    texts.forEach(
        (name, value) -> {
          terms.add(LabelTerms.ofName(name));
          terms.add(LabelTerms.ofText(name, value));
        });
    numbers.forEach(
        (name, value) -> {
          terms.add(LabelTerms.ofName(name));
          terms.addAll(LabelTerms.ofNumber(name, value));
        });
    return terms;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Labels that && texts.equals(that.texts) && numbers.equals(that.numbers);
  }

  @Override
  public int hashCode() {
    return Objects.hash(texts, numbers);
  }

  /** Returns the names, but no values. */
  @Override
  public String toString() {
    return "Labels[texts=" + texts.keySet() + ", numbers=" + numbers.keySet() + "]";
  }
}
