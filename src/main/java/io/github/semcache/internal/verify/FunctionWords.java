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

  /** Verbs and nouns of requests that any other of them can replace: "show me", "what are". */
  static final Set<String> CARRIERS =
      Set.of(
          "show",
          "list",
          "find",
          "give",
          "tell",
          "get",
          "display",
          "provide",
          "see",
          "look",
          "search",
          "need",
          "want",
          "wish",
          "like",
          "love",
          "know",
          "check",
          "help",
          "let",
          "explain",
          "describe",
          "bring",
          "fetch",
          "locate",
          "identify",
          "retrieve",
          "return",
          "view",
          "learn",
          "inform",
          "present",
          "read",
          "hear",
          "make",
          "have",
          "take",
          "put",
          "go",
          "try",
          "available",
          "possible",
          "exist",
          "information",
          "info",
          "detail",
          "option");

  /** Function words for a place or a time. */
  static final Set<String> PLACES =
      Set.of(
          "here",
          "there",
          "now",
          "right now",
          "currently",
          "at the moment",
          "again",
          "up",
          "down",
          "out",
          "off",
          "over",
          "under",
          "near",
          "around",
          "along",
          "inside",
          "outside",
          "still",
          "already",
          "yet",
          "ever");

  static final Set<String> DEMONSTRATIVES =
      Set.of("this", "that", "these", "those", "another", "other", "others", "both", "all", "any");

  static final Set<String> POSSESSIVES = Set.of("my", "your", "his", "her", "its", "our", "their");

  /** The words after "how" in questions that ask for an explanation. */
  static final Set<String> EXPLANATIONS =
      Set.of("do", "does", "did", "can", "could", "should", "would", "to", "i", "come");

  /** Words that start a question about a fact. */
  static final Set<String> QUESTION_STARTS =
      Set.of(
          "what", "which", "who", "whom", "whose", "when", "where", "why", "how", "is", "are",
          "was", "were", "do", "does", "did", "has", "have", "had", "should", "must", "may",
          "might", "if", "because", "what's", "whats", "who's", "where's", "when's", "how's",
          "will", "would");

  static final Set<String> FIRST_POSSESSIVES = Set.of("my", "mine", "our", "ours");

  private FunctionWords() {}

  /** Returns the grammatical person of a pronoun, from 1 to 5, or 0 for another word. */
  static int person(Token token) {
    return token.isContent() ? 0 : PERSONS.getOrDefault(token.form(), 0);
  }

  /**
   * Returns whether a token is a personal pronoun of the first person next to a verb of requests.
   */
  static boolean isPronounOfRequest(List<Token> tokens, int index) {
    Token token = tokens.get(index);
    return person(token) == 1
        && !FIRST_POSSESSIVES.contains(token.form())
        && (isCarrier(tokens, index + 1) || isCarrier(tokens, index - 1));
  }

  private static boolean isCarrier(List<Token> tokens, int index) {
    return index >= 0 && index < tokens.size() && CARRIERS.contains(tokens.get(index).key());
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
