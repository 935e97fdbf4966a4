package io.github.semcache.prompt;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * The terms by which the labels of entries are found in a store.
 *
 * <p>A number is indexed as in a trie: its bits, in an order in which they compare as the numbers
 * do, are 16 hexadecimal digits, and each prefix of them is a term. A range consists of the numbers
 * with one of at most about 500 prefixes, so a store that finds terms finds ranges. Trailing zeros,
 * which integers have, are not indexed: a term for the complete number replaces them.
 */
final class LabelTerms {
  /** 128 bits, as those of {@link Scope}. */
  private static final int TERM_LENGTH = 32;

  /** The number of hexadecimal digits of a number. */
  private static final int DIGITS = 16;

  private static final String HEXADECIMAL = "0123456789abcdef";

  private LabelTerms() {}

  /** Returns the term of all labels with a name. */
  static String ofName(String name) {
    return term("label name", name);
  }

  /** Returns the term of a text. */
  static String ofText(String name, String value) {
    return term("label", name, value);
  }

  /** Returns the terms of a number. */
  static Set<String> ofNumber(String name, double number) {
    String digits = withoutTrailingZeros(digits(number));
    Set<String> terms = new HashSet<>();
    terms.add(ofCompleteNumber(name, digits));
    for (int length = 1; length <= digits.length(); length++) {
      terms.add(ofPrefix(name, digits.substring(0, length)));
    }
    return terms;
  }

  /**
   * Returns terms of which a number has at least one if and only if it is in a range.
   *
   * @param min the lower bound, included
   * @param max the upper bound, included; not less than the lower one
   */
  static Set<String> ofRange(String name, double min, double max) {
    List<String> prefixes = new ArrayList<>();
    cover("", digits(min), digits(max), prefixes);
    Set<String> terms = new HashSet<>();
    for (String prefix : prefixes) {
      terms.add(ofPrefix(name, prefix));
      if (prefix.endsWith("0")) {
        // The number whose other digits are zeros does not have the term of the prefix.
        terms.add(ofCompleteNumber(name, withoutTrailingZeros(prefix)));
      }
    }
    return terms;
  }

  /** Adds the shortest prefixes of the numbers between two numbers. */
  private static void cover(String prefix, String min, String max, List<String> prefixes) {
    int rest = DIGITS - prefix.length();
    String first = prefix + "0".repeat(rest);
    String last = prefix + "f".repeat(rest);
    if (last.compareTo(min) < 0 || first.compareTo(max) > 0) {
      return;
    }
    if (!prefix.isEmpty() && first.compareTo(min) >= 0 && last.compareTo(max) <= 0) {
      prefixes.add(prefix);
      return;
    }
    for (int digit = 0; digit < HEXADECIMAL.length(); digit++) {
      cover(prefix + HEXADECIMAL.charAt(digit), min, max, prefixes);
    }
  }

  /**
   * Returns the bits of a number as digits that compare as numbers do: the sign bit of a positive
   * number and all bits of a negative one are inverted. Zeros of both signs are equal.
   */
  private static String digits(double number) {
    long bits = Double.doubleToLongBits(number == 0 ? 0 : number);
    return HexFormat.of().toHexDigits(bits ^ ((bits >> (Long.SIZE - 1)) | Long.MIN_VALUE));
  }

  private static String withoutTrailingZeros(String digits) {
    int end = digits.length();
    while (end > 0 && digits.charAt(end - 1) == '0') {
      end--;
    }
    return digits.substring(0, end);
  }

  private static String ofPrefix(String name, String digits) {
    return term("label number prefix", name, digits);
  }

  private static String ofCompleteNumber(String name, String digits) {
    return term("label number", name, digits);
  }

  private static String term(String kind, String... parts) {
    Sha256 sha256 = new Sha256(kind);
    for (String part : parts) {
      sha256.text(part);
    }
    return sha256.hex().substring(0, TERM_LENGTH);
  }
}
