package io.github.semcache.guard.text;

import static java.util.Objects.requireNonNull;

import io.github.semcache.guard.text.Token.Kind;
import io.github.semcache.guard.text.Token.Trait;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tokens, numbers, negations and language of a text. Immutable and thread-safe.
 *
 * <p>Only the first 1,024 tokens or 16,384 characters of a text are analyzed, whichever limit is
 * reached first.
 */
public final class TextAnalysis {
  private final Lexicon lexicon;
  private final List<Token> tokens;
  private final List<Quantity> quantities = new ArrayList<>();
  private final Set<String> words;
  private final String language;
  private final boolean capitalsMarkNames;
  private final List<Token> negated;
  private final int negationCount;
  private final String unread;

  private TextAnalysis(Lexicon lexicon, String text) {
    this.lexicon = lexicon;
    Tokenizer tokenizer = new Tokenizer(lexicon, text);
    List<Token> joined = PhraseJoiner.join(lexicon, tokenizer.read());
    QuantityReader.mark(joined);
    tokens = List.copyOf(joined);
    words = new HashSet<>(tokens.size() * 4);
    for (Token token : tokens) {
      words.add(token.form());
      if (!token.key().equals(token.form())) {
        words.add(token.key());
      }
      if (token.isNumber()) {
        quantities.add(requireNonNull(token.quantity()));
      }
    }
    language = LanguageDetector.detect(lexicon, tokens);
    capitalsMarkNames = capitalsMarkNames(tokens);
    negated = List.copyOf(Negations.scope(tokens));
    negationCount = negated.isEmpty() ? 0 : Negations.count(tokens);
    unread = text.substring(tokenizer.position());
  }

  /**
   * Analyzes a text.
   *
   * @param lexicon the word lists
   * @param text the text
   * @return the analysis
   */
  public static TextAnalysis of(Lexicon lexicon, String text) {
    return new TextAnalysis(requireNonNull(lexicon, "lexicon"), requireNonNull(text, "text"));
  }

  private static boolean capitalsMarkNames(List<Token> tokens) {
    int capitals = 0;
    int words = 0;
    for (Token token : tokens) {
      if (token.kind() == Kind.WORD && !token.startsSentence() && !token.isLiteral()) {
        words++;
        capitals += token.isCapitalized() && !token.form().equals("i") ? 1 : 0;
      }
    }
    return capitals * 2 <= words;
  }

  /**
   * Returns the word lists of this analysis.
   *
   * @return the lexicon
   */
  public Lexicon lexicon() {
    return lexicon;
  }

  /**
   * Returns the tokens in the order of the text.
   *
   * @return the tokens
   */
  public List<Token> tokens() {
    return tokens;
  }

  List<Quantity> quantities() {
    return quantities;
  }

  /**
   * Returns whether the text contains a number.
   *
   * @return whether there is a number
   */
  public boolean hasNumber() {
    return !quantities.isEmpty();
  }

  /**
   * Returns whether the text contains a word.
   *
   * @param word the form or the key of a token
   * @return whether a token has this form or key
   */
  public boolean has(String word) {
    return words.contains(word);
  }

  /**
   * Returns whether the text contains a word with a property.
   *
   * @param trait the property
   * @return whether a token has it
   */
  public boolean has(Trait trait) {
    for (Token token : tokens) {
      if (token.is(trait)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns the question that the text asks.
   *
   * @return the first question phrase, or null if there is none
   */
  public @Nullable QuestionPhrase question() {
    return QuestionPhrase.find(lexicon, tokens);
  }

  /**
   * Returns the language of the text.
   *
   * @return the code of the language, the name of a script other than Latin, or empty if undetected
   */
  public String language() {
    return language;
  }

  /**
   * Returns whether the text may be in the language of the word lists.
   *
   * @return whether that language or none was detected
   */
  public boolean mayBeEnglish() {
    return language.isEmpty() || isEnglish();
  }

  /**
   * Returns whether the text is in the language of the word lists.
   *
   * @return whether that language was detected
   */
  public boolean isEnglish() {
    return language.equals(LanguageDetector.ENGLISH);
  }

  /**
   * Returns whether the language capitalizes all nouns.
   *
   * @return whether the text is German
   */
  public boolean capitalizesNouns() {
    return language.equals(LanguageDetector.GERMAN);
  }

  /**
   * Returns whether a capital may mark a name. In a text with mostly capitalized words it does not.
   *
   * @return whether at most half of the words are capitalized
   */
  public boolean capitalsMarkNames() {
    return capitalsMarkNames;
  }

  /**
   * Returns whether the text contains a negation that negates something.
   *
   * @return whether there is a negation
   */
  public boolean isNegated() {
    return !negated.isEmpty();
  }

  /**
   * Returns the number of negations that negate something.
   *
   * @return the number of negations
   */
  public int negationCount() {
    return negationCount;
  }

  /**
   * Returns the words in the scope of the negations: up to two content words for each negation.
   *
   * @return the words
   */
  public List<Token> negated() {
    return negated;
  }

  /** Returns the text after the limit. */
  String unread() {
    return unread;
  }
}
