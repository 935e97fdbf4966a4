package io.github.semcache.guard;

import io.github.semcache.guard.Token.Kind;
import io.github.semcache.guard.Word.Trait;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What the guards know of one text. */
final class Analysis {
  private final List<Token> tokens;
  private final List<Quantity> quantities = new ArrayList<>();
  private final Set<String> words;
  private final String language;
  private final boolean capitalsMean;
  private final List<Token> negated;
  private final int negations;
  private final String rest;

  private Analysis(Lexicon lexicon, String text) {
    Tokenizer tokenizer = new Tokenizer(lexicon, text);
    tokens = Phrases.join(lexicon, tokenizer.read());
    QuantityReader.mark(tokens);
    words = new HashSet<>(tokens.size() * 4);
    for (Token token : tokens) {
      words.add(token.form());
      if (!token.key().equals(token.form())) {
        words.add(token.key());
      }
      if (token.isNumber()) {
        quantities.add(Objects.requireNonNull(token.quantity()));
      }
    }
    language = Languages.of(lexicon, tokens);
    capitalsMean = capitalsMean(tokens);
    negated = NegationGuard.negated(tokens);
    negations = negated.isEmpty() ? 0 : NegationGuard.count(tokens);
    rest = text.substring(tokenizer.position());
  }

  static Analysis of(Lexicon lexicon, String text) {
    return new Analysis(lexicon, text);
  }

  /** Capitals tell names only where most words have none. */
  private static boolean capitalsMean(List<Token> tokens) {
    int capitals = 0;
    int words = 0;
    for (Token token : tokens) {
      if (token.kind() == Kind.WORD && !token.initial() && !token.literal()) {
        words++;
        capitals += token.capitalized() && !token.form().equals("i") ? 1 : 0;
      }
    }
    return capitals * 2 <= words;
  }

  List<Token> tokens() {
    return tokens;
  }

  List<Quantity> quantities() {
    return quantities;
  }

  /** Whether the text has a word, in this form or as its base form. */
  boolean has(String word) {
    return words.contains(word);
  }

  boolean has(Trait trait) {
    for (Token token : tokens) {
      if (token.is(trait)) {
        return true;
      }
    }
    return false;
  }

  /** The code of the language, the name of the script, or empty if neither is clear. */
  String language() {
    return language;
  }

  /** Whether the text may be in the language of the word lists. */
  boolean mayBeEnglish() {
    return language.isEmpty() || isEnglish();
  }

  boolean isEnglish() {
    return language.equals(Languages.ENGLISH);
  }

  boolean capitalsMean() {
    return capitalsMean;
  }

  /** Whether a word of negation negates what is said. */
  boolean isNegated() {
    return !negated.isEmpty();
  }

  /** How many negations there are. */
  int negations() {
    return negations;
  }

  /** The words that negations bear on. */
  List<Token> negated() {
    return negated;
  }

  /** What was not read of a very long text. */
  String rest() {
    return rest;
  }
}
