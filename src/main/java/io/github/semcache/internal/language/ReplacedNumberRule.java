package io.github.semcache.internal.language;

import io.github.semcache.internal.language.Dictionary.WordList;

/** Applies to a different number, date, unit or currency. */
final class ReplacedNumberRule {
  private ReplacedNumberRule() {}

  static boolean appliesTo(TextDiff diff) {
    return diff.isNumberReplaced()
        || (diff.mayBeEnglish()
            && (diff.hasConflict(WordList.UNITS) || diff.hasConflict(WordList.DATES)));
  }
}
