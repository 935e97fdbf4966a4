package io.github.semcache.internal.language;

import java.util.List;
import java.util.Set;

/**
 * Applies to a different operator, emoji or sign. The vocabulary of many embedding models contains
 * only a few symbols; these models do not distinguish other symbols.
 */
final class SymbolRule {
  private static final Set<String> ARITHMETIC = Set.of("plus", "minus", "times", "divided by");

  private SymbolRule() {}

  static boolean appliesTo(TextDiff diff) {
    boolean isReplaced = hasSymbol(diff.onlyInFirst()) && hasSymbol(diff.onlyInSecond());
    return isReplaced || isArithmeticReplaced(diff);
  }

  private static boolean hasSymbol(List<Token> tokens) {
    for (Token token : tokens) {
      if (token.kind() == Token.Kind.SYMBOL || !Character.isLetterOrDigit(token.form().charAt(0))) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether both texts have the same number of arithmetic signs, but different ones. */
  private static boolean isArithmeticReplaced(TextDiff diff) {
    if (!hasArithmetic(diff.onlyInFirst()) && !hasArithmetic(diff.onlyInSecond())) {
      return false;
    }
    List<String> first = arithmeticSigns(diff.first());
    List<String> second = arithmeticSigns(diff.second());
    return first.size() == second.size() && !first.equals(second);
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
