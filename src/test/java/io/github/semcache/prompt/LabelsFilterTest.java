package io.github.semcache.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link Labels} and {@link Labels.Filter}, which agree with the terms that stores find. */
class LabelsFilterTest {
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  private static boolean isFound(Labels labels, Labels.Filter filter) {
    Set<String> terms = labels.terms();
    return filter.terms().stream().noneMatch(anyOf -> Collections.disjoint(terms, anyOf));
  }

  private static void assertAgrees(Labels labels, Labels.Filter filter, boolean expected) {
    assertThat(filter.matches(labels)).as("%s %s", labels.numbers(), labels).isEqualTo(expected);
    assertThat(isFound(labels, filter)).as("%s %s", labels.numbers(), labels).isEqualTo(expected);
  }

  private static double number(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> random.nextInt(2_000) - 1_000;
      case 1 -> random.nextInt(200_000) / 100.0;
      case 2 -> Double.longBitsToDouble(random.nextLong());
      case 3 -> random.nextGaussian();
      case 4 -> 1_700_000_000_000.0 + random.nextInt();
      default -> random.nextBoolean() ? 0.0 : -0.0;
    };
  }

  /** Compares numbers with 15 significant digits. */
  private static boolean isBetween(double number, double min, double max) {
    BigDecimal rounded = rounded(number);
    return (Double.isInfinite(min) || rounded.compareTo(rounded(min)) >= 0)
        && (Double.isInfinite(max) || rounded.compareTo(rounded(max)) <= 0);
  }

  private static BigDecimal rounded(double number) {
    return new BigDecimal(number).round(new MathContext(15));
  }

  @Test
  void textualFormOfAFilterIsParsedToAnEqualFilter() {
    List<Labels.Filter> filters =
        List.of(
            Labels.Filter.anyOf("topic", "billing", "", "a|b=c:d e%f+g..h", "ü\uD83D\uDE00"),
            Labels.Filter.anyOf("a=b: c|d", "*"),
            Labels.Filter.range("price", -1.5e300, 2e-300),
            Labels.Filter.range("price", Double.NEGATIVE_INFINITY, 3),
            Labels.Filter.range("price", -0.5, Double.POSITIVE_INFINITY),
            Labels.Filter.range("..", 10, 20),
            Labels.Filter.exists("author"));
    for (Labels.Filter filter : filters) {
      assertThat(Labels.Filter.parse(filter.text())).as(filter.text()).isEqualTo(filter);
      assertThat(filter.text()).matches("[!-~]+");
    }
    Labels.Filter all = filters.stream().reduce(Labels.Filter::and).orElseThrow();
    assertThat(Labels.Filter.parse("  " + all.text() + " ")).isEqualTo(all);
    assertThat(Labels.Filter.parse("price:12.5"))
        .isEqualTo(Labels.Filter.range("price", 12.5, 12.5));
    assertThat(Labels.Filter.parse("ü=ü")).isEqualTo(Labels.Filter.anyOf("ü", "ü"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "=x", ":1..2", "a:", "a:x..2", "a:2..1", "a:NaN", "a=%", "%=x", "%20=x"})
  void invalidTextualFormsAreRejected(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Labels.Filter.parse(text));
  }

  @Test
  void numbersHaveFifteenSignificantDigits() {
    assertThat(Labels.none().with("n", 0.1 + 0.2).number("n")).hasValue(0.3);
    assertThat(Labels.none().with("n", 1_700_000_000_123.0).number("n"))
        .hasValue(1_700_000_000_123.0);
    for (double extreme :
        new double[] {Double.MAX_VALUE, -Double.MAX_VALUE, Double.MIN_VALUE, Double.MIN_NORMAL}) {
      Labels labels = Labels.none().with("n", extreme);
      assertAgrees(labels, Labels.Filter.range("n", extreme, extreme), true);
      assertAgrees(labels, Labels.Filter.range("n", -INFINITY, INFINITY), true);
      assertAgrees(labels, Labels.Filter.range("n", 0, INFINITY), extreme > 0);
    }
  }

  @Test
  void termsOfRangesAgreeWithTheNumbers() {
    Random random = new Random(1);
    double[] numbers =
        DoubleStream.generate(() -> number(random)).filter(Double::isFinite).limit(200).toArray();
    for (int i = 0; i < 80; i++) {
      double first = i % 10 == 0 ? -INFINITY : numbers[random.nextInt(numbers.length)];
      double second = i % 7 == 0 ? INFINITY : numbers[random.nextInt(numbers.length)];
      double min = Math.min(first, second);
      double max = Math.max(first, second);
      Labels.Filter filter = Labels.Filter.range("n", min, max);
      for (double number : numbers) {
        assertAgrees(Labels.none().with("n", number), filter, isBetween(number, min, max));
      }
      for (double bound : new double[] {min, max}) {
        for (double near : new double[] {Math.nextUp(bound), Math.nextDown(bound), bound}) {
          if (Double.isFinite(near)) {
            assertAgrees(Labels.none().with("n", near), filter, isBetween(near, min, max));
          }
        }
      }
    }
  }

  @Test
  void numbersOfTermsAreBounded() {
    Random random = new Random(2);
    int mostOfRanges = 0;
    int mostOfNumbers = 0;
    for (int i = 0; i < 2_000; i++) {
      double first = number(random);
      double second = number(random);
      if (Double.isFinite(first) && Double.isFinite(second)) {
        Labels.Filter filter =
            Labels.Filter.range("n", Math.min(first, second), Math.max(first, second));
        mostOfRanges = Math.max(mostOfRanges, filter.terms().get(0).size());
        mostOfNumbers = Math.max(mostOfNumbers, Labels.none().with("n", first).terms().size());
      }
    }

    assertThat(mostOfRanges).isBetween(150, 350);
    assertThat(mostOfNumbers).isEqualTo(20);
    assertThat(Labels.none().with("n", 42).terms()).hasSize(7);
    assertThat(Labels.none().with("n", 12.99).terms()).hasSize(9);
    assertThat(Labels.Filter.range("n", 100, 200).terms().get(0)).hasSizeLessThan(20);
  }

  @Test
  void textsAreComparedExactly() {
    Labels labels = Labels.none().with("topic", "billing");

    assertAgrees(labels, Labels.Filter.anyOf("topic", "refunds", "billing"), true);
    assertAgrees(labels, Labels.Filter.anyOf("topic", "Billing"), false);
    assertAgrees(labels, Labels.Filter.anyOf("Topic", "billing"), false);
    assertAgrees(labels, Labels.Filter.exists("topic"), true);
    assertAgrees(labels, Labels.Filter.exists("topics"), false);
    assertAgrees(labels, Labels.Filter.range("topic", -INFINITY, INFINITY), false);
    assertAgrees(Labels.none(), Labels.Filter.anyOf("topic", "billing"), false);
    assertAgrees(Labels.none().with("topic", ""), Labels.Filter.anyOf("topic", ""), true);
    assertAgrees(
        Labels.none().with("topic", "\uD800"), Labels.Filter.anyOf("topic", "\uD801"), true);
  }

  @Test
  void allConditionsMustBeMet() {
    Labels labels = Labels.none().with("topic", "billing").with("price", 12.5);
    Labels.Filter topic = Labels.Filter.anyOf("topic", "billing");

    assertAgrees(labels, topic.and(Labels.Filter.range("price", 12.5, 12.5)), true);
    assertAgrees(labels, topic.and(Labels.Filter.range("price", 12.6, 13)), false);
    assertAgrees(labels, topic.and(Labels.Filter.range("weight", -INFINITY, INFINITY)), false);
  }

  @Test
  void filtersWithTheSameConditionsAreEqual() {
    Labels.Filter topic = Labels.Filter.anyOf("topic", "a", "b");
    Labels.Filter price = Labels.Filter.range("price", 1, 2);

    assertThat(topic.and(price)).isEqualTo(price.and(Labels.Filter.anyOf("topic", "b", "a")));
    assertThat(topic.and(price)).hasSameHashCodeAs(price.and(topic));
    assertThat(topic.and(topic)).isEqualTo(topic);
    assertThat(topic).isNotEqualTo(Labels.Filter.anyOf("topic", "a"));
    assertThat(Labels.Filter.anyOf("x", "ab", "c"))
        .isNotEqualTo(Labels.Filter.anyOf("x", "a", "bc"));
    assertThat(price).isNotEqualTo(Labels.Filter.range("price", 1, 3));
    assertThat(price).isNotEqualTo(Labels.Filter.anyOf("price", "1.0 2.0"));
    assertThat(topic.toString()).doesNotContain("topic", "billing");
  }

  @Test
  void nameHasOneValue() {
    Labels labels = Labels.none().with("size", "large").with("size", 3).with("color", "red");

    assertThat(labels.text("size")).isEmpty();
    assertThat(labels.number("size")).isEqualTo(OptionalDouble.of(3));
    assertThat(labels.with("size", "small").number("size")).isEmpty();
    assertThat(labels.text("color")).contains("red");
    assertThat(labels.number("color")).isEmpty();
    assertThat(labels.with("zero", -0.0)).isEqualTo(labels.with("zero", 0.0));
    assertThat(labels.toString()).contains("color").doesNotContain("red");
  }

  @Test
  void invalidLabelsAreRejected() {
    Labels full =
        IntStream.range(0, Labels.MAX_LABELS)
            .boxed()
            .reduce(
                Labels.none(), (labels, i) -> labels.with("n" + i, i), (first, second) -> second);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> full.with("more", 1))
        .withMessage("there are 17 labels; the maximum is 16");
    assertThat(full.with("n0", "text").texts()).containsOnlyKeys("n0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> full.with("n".repeat(65), 1))
        .withMessageContaining("65");
    assertThatIllegalArgumentException().isThrownBy(() -> full.with(" ", "value"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> full.with("n0", "v".repeat(257)))
        .withMessageContaining("257");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void numberIsFinite(double number) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Labels.none().with("n", number))
        .withMessageContaining("finite");
  }

  @Test
  void invalidFiltersAreRejected() {
    Labels.Filter topic = Labels.Filter.anyOf("topic", "a");
    Labels.Filter eight =
        topic.and(topic).and(topic).and(topic).and(topic).and(topic).and(topic).and(topic);
    Collection<String> many = IntStream.range(0, 65).mapToObj(i -> "v" + i).toList();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> eight.and(topic))
        .withMessage("filter has 9 conditions; the maximum is 8");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Labels.Filter.anyOf("topic", many))
        .withMessage("anyOf has 65 values; it must have 1 to 64");
    assertThatIllegalArgumentException().isThrownBy(() -> Labels.Filter.anyOf("topic", List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Labels.Filter.range("price", 2, 1))
        .withMessageContaining("must not exceed");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Labels.Filter.range("price", Double.NaN, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> Labels.Filter.exists(""));
  }
}
