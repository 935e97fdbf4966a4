package io.github.semcache.internal.language;

import java.util.List;
import java.util.Set;

/**
 * A type of question, such as "when" or "how many".
 *
 * @param name the name of the type
 * @param bit the bit of the type; 0 for questions that may ask for anything
 * @param phrases the question phrases, as the keys of their words
 * @param nouns the nouns that ask for the same after "what"
 */
record QuestionType(String name, long bit, List<List<String>> phrases, Set<String> nouns) {

  /** Returns the length of the longest phrase that starts at an index; 0 if none does. */
  int longestMatch(List<Token> tokens, int start) {
    int longest = 0;
    for (List<String> phrase : phrases) {
      if (phrase.size() > longest && matches(phrase, tokens, start)) {
        longest = phrase.size();
      }
    }
    return longest;
  }

  private static boolean matches(List<String> phrase, List<Token> tokens, int start) {
    if (start + phrase.size() > tokens.size()) {
      return false;
    }
    for (int i = 0; i < phrase.size(); i++) {
      if (!tokens.get(start + i).key().equals(phrase.get(i))) {
        return false;
      }
    }
    return true;
  }
}
