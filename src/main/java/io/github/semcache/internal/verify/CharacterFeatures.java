package io.github.semcache.internal.verify;

import java.util.Locale;
import java.util.stream.LongStream;

/** How many characters two texts share. */
final class CharacterFeatures {
  private static final int MAX_TRIGRAM_CHARACTERS = 1_024;

  private CharacterFeatures() {}

  static void put(String a, String b, FeatureValues out) {
    int shorter = Math.min(a.length(), b.length());
    int prefix = 0;
    while (prefix < shorter && a.charAt(prefix) == b.charAt(prefix)) {
      prefix++;
    }
    int suffix = 0;
    while (suffix < shorter - prefix
        && a.charAt(a.length() - 1 - suffix) == b.charAt(b.length() - 1 - suffix)) {
      suffix++;
    }
    out.set(Feature.REMAINDER, Math.log1p(Math.max(a.length(), b.length()) - prefix - suffix));
    out.set(Feature.AFFIX, (prefix + suffix) / (double) Math.max(1, shorter));
    long[] x = trigrams(a);
    long[] y = trigrams(b);
    int common = commonElements(x, y);
    out.set(Feature.TRIGRAM, 1 - (common + 1.0) / (x.length + y.length - common + 1.0));
  }

  /** Returns the distinct sequences of three characters, each packed in a long, sorted. */
  private static long[] trigrams(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    int count = Math.max(0, Math.min(lower.length(), MAX_TRIGRAM_CHARACTERS) - 2);
    return LongStream.range(0, count).map(i -> pack(lower, (int) i)).sorted().distinct().toArray();
  }

  private static long pack(String text, int start) {
    return (long) text.charAt(start) << 32
        | (long) text.charAt(start + 1) << 16
        | text.charAt(start + 2);
  }

  private static int commonElements(long[] a, long[] b) {
    int common = 0;
    int i = 0;
    int j = 0;
    while (i < a.length && j < b.length) {
      if (a[i] == b[j]) {
        common++;
      }
      long smaller = Math.min(a[i], b[j]);
      i += a[i] == smaller ? 1 : 0;
      j += j < b.length && b[j] == smaller ? 1 : 0;
    }
    return common;
  }
}
