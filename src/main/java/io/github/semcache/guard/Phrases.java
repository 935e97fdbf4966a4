package io.github.semcache.guard;

import io.github.semcache.guard.Lexicon.Phrase;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Joins the words of phrases that mean one thing: "new york", "log in", "no longer". */
final class Phrases {
  private final Lexicon lexicon;
  private final List<Token> tokens;

  private Phrases(Lexicon lexicon, List<Token> tokens) {
    this.lexicon = lexicon;
    this.tokens = tokens;
  }

  static List<Token> join(Lexicon lexicon, List<Token> tokens) {
    return new Phrases(lexicon, tokens).joined();
  }

  private List<Token> joined() {
    List<Token> joined = new ArrayList<>(tokens.size());
    for (int i = 0; i < tokens.size(); ) {
      Token token = tokens.get(i);
      Phrase phrase = phraseAt(i, token);
      if (phrase == null) {
        joined.add(isTimes(i) ? token.meaning("times", lexicon.find("times")) : token);
        i++;
      } else {
        joined.add(token.meaning(phrase.word().key(), phrase.word()));
        i += phrase.keys().size();
      }
    }
    return joined;
  }

  private @Nullable Phrase phraseAt(int start, Token first) {
    Phrase phrase = longest(start, first.key());
    return phrase == null && !first.key().equals(first.form())
        ? longest(start, first.form())
        : phrase;
  }

  private @Nullable Phrase longest(int start, String key) {
    for (Phrase phrase : lexicon.phrasesFrom(key)) {
      if (follows(start, phrase.keys())) {
        return phrase;
      }
    }
    return null;
  }

  private boolean follows(int start, List<String> keys) {
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

  /** The letter x between two numbers. */
  private boolean isTimes(int index) {
    return tokens.get(index).form().equals("x")
        && index > 0
        && index + 1 < tokens.size()
        && tokens.get(index - 1).quantity() != null
        && tokens.get(index + 1).quantity() != null;
  }
}
