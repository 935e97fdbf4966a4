package io.github.semcache.internal.language;

import io.github.semcache.internal.language.Dictionary.WordList;

/** Applies to an opposite word, unless one of the texts is negated: "wrong" and "not right". */
final class OppositeRule {
  private static final String[] NEGATIVE_PREFIXES = {"un", "non", "dis", "anti", "il", "ir"};
  private static final int MIN_LENGTH = 3;

  private OppositeRule() {}

  static boolean appliesTo(TextDiff diff) {
    return diff.mayBeEnglish()
        && !diff.isNegationChanged()
        && (diff.hasConflict(WordList.OPPOSITES) || hasNegativeForm(diff));
  }

  private static boolean hasNegativeForm(TextDiff diff) {
    for (Token first : diff.onlyInFirst()) {
      for (Token second : diff.onlyInSecond()) {
        if (isNegativeForm(first, second) || isNegativeForm(second, first)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Returns whether one word is the other with a prefix such as "un". */
  private static boolean isNegativeForm(Token negative, Token plain) {
    int length = plain.key().length();
    if (length < MIN_LENGTH || !negative.key().endsWith(plain.key()) || !plain.isKnown()) {
      return false;
    }
    String prefix = negative.key().substring(0, negative.key().length() - length);
    for (String candidate : NEGATIVE_PREFIXES) {
      if (prefix.equals(candidate)) {
        return true;
      }
    }
    return false;
  }
}
