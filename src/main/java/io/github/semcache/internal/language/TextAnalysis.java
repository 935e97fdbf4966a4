package io.github.semcache.internal.language;

import static java.util.Objects.requireNonNull;

import io.github.semcache.internal.language.Token.Kind;
import io.github.semcache.internal.language.Token.Trait;
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
  private final Dictionary dictionary;
  private final List<Token> tokens;
  private final List<Quantity> quantities = new ArrayList<>();
  private final Set<String> words;
  private final String language;
  private final boolean capitalsMarkNames;
  private final List<Token> negated;
  private final int negationCount;
  private final String unread;

  private TextAnalysis(Dictionary dictionary, String text) {
    this.dictionary = dictionary;
    Tokenizer tokenizer = new Tokenizer(dictionary, text);
    List<Token> joined = PhraseJoiner.join(dictionary, tokenizer.read());
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
    language = LanguageDetector.detect(dictionary, tokens);
    capitalsMarkNames = capitalsMarkNames(tokens);
    negated = List.copyOf(Negations.scope(tokens));
    negationCount = negated.isEmpty() ? 0 : Negations.count(tokens);
    unread = text.substring(tokenizer.position());
  }

  /**
   * Analyzes a text.
   *
   * @param dictionary the word lists
   * @param text the text
   * @return the analysis
   */
  public static TextAnalysis of(Dictionary dictionary, String text) {
    return new TextAnalysis(requireNonNull(dictionary, "dictionary"), requireNonNull(text, "text"));
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
   * @return the dictionary
   */
  public Dictionary dictionary() {
    return dictionary;
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
  public @Nullable Question question() {
    return Question.find(dictionary, tokens);
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

  /** The question phrase of a text, such as "how many", and its question types. Immutable. */
  public static final class Question {
    private static final String WHAT = "what";

    /**
     * The maximum distance, in tokens, of "what" from the noun that determines the question type.
     */
    private static final int NOUN_WINDOW = 7;

    private final String word;
    private final List<Token> tokens;
    private final long types;
    private final boolean openEnded;

    private Question(String word, List<Token> tokens, long types, boolean openEnded) {
      this.word = word;
      this.tokens = tokens;
      this.types = types;
      this.openEnded = openEnded;
    }

    /** Returns the question phrase at the first question word that is not quoted, or null. */
    static @Nullable Question find(Dictionary dictionary, List<Token> tokens) {
      for (int i = 0; i < tokens.size(); i++) {
        Token token = tokens.get(i);
        if (token.is(Trait.QUESTION) && !token.isLiteral()) {
          return read(dictionary, token.key(), tokens.subList(i, tokens.size()));
        }
      }
      return null;
    }

    private static Question read(Dictionary dictionary, String word, List<Token> tokens) {
      long types = 0;
      int length = 1;
      for (QuestionType type : dictionary.questionTypes()) {
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
        long nounTypes = typesOfNouns(dictionary, tokens);
        types = isFollowedByNoun(tokens) ? nounTypes : types | nounTypes;
      }
      return new Question(word, tokens.subList(0, length), types, dictionary.areOpenEnded(types));
    }

    private static boolean isFollowedByNoun(List<Token> tokens) {
      return tokens.size() < 2 || tokens.get(1).isContent();
    }

    /** Returns the types that the nouns of the first noun phrase after "what" ask for. */
    private static long typesOfNouns(Dictionary dictionary, List<Token> tokens) {
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
          types |= dictionary.questionTypesOfNoun(token.key());
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
    public boolean conflictsWith(Question other) {
      return types != 0 && other.types != 0 && (types & other.types) == 0;
    }
  }
}
