package io.github.semcache.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes texts of a store, a file, or an exception safe to print on a terminal. A control character
 * can move the cursor, change the title, or write to the clipboard; a bidirectional control
 * reorders a line; and an invisible character hides text.
 */
final class TerminalText {
  private static final Pattern LINE_SPACE = Pattern.compile("[\\t\\n\\r\\u0085\\u2028\\u2029]+");

  /**
   * Control, format, private-use, and unassigned characters, unpaired surrogates, and the invisible
   * characters of other categories. U+FE0E and U+FE0F are not in the class, because they only
   * select the style of an emoji.
   */
  private static final Pattern UNSAFE =
      Pattern.compile(
          "[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cn}\\p{Cs}\\p{Zl}\\p{Zp}\\u034F\\u115F\\u1160\\u17B4\\u17B5"
              + "\\u180B-\\u180F\\u3164\\uFE00-\\uFE0D\\uFFA0\\x{E0000}-\\x{E0FFF}]");

  private TerminalText() {}

  /**
   * Returns a text in one line. Line breaks and tabs become a space, and an unsafe character
   * becomes its escape sequence, for example <code>\</code>{@code u001b} for the escape character.
   */
  static String line(String text) {
    return escape(LINE_SPACE.matcher(text).replaceAll(" "));
  }

  /**
   * Returns a text with its line breaks, each line as in {@link #line} but with its indentation.
   */
  static String lines(String text) {
    return String.join(
        System.lineSeparator(),
        text.lines()
            .map(line -> line.startsWith("\t") ? "\t" + line(line.substring(1)) : line(line))
            .toList());
  }

  private static String escape(String text) {
    return UNSAFE
        .matcher(text)
        .replaceAll(unsafe -> Matcher.quoteReplacement(escape(unsafe.group().codePointAt(0))));
  }

  private static String escape(int codePoint) {
    return Character.isBmpCodePoint(codePoint)
        ? "\\u%04x".formatted(codePoint)
        : "\\u{%x}".formatted(codePoint);
  }
}
