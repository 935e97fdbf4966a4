package io.github.semcache.guard;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Objects to another operator, emoji or sign in place of one. Many embedding models know few of
 * them and take one for the other.
 */
record SymbolGuard(Lexicon words) implements Guard {
  private static final Set<String> ARITHMETIC = Set.of("plus", "minus", "times", "divided by");

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    Difference difference = prompts.difference(words);
    boolean replaced = hasSymbol(difference.onlyAsked()) && hasSymbol(difference.onlyCached());
    return replaced || hasOtherSigns(difference)
        ? Optional.of(RejectionReason.SYMBOL)
        : Optional.empty();
  }

  /** Whether as many signs of arithmetic stand in both texts, and not the same ones. */
  private static boolean hasOtherSigns(Difference difference) {
    if (!hasSign(difference.onlyAsked()) && !hasSign(difference.onlyCached())) {
      return false;
    }
    List<String> asked = signs(difference.asked());
    List<String> cached = signs(difference.cached());
    return asked.size() == cached.size() && !asked.equals(cached);
  }

  private static boolean hasSign(List<Token> tokens) {
    for (Token token : tokens) {
      if (ARITHMETIC.contains(token.key())) {
        return true;
      }
    }
    return false;
  }

  private static List<String> signs(Analysis text) {
    if (text.quantities().isEmpty()) {
      return List.of();
    }
    return text.tokens().stream().map(Token::key).filter(ARITHMETIC::contains).sorted().toList();
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
