package io.github.semcache.internal.verify;

import io.github.semcache.internal.language.Token;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Classes of function words that affect the meaning of a sentence. */
final class FunctionWords {
  static final Set<String> PREPOSITIONS =
      Set.of(
          "of",
          "in",
          "on",
          "at",
          "by",
          "for",
          "with",
          "from",
          "to",
          "into",
          "onto",
          "about",
          "as",
          "via",
          "per",
          "through",
          "off",
          "out",
          "over",
          "under",
          "between",
          "within",
          "during",
          "until",
          "till",
          "since",
          "against",
          "toward",
          "towards",
          "around",
          "across",
          "along",
          "near",
          "before",
          "after",
          "without",
          "than",
          "upon",
          "among",
          "like",
          "inside",
          "outside",
          "above",
          "below",
          "behind",
          "beside",
          "besides",
          "beyond",
          "except",
          "including",
          "using");

  private static final Set<String> DETERMINERS =
      Set.of(
          "a", "an", "the", "this", "that", "these", "those", "my", "your", "his", "her", "its",
          "our", "their", "some", "any", "all", "each", "every", "no", "another", "other", "both");

  static final Set<String> QUANTIFIERS =
      Set.of(
          "all",
          "any",
          "every",
          "each",
          "both",
          "either",
          "neither",
          "only",
          "except",
          "including",
          "single",
          "double",
          "triple",
          "half",
          "full",
          "once",
          "twice",
          "thrice",
          "always",
          "never",
          "again",
          "another",
          "first",
          "last",
          "next",
          "previous",
          "more",
          "most",
          "less",
          "least",
          "few",
          "many",
          "none",
          "alone",
          "before",
          "after",
          "without",
          "still",
          "yet",
          "already",
          "too",
          "also",
          "else",
          "maybe",
          "certainly",
          "until",
          "since",
          "over",
          "under",
          "up",
          "down",
          "off",
          "out",
          "unless",
          "if");

  static final Set<String> MODALS =
      Set.of("can", "could", "may", "might", "must", "shall", "should", "will", "would", "ought");

  private static final Map<String, Integer> PERSONS =
      Map.ofEntries(
          Map.entry("i", 1),
          Map.entry("me", 1),
          Map.entry("my", 1),
          Map.entry("mine", 1),
          Map.entry("myself", 1),
          Map.entry("we", 1),
          Map.entry("us", 1),
          Map.entry("our", 1),
          Map.entry("ours", 1),
          Map.entry("i'm", 1),
          Map.entry("i've", 1),
          Map.entry("i'd", 1),
          Map.entry("i'll", 1),
          Map.entry("im", 1),
          Map.entry("you", 2),
          Map.entry("your", 2),
          Map.entry("yours", 2),
          Map.entry("yourself", 2),
          Map.entry("you're", 2),
          Map.entry("you've", 2),
          Map.entry("u", 2),
          Map.entry("ur", 2),
          Map.entry("he", 3),
          Map.entry("him", 3),
          Map.entry("his", 3),
          Map.entry("himself", 3),
          Map.entry("he's", 3),
          Map.entry("she", 4),
          Map.entry("her", 4),
          Map.entry("hers", 4),
          Map.entry("herself", 4),
          Map.entry("she's", 4),
          Map.entry("they", 5),
          Map.entry("them", 5),
          Map.entry("their", 5),
          Map.entry("theirs", 5),
          Map.entry("they're", 5));

  private FunctionWords() {}

  /** Returns the grammatical person of a pronoun, from 1 to 5, or 0 for another word. */
  static int person(Token token) {
    return token.isContent() ? 0 : PERSONS.getOrDefault(token.form(), 0);
  }

  /** Returns the preposition that governs each token, or an empty string. */
  static String[] prepositions(List<Token> tokens) {
    String[] result = new String[tokens.size()];
    String current = "";
    boolean inside = false;
    for (int i = 0; i < result.length; i++) {
      Token token = tokens.get(i);
      String form = token.form();
      result[i] = "";
      if (!token.isContent() && PREPOSITIONS.contains(form)) {
        current = form;
        inside = false;
      } else if (token.isContent() || token.isNumber() || token.kind() == Token.Kind.NUMBER_PART) {
        result[i] = current;
        inside = true;
      } else if (inside || !DETERMINERS.contains(form)) {
        current = "";
        inside = false;
      }
    }
    return result;
  }
}
