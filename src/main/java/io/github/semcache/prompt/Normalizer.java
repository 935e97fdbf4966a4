package io.github.semcache.prompt;

import io.github.semcache.deadline.Deadline.NonBlocking;
import java.util.regex.Pattern;

/**
 * Converts texts to a normal form before they are hashed and embedded, so that equivalent texts
 * have the same key. The model always receives the original text.
 *
 * <p>Implementations are thread-safe pure functions. A change of the normalizer changes the keys of
 * the prompts that it affects.
 */
@FunctionalInterface
public interface Normalizer {

  /**
   * Normalizes a text.
   *
   * @param text a text that is not blank
   * @return the normal form; must not be blank
   */
  String normalize(String text);

  /**
   * Returns the default normalizer. It applies Unicode normalization form C (NFC) and removes white
   * space at both ends. It preserves white space within the text and case, because they may be
   * content: in Python, YAML, and tables, and in "US" and "us". The indentation of the first line
   * of several lines is preserved for the same reason.
   *
   * @return the normalizer
   */
  static Normalizer nfc() {
    return (Normalizer & NonBlocking)
        text ->
            Whitespace.trim(java.text.Normalizer.normalize(text, java.text.Normalizer.Form.NFC));
  }

  /**
   * Returns a normalizer that applies NFC, replaces each run of Unicode white space with one space,
   * and removes white space at both ends. Texts that differ only in line breaks and indentation
   * then have the same key, so it is not suited to prompts that contain code or tables.
   *
   * @return the normalizer
   */
  static Normalizer collapseWhitespace() {
    return (Normalizer & NonBlocking)
        text ->
            Whitespace.RUNS
                .matcher(java.text.Normalizer.normalize(text, java.text.Normalizer.Form.NFC))
                .replaceAll(" ")
                .strip();
  }

  /**
   * Returns a normalizer that replaces each unpaired surrogate, such as half of an emoji, with
   * U+FFFD, because UTF-8 cannot represent it: services reject or alter such a text. Prompts,
   * scopes, and entries apply this normalizer to all their texts, so an unpaired surrogate never
   * causes a call to fail.
   *
   * @return the normalizer
   */
  static Normalizer wellFormed() {
    return (Normalizer & NonBlocking) WellFormed::replaceUnpairedSurrogates;
  }

  /**
   * Returns a normalizer that does not change texts.
   *
   * @return the normalizer
   */
  static Normalizer none() {
    return (Normalizer & NonBlocking) text -> text;
  }
}

/** Removes and finds Unicode white space. */
final class Whitespace {
  static final Pattern RUNS = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

  private Whitespace() {}

  /**
   * Removes white space at both ends, except for the indentation of the first line if the text has
   * several lines.
   */
  static String trim(String text) {
    int end = text.length();
    while (end > 0 && isWhitespace(text.charAt(end - 1))) {
      end--;
    }
    int start = 0;
    int firstLine = 0;
    while (start < end && isWhitespace(text.charAt(start))) {
      start++;
      firstLine = isLineBreak(text.charAt(start - 1)) ? start : firstLine;
    }
    boolean hasSeveralLines = text.substring(start, end).chars().anyMatch(Whitespace::isLineBreak);
    return text.substring(hasSeveralLines ? firstLine : start, end);
  }

  private static boolean isWhitespace(char character) {
    return Character.isWhitespace(character)
        || Character.isSpaceChar(character)
        || isLineBreak(character);
  }

  private static boolean isLineBreak(int character) {
    return switch (character) {
      case '\n', '\r', '\u0085', '\u2028', '\u2029' -> true;
      default -> false;
    };
  }
}
