package io.github.semcache.internal.verify;

import io.github.semcache.internal.language.Dictionary.WordList;
import io.github.semcache.internal.language.DifferenceRule;
import io.github.semcache.internal.language.TextAnalysis;
import io.github.semcache.internal.language.TextDiff;
import io.github.semcache.internal.language.Token;
import io.github.semcache.internal.verify.TokenAlignment.Side;
import java.util.List;

/** What the guards find: numbers, dates, units, opposites, negations, and questions. */
final class GuardFeatures {
  private GuardFeatures() {}

  static void put(TokenAlignment alignment, FeatureValues out) {
    TextDiff diff = alignment.diff;
    out.set(Feature.NUMBER_REPLACED, diff.isNumberReplaced());
    out.set(Feature.NUMBER_ADDED, diff.isNumberAdded());
    out.set(Feature.NUMBER_ORDER, areNumbersReordered(alignment.first, alignment.second));
    out.set(Feature.UNITS, diff.hasConflict(WordList.UNITS));
    out.set(Feature.DATES, diff.hasConflict(WordList.DATES));
    out.set(Feature.OPPOSITE, diff.hasConflict(WordList.OPPOSITES));
    boolean negated = diff.first().negationCount() != diff.second().negationCount();
    out.set(Feature.NEGATION, diff.isNegationChanged() || negated);
    out.set(Feature.QUESTION, isOtherQuestion(alignment));
    out.set(Feature.NEGATION_GUARD, DifferenceRule.NEGATION.appliesTo(diff));
    out.set(Feature.ORDER_GUARD, DifferenceRule.SWAPPED_ORDER.appliesTo(diff));
    out.set(Feature.SYMBOL_GUARD, DifferenceRule.SYMBOL.appliesTo(diff));
    out.set(Feature.NAME_GUARD, DifferenceRule.REPLACED_NAME.appliesTo(diff));
    out.set(Feature.SUBSTITUTION, DifferenceRule.REPLACED_WORD.appliesTo(diff));
  }

  private static boolean isOtherQuestion(TokenAlignment alignment) {
    TextAnalysis.Question a = alignment.first.question;
    TextAnalysis.Question b = alignment.second.question;
    if (a == null || b == null || (a.isPlainWhat() && b.isPlainWhat())) {
      return false;
    }
    return a.conflictsWith(b);
  }

  private static boolean areNumbersReordered(Side first, Side second) {
    List<String> a = numbers(first);
    List<String> b = numbers(second);
    return a.size() == b.size() && a.size() > 1 && !a.equals(b);
  }

  private static List<String> numbers(Side side) {
    return side.tokens.stream().filter(Token::isNumber).map(Token::key).toList();
  }
}
