package io.github.semcache.verify;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Questions for an attribute or a reason that the other text does not mention: "how far is the
 * airport", "how do I get to the airport".
 */
final class AttributeRules {
  /** The words that mention an attribute, by the word after "how" that asks for it. */
  private static final Map<String, Set<String>> WORDS =
      Map.of(
          "far",
          Set.of("far", "distance", "away", "miles", "mile", "kilometers", "kilometres", "km"),
          "long",
          Set.of(
              "long",
              "length",
              "duration",
              "time",
              "take",
              "takes",
              "hours",
              "hour",
              "minutes",
              "days",
              "weeks",
              "months",
              "years",
              "last",
              "lasts",
              "quickly",
              "fast",
              "soon",
              "when",
              "until",
              "far",
              "meters",
              "feet",
              "miles",
              "live",
              "life",
              "lifespan",
              "expectancy",
              "eta",
              "wait",
              "longer",
              "date",
              "day",
              "month",
              "year",
              "timeframe",
              "timescale",
              "period",
              "expect",
              "arrive"),
          "often",
          Set.of(
              "often",
              "frequently",
              "frequency",
              "times",
              "every",
              "many",
              "regularly",
              "when",
              "until",
              "long"),
          "old",
          Set.of("old", "age", "aged", "born", "year", "years", "when"),
          "tall",
          Set.of("tall", "height", "high"),
          "deep",
          Set.of("deep", "depth"),
          "heavy",
          Set.of("heavy", "weight", "weigh", "weighs", "much", "weighing"),
          "fast",
          Set.of("fast", "quickly", "quick", "speed", "long", "soon"));

  /** The words of texts that ask for a reason, as "why" does. */
  private static final Set<String> REASONS =
      Set.of("why", "come", "reason", "reasons", "cause", "causes");

  private static final Set<String> SELECTING = Set.of("which", "what");

  private AttributeRules() {}

  /** Returns whether one text asks for an attribute that the other does not mention. */
  static boolean areDifferent(SurfaceTokens a, SurfaceTokens b) {
    List<String> first = a.lowerCaseWords();
    List<String> second = b.lowerCaseWords();
    return asksForMore(first, second)
        || asksForMore(second, first)
        || asksForNumber(first, second)
        || asksForNumber(second, first);
  }

  /** Returns whether "which flights" or "a list of flights" becomes "how many flights". */
  private static boolean asksForNumber(List<String> words, List<String> others) {
    int many = words.indexOf("many");
    if (many < 1 || !words.get(many - 1).equals("how") || many + 1 == words.size()) {
      return false;
    }
    String noun = words.get(many + 1);
    return !others.contains("many")
        && ((others.size() > 1 && SELECTING.contains(others.get(0)) && noun.equals(others.get(1)))
            || (others.contains("list") && !words.contains("list")));
  }

  private static boolean asksForSteps(List<String> words) {
    return words.size() > 2
        && words.get(0).equals("how")
        && (words.get(1).equals("to")
            || ((words.get(1).equals("do") || words.get(1).equals("can"))
                && words.get(2).equals("i")));
  }

  private static boolean asksForMore(List<String> words, List<String> others) {
    if (words.contains("why")
        && asksForSteps(others)
        && !words.contains("working")
        && others.stream().noneMatch(REASONS::contains)) {
      return true;
    }
    for (int i = 0; i + 1 < words.size(); i++) {
      Set<String> attribute =
          words.get(i).equals("how") ? WORDS.getOrDefault(words.get(i + 1), Set.of()) : Set.of();
      if (!attribute.isEmpty() && others.stream().noneMatch(attribute::contains)) {
        return true;
      }
    }
    return false;
  }
}
