package io.github.semcache.guard.text;

import io.github.semcache.guard.text.Token.Trait;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The question phrase of a text, such as "how many", and its question types. Immutable. */
public final class QuestionPhrase {
  private static final String WHAT = "what";

  /** The maximum distance, in tokens, of "what" from the noun that determines the question type. */
  private static final int NOUN_WINDOW = 7;

  private final String word;
  private final List<Token> tokens;
  private final long types;
  private final boolean openEnded;

  private QuestionPhrase(String word, List<Token> tokens, long types, boolean openEnded) {
    this.word = word;
    this.tokens = tokens;
    this.types = types;
    this.openEnded = openEnded;
  }

  /** Returns the question phrase at the first question word that is not quoted, or null. */
  static @Nullable QuestionPhrase find(Lexicon lexicon, List<Token> tokens) {
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      if (token.is(Trait.QUESTION) && !token.isLiteral()) {
        return read(lexicon, token.key(), tokens.subList(i, tokens.size()));
      }
    }
    return null;
  }

  private static QuestionPhrase read(Lexicon lexicon, String word, List<Token> tokens) {
    long types = 0;
    int length = 1;
    for (QuestionType type : lexicon.questionTypes()) {
      int match = type.longestMatch(tokens, 0);
      if (match > length) {
        types = 0;
        length = match;
      }
      if (match == length) {
        types |= type.bit();
      }
    }
    if (length == 1 && word.equals(WHAT)) {
      long nounTypes = typesOfNouns(lexicon, tokens);
      types = isFollowedByNoun(tokens) ? nounTypes : types | nounTypes;
    }
    return new QuestionPhrase(word, tokens.subList(0, length), types, lexicon.areOpenEnded(types));
  }

  private static boolean isFollowedByNoun(List<Token> tokens) {
    return tokens.size() < 2 || tokens.get(1).isContent();
  }

  /** Returns the types that the nouns of the first noun phrase after "what" ask for. */
  private static long typesOfNouns(Lexicon lexicon, List<Token> tokens) {
    long types = 0;
    int end = Math.min(tokens.size(), NOUN_WINDOW);
    boolean inPhrase = false;
    for (int i = 1; i < end; i++) {
      Token token = tokens.get(i);
      if (inPhrase && !token.isContent()) {
        return types;
      }
      inPhrase |= token.isContent();
      boolean auxiliary = i == 1 && token.is(Trait.FUNCTION);
      if (!auxiliary) {
        types |= lexicon.questionTypesOfNoun(token.key());
      }
    }
    return types;
  }

  /**
   * Returns the question word.
   *
   * @return the key of the first token
   */
  public String word() {
    return word;
  }

  /**
   * Returns the tokens of the phrase.
   *
   * @return the tokens, at least one
   */
  public List<Token> tokens() {
    return tokens;
  }

  /**
   * Returns whether the phrase is only the word "what".
   *
   * @return whether the phrase is "what"
   */
  public boolean isPlainWhat() {
    return tokens.size() == 1 && word.equals(WHAT);
  }

  /**
   * Returns whether the question is often asked with another question word: "how do I get" and
   * "where do I get".
   *
   * @return whether all types of the question are "what", "how" or "why"
   */
  public boolean isOpenEnded() {
    return openEnded;
  }

  /**
   * Returns whether two phrases ask for different things.
   *
   * @param other the other phrase
   * @return whether the types of both are known and have no element in common
   */
  public boolean conflictsWith(QuestionPhrase other) {
    return types != 0 && other.types != 0 && (types & other.types) == 0;
  }
}
