package io.github.semcache.internal.language;

import io.github.semcache.internal.language.Dictionary.WordList;
import io.github.semcache.internal.language.Token.Trait;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Applies to a negation that only one text has, if the texts are the same otherwise. The negation
 * must apply to something that the other text mentions: adding "it does not work any more" to "my
 * card is broken" changes nothing. A negated opposite changes nothing either.
 */
final class NegationRule {
  private NegationRule() {}

  static boolean appliesTo(TextDiff diff) {
    return diff.mayBeEnglish()
        && !diff.isContentReplaced()
        && !diff.hasConflict(WordList.OPPOSITES, token -> !token.is(Trait.NEGATION))
        && (addsNegation(diff.first(), diff.second(), diff.onlyInSecond())
            || addsNegation(diff.second(), diff.first(), diff.onlyInFirst()));
  }

  /** Returns whether a text negates something that the other text mentions without negation. */
  private static boolean addsNegation(
      TextAnalysis text, TextAnalysis other, List<Token> onlyInOther) {
    if (!text.isNegated()) {
      return false;
    }
    Set<String> negatedInOther =
        other.negated().stream().map(Token::key).collect(Collectors.toUnmodifiableSet());
    boolean negatesMore =
        negatedInOther.isEmpty()
            || (text.negationCount() > other.negationCount()
                && text.negated().stream().map(Token::key).toList().containsAll(negatedInOther));
    return negatesMore
        && onlyInOther.stream().noneMatch(token -> token.is(Trait.ADVERSE))
        && text.negated().stream()
            .filter(token -> !negatedInOther.contains(token.key()))
            .anyMatch(token -> other.has(token.form()) || other.has(token.key()));
  }
}
