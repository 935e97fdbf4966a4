package io.github.semcache.verify;

import io.github.semcache.internal.language.Token;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Differences in the prepositions between words and numbers: "from Oslo to Kiel" and "from Kiel to
 * Oslo", "to 20 %" and "by 20 %", "a poem for my mother" and "a poem about my mother".
 */
final class RelationRules {
  /** The maximum distance of the ends of "between X and Y", in words. */
  private static final int MAX_DISTANCE = 6;

  /** Prepositions of a quantity with a unit, each of which has another meaning. */
  private static final Set<String> PREPOSITIONS_OF_DURATION =
      Set.of("in", "for", "after", "before", "until", "since", "every");

  private static final Set<String> RELATIONS =
      Set.of("by", "like", "about", "for", "to", "against");

  /** Relations that no other one can replace. */
  private static final Set<String> DISTINCT = Set.of("like", "against");

  private static final Set<String> TARGETS = Set.of("in", "to", "into");

  /** Words before a period, apart from articles: "once a week", "every day". */
  private static final Set<String> PER = Set.of("once", "twice", "times", "per", "every", "each");

  private static final Set<String> PERIODS =
      Set.of("hour", "day", "night", "week", "month", "year");

  /** Things that have an author, a subject, and a reader. */
  private static final Set<String> WORKS =
      Set.of(
          "song",
          "music",
          "book",
          "novel",
          "poem",
          "story",
          "movie",
          "film",
          "article",
          "letter",
          "essay",
          "speech",
          "message",
          "email",
          "podcast",
          "review",
          "joke",
          "picture",
          "painting",
          "text",
          "toast");

  /** Prepositions of a new value, and of the difference from the old one. */
  private static final List<Set<String>> AMOUNTS = List.of(Set.of("to"), Set.of("by"));

  /** Prepositions of a time, of the time before it, and of the time after it. */
  private static final List<Set<String>> TIMES =
      List.of(Set.of("at", "around"), Set.of("before", "until", "till"), Set.of("after", "since"));

  private RelationRules() {}

  /** Returns whether two texts without articles relate the same words in another way. */
  static boolean areDifferent(List<Token> a, List<Token> b) {
    return isDirectionReversed(a, b)
        || isDirectionReversed(b, a)
        || isNumberBoundOtherwise(a, b)
        || isRelatedOtherwise(a, b)
        || isConversionReversed(a, b)
        || isConversionReversed(b, a)
        || isPeriodDifferent(a, b);
  }

  /** Returns whether "between X and Y" in one text is "from Y to X" in the other. */
  private static boolean isDirectionReversed(List<Token> a, List<Token> b) {
    int between = RoleRules.indexOf("between", a, 0);
    int and = between < 0 ? -1 : RoleRules.indexOf("and", a, between);
    if (and < between + 2 || and - between > MAX_DISTANCE || and + 1 >= a.size()) {
      return false;
    }
    int start = RoleRules.find(a.get(and - 1), b);
    int end = RoleRules.find(a.get(and + 1), b);
    return start > 0
        && end > 0
        && (b.get(start - 1).form().equals("to") || b.get(end - 1).form().equals("from"));
  }

  /**
   * Returns whether a number has a preposition that gives it another meaning: "raise it to 20 %",
   * "raise it by 20 %", "arrive at 5 pm", "arrive before 5 pm", "in ten minutes", "for ten
   * minutes".
   */
  private static boolean isNumberBoundOtherwise(List<Token> a, List<Token> b) {
    for (int i = 1; i < a.size(); i++) {
      Token number = a.get(i);
      String preposition = a.get(i - 1).form();
      for (int j = 1; j < b.size() && number.isNumber(); j++) {
        if (b.get(j).key().equals(number.key())
            && areExclusive(number, preposition, b.get(j - 1).form())) {
          return true;
        }
      }
    }
    return false;
  }

  /** Returns whether "30 euros in pounds" becomes "30 pounds in euros". */
  private static boolean isConversionReversed(List<Token> a, List<Token> b) {
    for (int i = 0; i + 1 < a.size(); i++) {
      if (a.get(i).hasUnit() && a.get(i + 1).kind() == Token.Kind.NUMBER_PART) {
        String key = a.get(i).key();
        String amount = key.substring(0, key.indexOf('/'));
        String unit = a.get(i + 1).key();
        if (b.stream().anyMatch(token -> token.isNumber() && token.key().equals(amount))
            && isTarget(unit, b)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isTarget(String unit, List<Token> tokens) {
    for (int i = 1; i < tokens.size(); i++) {
      if (tokens.get(i).key().equals(unit) && TARGETS.contains(tokens.get(i - 1).form())) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether both texts have a period, and another one: "once a week", "every day". */
  private static boolean isPeriodDifferent(List<Token> a, List<Token> b) {
    Set<String> periods = periods(a);
    Set<String> others = periods(b);
    return !periods.isEmpty() && !others.isEmpty() && !periods.equals(others);
  }

  private static Set<String> periods(List<Token> tokens) {
    Set<String> periods = new HashSet<>();
    for (int i = 1; i < tokens.size(); i++) {
      String form = tokens.get(i).form();
      if (PERIODS.contains(form) && PER.contains(tokens.get(i - 1).form())) {
        periods.add(form);
      }
    }
    return periods;
  }

  private static boolean areExclusive(Token number, String preposition, String other) {
    return !preposition.equals(other)
        && (areInDifferent(AMOUNTS, preposition, other)
            || areInDifferent(TIMES, preposition, other)
            || (number.hasUnit()
                && PREPOSITIONS_OF_DURATION.contains(preposition)
                && PREPOSITIONS_OF_DURATION.contains(other)));
  }

  /** Returns whether each of two words is in one of the sets, and they are in different ones. */
  private static boolean areInDifferent(List<Set<String>> sets, String word, String other) {
    return sets.stream().anyMatch(set -> set.contains(word) && !set.contains(other))
        && sets.stream().anyMatch(set -> set.contains(other) && !set.contains(word));
  }

  /**
   * Returns whether two words have another preposition between them: "songs by Adele", "songs like
   * Adele", "a poem about my mother", "a poem for my mother".
   */
  private static boolean isRelatedOtherwise(List<Token> a, List<Token> b) {
    for (int i = 1; i + 1 < a.size(); i++) {
      String relation = a.get(i).form();
      if (RELATIONS.contains(relation) && a.get(i - 1).isContent()) {
        for (int j = 1; j + 1 < b.size(); j++) {
          String other = b.get(j).form();
          if (RELATIONS.contains(other)
              && !other.equals(relation)
              && (DISTINCT.contains(relation)
                  || DISTINCT.contains(other)
                  || WORKS.contains(a.get(i - 1).key()))
              && a.get(i - 1).key().equals(b.get(j - 1).key())
              && a.get(i + 1).key().equals(b.get(j + 1).key())) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
