package io.github.semcache.internal.verify;

import io.github.semcache.internal.language.Token;
import io.github.semcache.internal.language.Token.Trait;
import io.github.semcache.internal.verify.TokenAlignment.Side;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where the words of two texts stand: prepositional phrases, order, and neighbors. */
final class StructureFeatures {
  private static final int MAX_ORDERED = 64;
  private static final Set<String> FROM = Set.of("from", "off", "out");
  private static final Set<String> TO = Set.of("to", "into", "onto", "toward", "towards");
  private static final Set<String> EXCLUSIVE = Set.of("before", "after", "without");

  private StructureFeatures() {}

  static void put(TokenAlignment alignment, FeatureValues out) {
    Side a = alignment.first;
    Side b = alignment.second;
    out.setMaxMin(Feature.PHRASE_MAX, Feature.PHRASE_MIN, inPhrases(a), inPhrases(b));
    List<int[]> shared = sharedPositions(a, b);
    bindings(a, b, shared, out);
    inversions(a, b, shared.subList(0, Math.min(shared.size(), MAX_ORDERED)), out);
    out.set(Feature.TAIL, Math.max(tail(a), tail(b)));
    out.set(Feature.HEAD, Math.max(head(a), head(b)));
    out.set(Feature.MODIFIER, Math.max(modifiers(a), modifiers(b)));
    out.set(Feature.REPLACED, replacedInPlace(a, b));
    int i = firstContent(a);
    int j = firstContent(b);
    out.set(Feature.VERB_REPLACED, i >= 0 && j >= 0 && a.isUnmatched(i) && b.isUnmatched(j));
    out.set(Feature.FIRST_CONTENT, !contentKey(a, i).equals(contentKey(b, j)));
  }

  private static int inPhrases(Side side) {
    int count = 0;
    for (int i = 0; i < side.size(); i++) {
      boolean unmatched = side.isUnmatched(i) && side.token(i).isContent();
      count += unmatched && !side.prepositions[i].isEmpty() ? 1 : 0;
    }
    return count;
  }

  /** Returns the positions of each word that occurs once in both texts. */
  private static List<int[]> sharedPositions(Side a, Side b) {
    Map<String, Integer> inA = a.positions();
    Map<String, Integer> inB = b.positions();
    List<int[]> shared = new ArrayList<>();
    for (int i = 0; i < a.size(); i++) {
      String key = a.token(i).key();
      Integer own = inA.get(key);
      Integer other = inB.get(key);
      if (own != null && own == i && other != null && other >= 0) {
        shared.add(new int[] {i, other});
      }
    }
    return shared;
  }

  private static void bindings(Side a, Side b, List<int[]> shared, FeatureValues out) {
    int hard = 0;
    int soft = 0;
    int one = 0;
    for (int[] word : shared) {
      String p = a.prepositions[word[0]];
      String q = b.prepositions[word[1]];
      if (p.equals(q)) {
        continue;
      }
      if (p.isEmpty() || q.isEmpty()) {
        one++;
      } else if (isHard(p, q)) {
        hard++;
      } else {
        soft++;
      }
    }
    out.set(Feature.BIND_HARD, hard);
    out.set(Feature.BIND_SOFT, soft);
    out.set(Feature.BIND_ONE, one);
  }

  private static boolean isHard(String p, String q) {
    return (FROM.contains(p) && TO.contains(q))
        || (TO.contains(p) && FROM.contains(q))
        || EXCLUSIVE.contains(p)
        || EXCLUSIVE.contains(q);
  }

  private static void inversions(Side a, Side b, List<int[]> shared, FeatureValues out) {
    int inversions = 0;
    int free = 0;
    for (int x = 0; x < shared.size(); x++) {
      for (int y = x + 1; y < shared.size(); y++) {
        int[] one = shared.get(x);
        int[] other = shared.get(y);
        if (one[1] > other[1] && !a.token(one[0]).isDateWith(a.token(other[0]))) {
          inversions++;
          boolean bound = isBound(a, one[0], other[0]) && isBound(b, one[1], other[1]);
          free += bound ? 0 : 1;
        }
      }
    }
    out.set(Feature.INVERSIONS, inversions);
    out.set(Feature.FREE_INVERSIONS, free);
  }

  private static boolean isBound(Side side, int i, int j) {
    return !side.prepositions[i].isEmpty() || !side.prepositions[j].isEmpty();
  }

  private static int tail(Side side) {
    return unmatchedFrom(side, side.size() - 1, -1);
  }

  private static int head(Side side) {
    return unmatchedFrom(side, 0, 1);
  }

  /**
   * Counts the words and numbers without a counterpart from an end to the first one that has one.
   */
  private static int unmatchedFrom(Side side, int start, int step) {
    int count = 0;
    for (int i = start; i >= 0 && i < side.size(); i += step) {
      if (side.token(i).isContent() || side.token(i).isNumber()) {
        if (!side.isUnmatched(i)) {
          break;
        }
        count++;
      }
    }
    return count;
  }

  /** Counts words without a counterpart directly before or after a content word that has one. */
  private static int modifiers(Side side) {
    int count = 0;
    for (int i = 0; i < side.size(); i++) {
      Token token = side.token(i);
      if (side.isUnmatched(i) && token.isContent() && !token.is(Trait.LIGHT)) {
        count += isMatchedContent(side, i + 1) || isMatchedContent(side, i - 1) ? 1 : 0;
      }
    }
    return count;
  }

  private static boolean isMatchedContent(Side side, int i) {
    return i >= 0 && i < side.size() && side.token(i).isContent() && !side.isUnmatched(i);
  }

  /** Counts words that stand between the same neighbors as another word of the other text. */
  private static int replacedInPlace(Side first, Side second) {
    Set<String> places = new HashSet<>();
    for (int i = 0; i < first.size(); i++) {
      if (first.isUnmatched(i) && first.token(i).isContent()) {
        places.add(key(first, i - 1) + " " + key(first, i + 1));
        places.add(key(first, i - 1) + " *");
        places.add("* " + key(first, i + 1));
      }
    }
    int count = 0;
    for (int j = 0; j < second.size(); j++) {
      if (second.isUnmatched(j) && second.token(j).isContent()) {
        String before = key(second, j - 1);
        String after = key(second, j + 1);
        boolean one = places.contains(before + " *") || places.contains("* " + after);
        count += places.contains(before + " " + after) ? 2 : one ? 1 : 0;
      }
    }
    return count;
  }

  private static String key(Side side, int i) {
    return i < 0 || i >= side.size() ? "|" : side.token(i).key();
  }

  private static int firstContent(Side side) {
    for (int i = 0; i < side.size(); i++) {
      if (side.token(i).isContent()) {
        return i;
      }
    }
    return -1;
  }

  private static String contentKey(Side side, int i) {
    return i < 0 ? "" : side.token(i).key();
  }
}
