package io.github.semcache.verify;

import io.github.semcache.internal.language.TextDiff;
import io.github.semcache.internal.language.Token;
import io.github.semcache.internal.language.Token.Trait;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

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
    Set<String> names = places(first, diff.onlyInFirst(), true);
    Set<String> otherNames = places(second, diff.onlyInSecond(), true);
    return (!names.isEmpty()
            && !Collections.disjoint(names, places(second, diff.onlyInSecond(), false)))
        || (!otherNames.isEmpty()
            && !Collections.disjoint(otherNames, places(first, diff.onlyInFirst(), false)));
  }

  /** Returns the neighbors of runs of words that the other text does not have. */
  private static Set<String> places(List<Token> tokens, List<Token> unmatched, boolean names) {
    Set<Token> missing = Collections.newSetFromMap(new IdentityHashMap<>());
    missing.addAll(unmatched);
    Set<String> places = new HashSet<>();
    int size = Math.min(tokens.size(), MAX_TOKENS);
    for (int start = 0; start < size; start++) {
      int end = start;
      while (end < size && missing.contains(tokens.get(end))) {
        end++;
      }
      if (end > start && end - start <= MAX_WORDS && isRun(tokens.subList(start, end), names)) {
        places.add(key(tokens, start - 1) + " " + key(tokens, end));
      }
      start = end;
    }
    return places;
  }

  private static boolean isRun(List<Token> run, boolean names) {
    return run.stream()
        .anyMatch(token -> token.isContent() && (!names || token.is(Trait.PROPER_NOUN)));
  }

  private static String key(List<Token> tokens, int index) {
    return index < 0 || index >= tokens.size() ? BOUNDARY : tokens.get(index).key();
  }
}
