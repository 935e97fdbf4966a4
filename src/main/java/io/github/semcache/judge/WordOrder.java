package io.github.semcache.judge;

import io.github.semcache.internal.language.TextAnalysis;
import io.github.semcache.internal.language.Token;
import io.github.semcache.internal.language.Token.Trait;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Decides whether two texts with the same content words state the same. */
final class WordOrder {
  private static final Set<String> COPULAS = Set.of("is", "are", "was", "were");

  private WordOrder() {}

  /**
   * Returns whether the content words of two texts have the same order, or an order that makes no
   * difference: a list in another order, or a part of a sentence that moved from its end to its
   * start.
   *
   * @param isOrdered whether a text describes steps, whose order matters
   */
  static boolean isEquivalent(TextAnalysis first, TextAnalysis second, boolean isOrdered) {
    List<String> a = common(first, second);
    List<String> b = common(second, first);
    if (a.equals(b)) {
      return true;
    }
    return !isOrdered && a.size() == b.size() && (isRotation(a, b) || isList(first, second));
  }

  /**
   * Returns whether two sentences with one form of "be" have exchanged sides: "Paris is the capital
   * of France" and "the capital of France is Paris".
   */
  static boolean areSidesExchanged(TextAnalysis first, TextAnalysis second) {
    int a = copula(first);
    int b = copula(second);
    return a > 0
        && b > 0
        && words(first, 0, a).equals(words(second, b + 1, second.tokens().size()))
        && words(second, 0, b).equals(words(first, a + 1, first.tokens().size()));
  }

  /** Returns the index of the only form of "be", or −1. */
  private static int copula(TextAnalysis text) {
    int found = -1;
    for (int i = 0; i < text.tokens().size(); i++) {
      if (COPULAS.contains(text.tokens().get(i).form())) {
        if (found >= 0) {
          return -1;
        }
        found = i;
      }
    }
    return found;
  }

  private static Set<String> words(TextAnalysis text, int from, int to) {
    Set<String> words = new TreeSet<>();
    for (Token token : text.tokens().subList(from, to)) {
      if (isFact(token)) {
        words.add(token.key());
      }
    }
    return words;
  }

  private static boolean isFact(Token token) {
    return token.isContent() || token.isNumber();
  }

  private static List<String> common(TextAnalysis text, TextAnalysis other) {
    List<String> words = new ArrayList<>();
    for (Token token : text.tokens()) {
      if (isFact(token) && other.has(token.key())) {
        words.add(token.key());
      }
    }
    return words;
  }

  /** Returns whether two parts of the whole text are exchanged. */
  private static boolean isRotation(List<String> a, List<String> b) {
    for (int split = 1; a.size() > 2 && split < a.size(); split++) {
      if (a.subList(split, a.size()).equals(b.subList(0, a.size() - split))
          && a.subList(0, split).equals(b.subList(a.size() - split, a.size()))) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether the texts differ only in the order of the words of one list. */
  private static boolean isList(TextAnalysis first, TextAnalysis second) {
    List<Token> a = withoutConjunctions(first);
    List<Token> b = withoutConjunctions(second);
    if (a.size() != b.size() || a.size() == first.tokens().size() || a.size() > 256) {
      return false;
    }
    int from = 0;
    int to = a.size();
    while (from < to && a.get(from).key().equals(b.get(from).key())) {
      from++;
    }
    while (to > from && a.get(to - 1).key().equals(b.get(to - 1).key())) {
      to--;
    }
    return a.subList(from, to).stream().allMatch(Token::isContent)
        && keys(a.subList(from, to)).equals(keys(b.subList(from, to)));
  }

  private static List<Token> withoutConjunctions(TextAnalysis text) {
    return text.tokens().stream().filter(token -> !token.is(Trait.CONJUNCTION)).toList();
  }

  private static List<String> keys(List<Token> tokens) {
    return tokens.stream().map(Token::key).sorted().toList();
  }
}
