package io.github.semcache.internal.language;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** Removes differences in case, diacritics and Unicode compatibility forms. */
final class Folding {
  private static final Pattern MARKS = Pattern.compile("\\p{M}+");

  private Folding() {}

  /** Returns the folded text. */
  static String fold(String text) {
    int plain = 0;
    while (plain < text.length() && isPlain(text.charAt(plain))) {
      plain++;
    }
    return plain == text.length() ? text : foldAll(text);
  }

  private static String foldAll(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return foldUnicode(text);
      }
    }
    return text.toLowerCase(Locale.ROOT);
  }

  /** Converts to upper case first, because that unifies letters such as ß and ss, or ς and σ. */
  private static String foldUnicode(String text) {
    String decomposed = Normalizer.normalize(text, Normalizer.Form.NFKD);
    String lower = decomposed.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    String bare = Normalizer.normalize(lower, Normalizer.Form.NFKD);
    return MARKS.matcher(bare).replaceAll("").replace('ς', 'σ').replace('’', '\'');
  }

  private static boolean isPlain(char c) {
    return c < 0x80 && (c < 'A' || c > 'Z');
  }
}
