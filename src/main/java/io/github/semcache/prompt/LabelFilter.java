package io.github.semcache.prompt;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Selects answers by their {@link Labels}:
 *
 * <pre>{@code
 * LabelFilter.anyOf("topic", "billing", "refunds").and(LabelFilter.range("price", 10, 20))
 * }</pre>
 *
 * <p>An answer without a label meets no condition on it. A filter has at most 8 conditions, which
 * an answer must meet together. Immutable and thread-safe. A filter with a range takes up to a
 * fraction of a millisecond to create, so create it once.
 */
public final class LabelFilter {
  private static final int MAX_CONDITIONS = 8;
  private static final int MAX_VALUES = 64;

  private final List<Condition> conditions;
  private final String hash;

  private LabelFilter(List<Condition> conditions) {
    this.conditions = List.copyOf(conditions);
    this.hash =
        new Sha256("label filter")
            .texts(conditions.stream().map(Condition::hash).collect(Collectors.toSet()))
            .hex();
  }

  /**
   * A condition on one label.
   *
   * @param hash identifies the condition
   * @param terms terms of which labels that meet the condition have at least one
   * @param test tests labels
   */
  private record Condition(String hash, Set<String> terms, Predicate<Labels> test) {}

  /**
   * Selects the answers with a text that is one of several.
   *
   * @param name the name of the label
   * @param values 1 to 64 texts, which are compared exactly
   * @return the filter
   * @throws IllegalArgumentException if the number of texts is out of range, or if no label can
   *     have such a name or text
   */
  public static LabelFilter anyOf(String name, String... values) {
    return anyOf(name, Arrays.asList(values));
  }

  /**
   * Selects the answers with a text that is one of several; see {@link #anyOf(String, String...)}.
   *
   * @param name the name of the label
   * @param values 1 to 64 texts
   * @return the filter
   * @throws IllegalArgumentException see {@link #anyOf(String, String...)}
   */
  public static LabelFilter anyOf(String name, Collection<String> values) {
    String checked = Labels.checkName(name);
    Set<String> texts = new TreeSet<>();
    values.forEach(value -> texts.add(Labels.checkText(value)));
    if (texts.isEmpty() || texts.size() > MAX_VALUES) {
      throw new IllegalArgumentException(
          "anyOf has " + texts.size() + " values; it must have 1 to " + MAX_VALUES);
    }
    return of(
        new Sha256("label any of").text(checked).texts(texts),
        texts.stream()
            .map(text -> LabelTerms.ofText(checked, text))
            .collect(Collectors.toUnmodifiableSet()),
        labels -> labels.text(checked).filter(texts::contains).isPresent());
  }

  /**
   * Selects the answers with a number in a range. The bounds are rounded to 15 significant digits,
   * as labels are.
   *
   * @param name the name of the label
   * @param min the lower bound, included; negative infinity for none
   * @param max the upper bound, included; infinity for none
   * @return the filter
   * @throws IllegalArgumentException if a bound is not a number, if the lower bound is greater than
   *     the upper one, or if no label can have such a name
   */
  public static LabelFilter range(String name, double min, double max) {
    String checked = Labels.checkName(name);
    if (!(min <= max)) {
      throw new IllegalArgumentException(
          "range is " + min + " to " + max + "; the lower bound must not exceed the upper one");
    }
    double roundedMin = LabelTerms.rounded(min);
    double roundedMax = LabelTerms.rounded(max);
    return of(
        new Sha256("label range").text(checked).text(roundedMin + " " + roundedMax),
        LabelTerms.ofRange(checked, roundedMin, roundedMax),
        labels -> {
          double number = labels.number(checked).orElse(Double.NaN);
          return number >= roundedMin && number <= roundedMax;
        });
  }

  /**
   * Selects the answers with any value of a label, a text or a number. If there are none, the name
   * of the label may be misspelled.
   *
   * @param name the name of the label
   * @return the filter
   * @throws IllegalArgumentException if no label can have such a name
   */
  public static LabelFilter exists(String name) {
    String checked = Labels.checkName(name);
    return of(
        new Sha256("label exists").text(checked),
        Set.of(LabelTerms.ofName(checked)),
        labels -> labels.texts().containsKey(checked) || labels.numbers().containsKey(checked));
  }

  private static LabelFilter of(Sha256 hash, Set<String> terms, Predicate<Labels> test) {
    return new LabelFilter(List.of(new Condition(hash.hex(), Set.copyOf(terms), test)));
  }

  /**
   * Returns a filter for the answers that meet this filter and another one.
   *
   * @param other the other filter
   * @return a filter with the conditions of both
   * @throws IllegalArgumentException if there are more than 8 conditions
   */
  public LabelFilter and(LabelFilter other) {
    List<Condition> both = new ArrayList<>(conditions);
    both.addAll(requireNonNull(other, "other").conditions);
    if (both.size() > MAX_CONDITIONS) {
      throw new IllegalArgumentException(
          "filter has " + both.size() + " conditions; the maximum is " + MAX_CONDITIONS);
    }
    return new LabelFilter(both);
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
    return other instanceof LabelFilter that && hash.equals(that.hash);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  /** Returns the number of conditions, but no values. */
  @Override
  public String toString() {
    return "LabelFilter[" + conditions.size() + " conditions]";
  }
}
