package io.github.semcache.policy.guard;

import io.github.semcache.policy.guard.Word.Trait;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Objects to a negation that only one text has, where the texts are alike otherwise. */
record NegationGuard(Lexicon words) implements Guard {
  private static final Set<String> IMPERATIVES = Set.of("don't", "dont", "can't", "cant");

  @Override
  public Optional<GuardReason> objection(PromptPair prompts) {
    Difference difference = prompts.difference(words);
    boolean negated =
        difference.mayBeEnglish() && difference.negationChanged() && !difference.contentReplaced();
    return negated ? Optional.of(GuardReason.NEGATION) : Optional.empty();
  }

  /** Whether a text negates what it says. */
  static boolean isNegated(List<Token> tokens) {
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.get(i).is(Trait.NEGATION) && !isQuestion(tokens, i)) {
        return true;
      }
    }
    return false;
  }

  /** "Isn't it ..." asks the same as "Is it ...". */
  private static boolean isQuestion(List<Token> tokens, int index) {
    Token token = tokens.get(index);
    String form = token.form();
    if (!token.initial() || !(form.endsWith("n't") || form.endsWith("nt"))) {
      return false;
    }
    boolean beforePronoun = index + 1 < tokens.size() && tokens.get(index + 1).is(Trait.FUNCTION);
    return beforePronoun || !IMPERATIVES.contains(form);
  }
}
