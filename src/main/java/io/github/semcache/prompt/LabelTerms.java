package io.github.semcache.prompt;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The terms by which the labels of entries are found in a store.
 *
 * <p>A number is indexed as in a trie: its exponent and its 15 significant decimal digits are a
 * sequence of 18 digits, in an order in which they compare as the magnitudes of numbers do, and
 * each prefix of the sequence is a term. A range consists of the numbers with one of at most about
 * 300 prefixes, so a store that finds terms finds ranges. Trailing zeros, which most numbers have,
 * are not indexed: a term for the complete number replaces them.
 */
final class LabelTerms {
  /** 128 bits, as those of {@link Scope}. */
  private static final int TERM_LENGTH = 32;

  /** The precision with which a decimal number equals the double that is nearest to it. */
  private static final int PRECISION = 15;

  private static final int EXPONENT_DIGITS = 3;
  private static final int DIGITS = EXPONENT_DIGITS + PRECISION;

  /** Makes the exponents of all doubles, from -324 to 308, positive. */
  private static final int EXPONENT_OFFSET = 400;

  private static final int RADIX = 10;
  private static final String POSITIVE = "positive";
  private static final String NEGATIVE = "negative";

  private LabelTerms() {}

  /** Returns the term of all labels with a name. */
  static String ofName(String name) {
    return term("label name", name);
  }

  /** Returns the term of a text. */
  static String ofText(String name, String value) {
    return term("label", name, value);
  }

  /**
   * Rounds a number to 15 significant digits.
   *
   * @param number a finite or infinite number
   * @return the rounded number; zero is positive
   */
  static double rounded(double number) {
    if (number == 0 || Double.isInfinite(number)) {
      return number == 0 ? 0 : number;
    }
    BigDecimal exact = new BigDecimal(number);
    double rounded = exact.round(new MathContext(PRECISION)).doubleValue();
    return Double.isInfinite(rounded)
        ? exact.round(new MathContext(PRECISION, RoundingMode.DOWN)).doubleValue()
        : rounded;
  }

  /** Returns the terms of a {@linkplain #rounded rounded} number. */
  static Set<String> ofNumber(String name, double number) {
    String sign = number < 0 ? NEGATIVE : POSITIVE;
    String digits = withoutTrailingZeros(digits(Math.abs(number)));
    Set<String> terms = new HashSet<>();
    terms.add(ofCompleteNumber(name, sign, digits));
    for (int length = 1; length <= digits.length(); length++) {
      terms.add(ofPrefix(name, sign, digits.substring(0, length)));
    }
    return terms;
  }

  /**
   * Returns terms of which a rounded number has at least one if and only if it is in a range.
   *
   * @param min the lower bound, rounded, included
   * @param max the upper bound, rounded, included; not less than the lower one
   */
  static Set<String> ofRange(String name, double min, double max) {
    Set<String> terms = new HashSet<>();
    if (max >= 0) {
      addRange(name, POSITIVE, Math.max(0, min), max, terms);
    }
    if (min < 0) {
      addRange(name, NEGATIVE, Math.max(0, -max), -min, terms);
    }
    return terms;
  }

  private static void addRange(
      String name, String sign, double min, double max, Set<String> terms) {
    List<String> prefixes = new ArrayList<>();
    cover("", digits(min), digits(max), prefixes);
    for (String prefix : prefixes) {
      terms.add(ofPrefix(name, sign, prefix));
      if (prefix.endsWith("0")) {
        // The number whose other digits are zeros does not have the term of the prefix.
        terms.add(ofCompleteNumber(name, sign, withoutTrailingZeros(prefix)));
      }
    }
  }

  /** Adds the shortest prefixes of the numbers between two numbers. */
  private static void cover(String prefix, String min, String max, List<String> prefixes) {
    int rest = DIGITS - prefix.length();
    String first = prefix + "0".repeat(rest);
    String last = prefix + "9".repeat(rest);
    if (last.compareTo(min) < 0 || first.compareTo(max) > 0) {
      return;
    }
    if (!prefix.isEmpty() && first.compareTo(min) >= 0 && last.compareTo(max) <= 0) {
      prefixes.add(prefix);
      return;
    }
    for (int digit = 0; digit < RADIX; digit++) {
      cover(prefix + digit, min, max, prefixes);
    }
  }

  /** Returns the exponent and the significant digits of a magnitude. */
  private static String digits(double magnitude) {
    if (magnitude == 0) {
      return "0".repeat(DIGITS);
    }
    if (Double.isInfinite(magnitude)) {
      return "9".repeat(DIGITS);
    }
    BigDecimal decimal = new BigDecimal(magnitude).round(new MathContext(PRECISION));
    String significant = decimal.unscaledValue().toString();
    int exponent = decimal.precision() - decimal.scale() - 1;
    return Integer.toString(exponent + EXPONENT_OFFSET + 1_000).substring(1)
        + significant
        + "0".repeat(PRECISION - significant.length());
  }

  private static String withoutTrailingZeros(String digits) {
    int end = digits.length();
    while (end > 0 && digits.charAt(end - 1) == '0') {
      end--;
    }
    return digits.substring(0, end);
  }

  private static String ofPrefix(String name, String sign, String digits) {
    return term("label number prefix", name, sign, digits);
  }

  private static String ofCompleteNumber(String name, String sign, String digits) {
    return term("label number", name, sign, digits);
  }

  private static String term(String kind, String... parts) {
    Sha256 sha256 = new Sha256(kind);
    for (String part : parts) {
      sha256.text(part);
    }
    return sha256.hex().substring(0, TERM_LENGTH);
  }
}
