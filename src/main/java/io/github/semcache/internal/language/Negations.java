package io.github.semcache.internal.language;

import io.github.semcache.internal.language.Token.Trait;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Finds the negations of a text and the words in their scope. */
final class Negations {
  private static final Set<String> IMPERATIVES = Set.of("don't", "dont", "can't", "cant");

  /** The number of content words in the scope of a negation. */
  private static final int MAX_SCOPE = 2;

  private Negations() {}

  /** Returns the number of negations that negate something. */
  static int count(List<Token> tokens) {
    int count = 0;
    for (int i = 0; i < tokens.size(); i++) {
      count += isNegation(tokens, i) ? 1 : 0;
    }
    return count;
  }

  private static boolean isNegation(List<Token> tokens, int index) {
    return tokens.get(index).is(Trait.NEGATION) && !isQuestion(tokens, index);
  }

  /**
   * Returns the content words in the scope of negations: the words after a negation, the words
   * before it if none follows, or the negation itself if there are no content words.
   */
  static List<Token> scope(List<Token> tokens) {
    List<Token> scope = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      if (isNegation(tokens, i)) {
        if (!addNearest(scope, tokens, i, 1) && !addNearest(scope, tokens, i, -1)) {
          scope.add(tokens.get(i));
        }
      }
    }
    return scope;
  }

  /** Adds the nearest content words in one direction; returns false if there are none. */
  private static boolean addNearest(List<Token> scope, List<Token> tokens, int index, int step) {
    int found = 0;
    for (int i = index + step; i >= 0 && i < tokens.size() && found < MAX_SCOPE; i += step) {
      if (tokens.get(i).isContent() && !tokens.get(i).is(Trait.NEGATION)) {
        scope.add(tokens.get(i));
        found++;
      }
    }
    return found > 0;
  }

  /** Returns whether a negation only starts a question: "Isn't it ..." asks the same as "Is it". */
  private static boolean isQuestion(List<Token> tokens, int index) {
    Token token = tokens.get(index);
    String form = token.form();
    if (!token.startsSentence() || !(form.endsWith("n't") || form.endsWith("nt"))) {
      return false;
    }
    boolean beforePronoun = index + 1 < tokens.size() && tokens.get(index + 1).is(Trait.FUNCTION);
    return beforePronoun || !IMPERATIVES.contains(form);
  }
}
