package io.github.semcache.verify;

import io.github.semcache.internal.language.Token;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Texts with the same words in another order. */
final class WordOrderRules {
  /** Words that are ignored when the order of the other words is compared. */
  private static final Set<String> AUXILIARIES =
      Set.of("a", "an", "the", "do", "does", "did", "is", "are", "was", "were", "be");

  private static final Set<String> JOINING =
      Set.of("and", "or", "&", "vs", "versus", "with", "between", ",");

  private static final int MAX_ORDERED = 256;

  private WordOrderRules() {}

  /**
   * Returns whether one word is repeated instead of another: "who is a if a is b", "... b is a".
   */
  static boolean areCountsExchanged(List<Token> first, List<Token> second) {
    Map<String, Integer> difference = new HashMap<>();
    first.stream().limit(MAX_ORDERED).forEach(t -> difference.merge(t.key(), 1, Integer::sum));
    second.stream().limit(MAX_ORDERED).forEach(t -> difference.merge(t.key(), -1, Integer::sum));
    Set<String> repeated = new HashSet<>();
    for (List<Token> side : List.of(first, second)) {
      Set<String> seen = new HashSet<>();
      side.stream()
          .limit(MAX_ORDERED)
          .filter(t -> t.isContent() && !seen.add(t.key()))
          .forEach(t -> repeated.add(t.key()));
    }
    return repeated.stream().anyMatch(key -> difference.getOrDefault(key, 0) > 0)
        && repeated.stream().anyMatch(key -> difference.getOrDefault(key, 0) < 0);
  }

  private static List<Token> ordered(List<Token> tokens) {
    return tokens.stream()
        .limit(MAX_ORDERED)
        .filter(token -> !AUXILIARIES.contains(token.key()))
        .toList();
  }

  /** Returns whether two texts are the same except that two words have exchanged their places. */
  static boolean isTransposed(List<Token> first, List<Token> second) {
    List<Token> a = ordered(first);
    List<Token> b = ordered(second);
    if (a.size() != b.size()) {
      return false;
    }
    int one = -1;
    int other = -1;
    for (int i = 0; i < a.size(); i++) {
      if (!a.get(i).key().equals(b.get(i).key())) {
        if (other >= 0) {
          return false;
        }
        if (one < 0) {
          one = i;
        } else {
          other = i;
        }
      }
    }
    if (other < 0
        || !a.get(one).key().equals(b.get(other).key())
        || !a.get(other).key().equals(b.get(one).key())) {
      return false;
    }
    List<String> between = a.subList(one + 1, other).stream().map(Token::key).toList();
    return between.isEmpty() ? !a.get(one).isDateWith(a.get(other)) : !JOINING.containsAll(between);
  }
}
