package io.github.semcache.prompt;

import static java.nio.charset.StandardCharsets.UTF_16BE;

/** {@link Normalizer#wellFormed}. */
final class WellFormed {
  private WellFormed() {}

  static String replaceUnpairedSurrogates(String text) {
    // The encoder of the JDK replaces an unpaired surrogate with U+FFFD.
    return isWellFormed(text) ? text : new String(text.getBytes(UTF_16BE), UTF_16BE);
  }

  private static boolean isWellFormed(String text) {
    int index = 0;
    while (index < text.length()) {
      int codePoint = text.codePointAt(index);
      if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
        return false;
      }
      index += Character.charCount(codePoint);
    }
    return true;
  }
}
