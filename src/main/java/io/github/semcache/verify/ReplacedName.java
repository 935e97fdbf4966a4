package io.github.semcache.verify;

import io.github.semcache.internal.language.Dictionary.WordList;
import io.github.semcache.internal.language.TextDiff;
import io.github.semcache.internal.language.Token;
import io.github.semcache.internal.language.Token.Trait;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Detects a name in the place of other words, which need not be a name by themselves: "the american
 * flight", "the us air flight".
 */
final class ReplacedName {
  private static final int MAX_TOKENS = 128;

  /** The maximum number of words of a name. */
  private static final int MAX_WORDS = 3;

  private static final String BOUNDARY = "|";

  private ReplacedName() {}

  /** Returns whether words between the same neighbors differ and one of them is a name. */
  static boolean isIn(TextDiff diff) {
    List<Token> first = diff.first().tokens();
    List<Token> second = diff.second().tokens();
    return isReplaced(first, diff.onlyInFirst(), second, diff.onlyInSecond())
        || isReplaced(second, diff.onlyInSecond(), first, diff.onlyInFirst());
  }

  private static boolean isReplaced(
      List<Token> tokens, List<Token> unmatched, List<Token> others, List<Token> othersUnmatched) {
    Set<String> names = places(tokens, unmatched, token -> isName(token, others));
    return !names.isEmpty()
        && !Collections.disjoint(names, places(others, othersUnmatched, Token::isContent));
  }

  /** Returns whether a token is a name, and the other text has no other form of it. */
  private static boolean isName(Token token, List<Token> others) {
    return token.isContent()
        && token.is(Trait.PROPER_NOUN)
        && others.stream().noneMatch(other -> token.isEquivalentTo(other, WordList.NAMES));
  }

  /** Returns the neighbors of runs of words that the other text does not have, one as required. */
  private static Set<String> places(
      List<Token> tokens, List<Token> unmatched, Predicate<Token> condition) {
    Set<Token> missing = Collections.newSetFromMap(new IdentityHashMap<>());
    missing.addAll(unmatched);
    Set<String> places = new HashSet<>();
    int size = Math.min(tokens.size(), MAX_TOKENS);
    for (int start = 0; start < size; start++) {
      int end = start;
      while (end < size && missing.contains(tokens.get(end))) {
        end++;
      }
      List<Token> run = tokens.subList(start, end);
      if (!run.isEmpty() && run.size() <= MAX_WORDS && run.stream().anyMatch(condition)) {
        places.add(key(tokens, start - 1) + " " + key(tokens, end));
      }
      start = end;
    }
    return places;
  }

  private static String key(List<Token> tokens, int index) {
    return index < 0 || index >= tokens.size() ? BOUNDARY : tokens.get(index).key();
  }
}
