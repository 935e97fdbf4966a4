package io.github.semcache.prompt;

import java.util.regex.Pattern;

/**
 * Brings texts that are the same for the cache into one form, before they are hashed and embedded.
 * The model is always asked with the text as it was given.
 *
 * <p>Implementations are pure functions, safe for use by many threads.
 */
@FunctionalInterface
public interface Normalizer {

  /**
   * Normalizes a text.
   *
   * @param text a text that is not blank
   * @return its normal form; must not be blank
   */
  String normalize(String text);

  /**
   * The default: Unicode normalization form C, each run of Unicode white space made one space, and
   * none at either end. Case is kept, because "US" and "us" differ.
   *
   * @return the normalizer
   */
  static Normalizer whitespace() {
    return text ->
        WhitespaceRuns.PATTERN
            .matcher(java.text.Normalizer.normalize(text, java.text.Normalizer.Form.NFC))
            .replaceAll(" ")
            .strip();
  }

  /**
   * Takes every text as it is.
   *
   * @return the normalizer
   */
  static Normalizer none() {
    return text -> text;
  }
}

/** Holds the compiled pattern of {@link Normalizer#whitespace}. */
final class WhitespaceRuns {
  static final Pattern PATTERN = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

  private WhitespaceRuns() {}
}
