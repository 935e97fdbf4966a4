package io.github.semcache.internal.language;

/** Applies to texts in different languages or scripts. */
final class LanguageRule {
  private LanguageRule() {}

  static boolean appliesTo(TextDiff diff) {
    String first = diff.first().language();
    String second = diff.second().language();
    return !first.isEmpty() && !second.isEmpty() && !first.equals(second);
  }
}
