package io.github.semcache.policy.guard;

import java.util.List;
import java.util.Optional;

/**
 * Objects to another operator, emoji or sign in place of one. Many embedding models know few of
 * them and take one for the other.
 */
record SymbolGuard(Lexicon words) implements Guard {

  @Override
  public Optional<GuardReason> objection(PromptPair prompts) {
    Difference difference = prompts.difference(words);
    return hasSymbol(difference.onlyAsked()) && hasSymbol(difference.onlyRemembered())
        ? Optional.of(GuardReason.SYMBOL)
        : Optional.empty();
  }

  private static boolean hasSymbol(List<Token> tokens) {
    for (Token token : tokens) {
      if (token.kind() == Token.Kind.SYMBOL || !Character.isLetterOrDigit(token.form().charAt(0))) {
        return true;
      }
    }
    return false;
  }
}
