package io.github.semcache.prompt;

import io.github.semcache.deadline.NonBlocking;
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
   * Returns the default normalizer. It applies Unicode normalization form C (NFC), replaces each
   * run of Unicode white space with one space, and strips white space at both ends. It preserves
   * case, because "US" and "us" differ.
   *
   * @return the normalizer
   */
  static Normalizer whitespace() {
    return (Normalizer & NonBlocking)
        text ->
            WhitespaceRuns.PATTERN
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

/** Holds the compiled pattern of {@link Normalizer#whitespace}. */
final class WhitespaceRuns {
  static final Pattern PATTERN = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

  private WhitespaceRuns() {}
}
