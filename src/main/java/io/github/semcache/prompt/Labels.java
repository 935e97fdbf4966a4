package io.github.semcache.prompt;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Descriptive texts and numbers of an answer, by name: its topic, its author, its price. They are
 * stored with the answer and returned with it, and a {@link Filter} selects answers by them. Unlike
 * tags, they are not part of the {@link Scope}: prompts with different labels share answers.
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
   * Returns the texts and the numbers.
   *
   * @return an unmodifiable map, sorted by name; each value is a {@code String} or a {@code Double}
   */
  public Map<String, Object> values() {
    SortedMap<String, Object> values = new TreeMap<>(texts);
    values.putAll(numbers);
    return Collections.unmodifiableSortedMap(values);
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

  /**
   * Selects answers by their {@link Labels}:
   *
   * <pre>{@code
   * Filter.anyOf("topic", "billing", "refunds").and(Filter.range("price", 10, 20))
   * }</pre>
   *
   * <p>An answer without a label meets no condition on it. A filter has at most 8 conditions, which
   * an answer must meet together. Immutable and thread-safe. A filter with a range takes up to a
   * fraction of a millisecond to create, so create it once.
   */
  public static final class Filter {
    private static final int MAX_CONDITIONS = 8;
    private static final int MAX_VALUES = 64;

    private final List<Condition> conditions;
    private final String hash;

    private Filter(List<Condition> conditions) {
      this.conditions = List.copyOf(conditions);
      this.hash =
          new Sha256("label filter")
              .texts(conditions.stream().map(Condition::hash).collect(Collectors.toSet()))
              .hex();
    }

    /**
     * A condition on one label.
     *
     * @param text the condition as {@link FilterText} writes it
     * @param hash identifies the condition
     * @param terms terms of which labels that meet the condition have at least one
     * @param test tests labels
     */
    private record Condition(String text, String hash, Set<String> terms, Predicate<Labels> test) {}

    /**
     * Selects the answers with a text that is one of several.
     *
     * @param name the name of the label
     * @param values 1 to 64 texts, which are compared exactly
     * @return the filter
     * @throws IllegalArgumentException if the number of texts is out of range, or if no label can
     *     have such a name or text
     */
    public static Filter anyOf(String name, String... values) {
      return anyOf(name, Arrays.asList(values));
    }

    /**
     * Selects the answers with a text that is one of several; see {@link #anyOf(String,
     * String...)}.
     *
     * @param name the name of the label
     * @param values 1 to 64 texts
     * @return the filter
     * @throws IllegalArgumentException see {@link #anyOf(String, String...)}
     */
    public static Filter anyOf(String name, Collection<String> values) {
      String checked = Labels.checkName(name);
      Set<String> texts = new TreeSet<>();
      values.forEach(value -> texts.add(Labels.checkText(value)));
      if (texts.isEmpty() || texts.size() > MAX_VALUES) {
        throw new IllegalArgumentException(
            "anyOf has " + texts.size() + " values; it must have 1 to " + MAX_VALUES);
      }
      return of(
          FilterText.anyOf(checked, texts),
          new Sha256("label any of").text(checked).texts(texts),
          texts.stream()
              .map(text -> LabelTerms.ofText(checked, text))
              .collect(Collectors.toUnmodifiableSet()),
          labels -> labels.text(checked).filter(texts::contains).isPresent());
    }

    /**
     * Selects the answers with a number in a range.
     *
     * @param name the name of the label
     * @param range {@code 12.5}, {@code 10..20}, {@code 10..}, or {@code ..20}
     * @return the filter
     * @throws IllegalArgumentException if the range has another form, if its lower bound exceeds
     *     the upper one, or if no label can have such a name
     */
    public static Filter range(String name, String range) {
      return FilterText.parseRange(requireNonNull(name, "name"), requireNonNull(range, "range"));
    }

    /**
     * Selects the answers with a number in a range. The bounds are rounded to 15 significant
     * digits, as labels are.
     *
     * @param name the name of the label
     * @param min the lower bound, included; negative infinity for none
     * @param max the upper bound, included; infinity for none
     * @return the filter
     * @throws IllegalArgumentException if a bound is not a number, if the lower bound is greater
     *     than the upper one, or if no label can have such a name
     */
    public static Filter range(String name, double min, double max) {
      String checked = Labels.checkName(name);
      if (!(min <= max)) {
        throw new IllegalArgumentException(
            "range is " + min + " to " + max + "; the lower bound must not exceed the upper one");
      }
      double roundedMin = LabelTerms.rounded(min);
      double roundedMax = LabelTerms.rounded(max);
      return of(
          FilterText.range(checked, roundedMin, roundedMax),
          new Sha256("label range").text(checked).text(roundedMin + " " + roundedMax),
          LabelTerms.ofRange(checked, roundedMin, roundedMax),
          labels -> {
            double number = labels.number(checked).orElse(Double.NaN);
            return number >= roundedMin && number <= roundedMax;
          });
    }

    /**
     * Selects the answers with any value of a label, a text or a number. If there are none, the
     * name of the label may be misspelled.
     *
     * @param name the name of the label
     * @return the filter
     * @throws IllegalArgumentException if no label can have such a name
     */
    public static Filter exists(String name) {
      String checked = Labels.checkName(name);
      return of(
          FilterText.exists(checked),
          new Sha256("label exists").text(checked),
          Set.of(LabelTerms.ofName(checked)),
          labels -> labels.texts().containsKey(checked) || labels.numbers().containsKey(checked));
    }

    private static Filter of(String text, Sha256 hash, Set<String> terms, Predicate<Labels> test) {
      return new Filter(List.of(new Condition(text, hash.hex(), Set.copyOf(terms), test)));
    }

    /**
     * Parses the textual form of a filter, in which headers and URLs contain it: one or more
     * conditions, separated by spaces. {@code topic=billing|refunds} is {@link #anyOf}, {@code
     * price:10..20} is {@link #range} (without a bound as {@code price:10..} or {@code price:..20},
     * and {@code price:12.5} for one number), and {@code author} is {@link #exists}. Names and
     * texts are percent-encoded UTF-8, as in the query of a URL.
     *
     * @param text the textual form
     * @return the filter
     * @throws IllegalArgumentException if the text has another form, or no such filter exists
     */
    public static Filter parse(String text) {
      return FilterText.parse(requireNonNull(text, "text"));
    }

    /**
     * Returns the textual form, which {@link #parse} reads. It contains the values.
     *
     * @return the conditions in ASCII characters
     */
    public String text() {
      return conditions.stream().map(Condition::text).collect(Collectors.joining(" "));
    }

    /**
     * Returns a filter for the answers that meet this filter and another one.
     *
     * @param other the other filter
     * @return a filter with the conditions of both
     * @throws IllegalArgumentException if there are more than 8 conditions
     */
    public Filter and(Filter other) {
      List<Condition> both = new ArrayList<>(conditions);
      both.addAll(requireNonNull(other, "other").conditions);
      if (both.size() > MAX_CONDITIONS) {
        throw new IllegalArgumentException(
            "filter has " + both.size() + " conditions; the maximum is " + MAX_CONDITIONS);
      }
      return new Filter(both);
    }

    /**
     * Returns whether labels meet all conditions.
     *
     * @param labels the labels of an answer
     * @return whether they meet this filter
     */
    public boolean matches(Labels labels) {
      return conditions.stream().allMatch(condition -> condition.test().test(labels));
    }

    /**
     * Returns the terms by which a store finds the entries that meet this filter. An entry meets it
     * if and only if it has at least one {@linkplain Labels#terms term} of each set.
     *
     * @return a set for each condition; each has at least one term, and up to about 350 for a range
     */
    public List<Set<String>> terms() {
      return conditions.stream().map(Condition::terms).toList();
    }

    /**
     * Returns a hash over all conditions. Filters with the same conditions have the same hash.
     *
     * @return 64 lower-case hexadecimal digits
     */
    public String hash() {
      return hash;
    }

    /** Returns whether the other object is a filter with the same conditions. */
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Filter that && hash.equals(that.hash);
    }

    @Override
    public int hashCode() {
      return hash.hashCode();
    }

    /** Returns the number of conditions, but no values. */
    @Override
    public String toString() {
      return "Filter[" + conditions.size() + " conditions]";
    }
  }
}
