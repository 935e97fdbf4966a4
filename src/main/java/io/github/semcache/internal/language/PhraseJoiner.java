package io.github.semcache.internal.language;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Joins the words of a phrase into one token: "new york", "log in", "no longer". */
final class PhraseJoiner {
  private final Dictionary dictionary;
  private final List<Token> tokens;

  private PhraseJoiner(Dictionary dictionary, List<Token> tokens) {
    this.dictionary = dictionary;
    this.tokens = tokens;
  }

  /** Returns the tokens with all listed phrases joined. */
  static List<Token> join(Dictionary dictionary, List<Token> tokens) {
    return new PhraseJoiner(dictionary, tokens).join();
  }

  private List<Token> join() {
    List<Token> joined = new ArrayList<>(tokens.size());
    for (int i = 0; i < tokens.size(); ) {
      Token token = tokens.get(i);
      Phrase phrase = phraseAt(i, token);
      if (phrase == null) {
        joined.add(
            isMultiplicationSign(i) ? token.withWord("times", dictionary.find("times")) : token);
        i++;
      } else {
        joined.add(token.withWord(phrase.word().key(), phrase.word()));
        i += phrase.keys().size();
      }
    }
    return joined;
  }

  private @Nullable Phrase phraseAt(int start, Token first) {
    Phrase phrase = longestMatch(start, first.key());
    return phrase == null && !first.key().equals(first.form())
        ? longestMatch(start, first.form())
        : phrase;
  }

  private @Nullable Phrase longestMatch(int start, String firstKey) {
    for (Phrase phrase : dictionary.phrasesStartingWith(firstKey)) {
      if (matches(start, phrase.keys())) {
        return phrase;
      }
    }
    return null;
  }

  private boolean matches(int start, List<String> keys) {
    if (start + keys.size() > tokens.size()) {
      return false;
    }
    for (int i = 1; i < keys.size(); i++) {
      Token token = tokens.get(start + i);
      if (!token.key().equals(keys.get(i)) && !token.form().equals(keys.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether a token is the letter x between two numbers. */
  private boolean isMultiplicationSign(int index) {
    return tokens.get(index).form().equals("x")
        && index > 0
        && index + 1 < tokens.size()
        && tokens.get(index - 1).quantity() != null
        && tokens.get(index + 1).quantity() != null;
  }
}
