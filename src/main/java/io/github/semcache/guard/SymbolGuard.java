package io.github.semcache.guard;

import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.internal.language.Dictionary;
import io.github.semcache.internal.language.TextAnalysis;
import io.github.semcache.internal.language.TextDiff;
import io.github.semcache.internal.language.Token;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Rejects a different operator, emoji or sign. The vocabulary of many embedding models contains
 * only a few symbols; these models do not distinguish other symbols.
 */
record SymbolGuard(Dictionary words) implements Guard {
  private static final Set<String> ARITHMETIC = Set.of("plus", "minus", "times", "divided by");

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    TextDiff diff = prompts.diff(words);
    boolean replaced = hasSymbol(diff.onlyInFirst()) && hasSymbol(diff.onlyInSecond());
    return replaced || isArithmeticReplaced(diff)
        ? Optional.of(RejectionReason.SYMBOL)
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

  /** Returns whether both prompts have the same number of arithmetic signs, but different ones. */
  private static boolean isArithmeticReplaced(TextDiff diff) {
    if (!hasArithmetic(diff.onlyInFirst()) && !hasArithmetic(diff.onlyInSecond())) {
      return false;
    }
    List<String> asked = arithmeticSigns(diff.first());
    List<String> cached = arithmeticSigns(diff.second());
    return asked.size() == cached.size() && !asked.equals(cached);
  }

  private static boolean hasArithmetic(List<Token> tokens) {
    for (Token token : tokens) {
      if (ARITHMETIC.contains(token.key())) {
        return true;
      }
    }
    return false;
  }

  private static List<String> arithmeticSigns(TextAnalysis text) {
    if (!text.hasNumber()) {
      return List.of();
    }
    return text.tokens().stream().map(Token::key).filter(ARITHMETIC::contains).sorted().toList();
  }
}
