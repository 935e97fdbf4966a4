package io.github.semcache.guard;

import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.internal.language.Dictionary;
import io.github.semcache.internal.language.TextAnalysis;
import io.github.semcache.internal.language.TextDiff;
import io.github.semcache.internal.language.Token;
import io.github.semcache.internal.language.Token.Trait;
import io.github.semcache.internal.language.WordList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rejects a negation that only one prompt has, if the prompts are the same otherwise. The negation
 * must apply to something that the other prompt mentions: adding "it does not work any more" to "my
 * card is broken" changes nothing. A negated opposite changes nothing either.
 */
record NegationGuard(Dictionary words) implements Guard {

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    TextDiff diff = prompts.diff(words);
    boolean negated =
        diff.mayBeEnglish()
            && !diff.isContentReplaced()
            && !diff.hasConflict(WordList.OPPOSITES, token -> !token.is(Trait.NEGATION))
            && (addsNegation(diff.first(), diff.second(), diff.onlyInSecond())
                || addsNegation(diff.second(), diff.first(), diff.onlyInFirst()));
    return negated ? Optional.of(RejectionReason.NEGATION) : Optional.empty();
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
