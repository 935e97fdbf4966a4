package io.github.semcache.internal.verify;

import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.guard.Guards;
import io.github.semcache.guard.PromptPair;
import io.github.semcache.internal.language.TextAnalysis;
import io.github.semcache.internal.language.TextDiff;
import io.github.semcache.internal.language.Token;
import io.github.semcache.internal.language.WordList;
import io.github.semcache.internal.verify.TokenAlignment.Side;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the guards find: numbers, dates, units, opposites, negations, and questions. */
final class GuardFeatures {
  private GuardFeatures() {}

  static void put(PromptPair pair, TokenAlignment alignment, FeatureValues out) {
    TextDiff diff = alignment.diff;
    out.set(Feature.NUMBER_REPLACED, diff.isNumberReplaced());
    out.set(Feature.NUMBER_ADDED, diff.isNumberAdded());
    out.set(Feature.NUMBER_ORDER, areNumbersReordered(alignment.first, alignment.second));
    out.set(Feature.UNITS, diff.hasConflict(WordList.UNITS));
    out.set(Feature.DATES, diff.hasConflict(WordList.DATES));
    out.set(Feature.OPPOSITE, diff.hasConflict(WordList.OPPOSITES));
    boolean negated = diff.first().negationCount() != diff.second().negationCount();
    out.set(Feature.NEGATION, diff.isNegationChanged() || negated);
    out.set(Feature.QUESTION, isOtherQuestion(diff));
    Set<RejectionReason> guards = new HashSet<>(Guards.english().rejections(pair));
    out.set(Feature.NEGATION_GUARD, guards.contains(RejectionReason.NEGATION));
    out.set(Feature.ORDER_GUARD, guards.contains(RejectionReason.SWAPPED_ORDER));
    out.set(Feature.SYMBOL_GUARD, guards.contains(RejectionReason.SYMBOL));
    out.set(Feature.NAME_GUARD, guards.contains(RejectionReason.REPLACED_NAME));
    out.set(Feature.SUBSTITUTION, guards.contains(RejectionReason.REPLACED_WORD));
  }

  private static boolean isOtherQuestion(TextDiff diff) {
    TextAnalysis.Question a = diff.first().question();
    TextAnalysis.Question b = diff.second().question();
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
