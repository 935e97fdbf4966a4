package io.github.semcache.guard;

import static java.util.Objects.requireNonNull;

import io.github.semcache.internal.language.Dictionary;

/**
 * The words that the {@link Guards} recognize: common words, opposites, numbers, units, names and
 * so on. Immutable and thread-safe.
 *
 * <p>To adapt the English lists, replace a list or add lines to it:
 *
 * <pre>{@code
 * Lexicon words = Lexicon.english().adding(WordList.OPPOSITES, "sandbox | production");
 * Guards guards = Guards.of(words);
 * }</pre>
 */
public final class Lexicon {
  private static final Lexicon ENGLISH = new Lexicon(Dictionary.english());

  private final Dictionary dictionary;

  private Lexicon(Dictionary dictionary) {
    this.dictionary = dictionary;
  }

  /**
   * Returns the built-in lists: English words, and frequent words of other languages, which are
   * used to detect those languages.
   *
   * @return the lexicon, the same instance for every call
   */
  public static Lexicon english() {
    return ENGLISH;
  }

  /**
   * Returns a lexicon with one list replaced.
   *
   * @param list the list
   * @param text the lines of the list, in the format that {@link WordList} describes; may be empty
   * @return a lexicon with the new list and the other lists of this lexicon
   * @throws IllegalArgumentException if a line does not have that format
   */
  public Lexicon replacing(WordList list, String text) {
    return new Lexicon(
        dictionary.replacing(requireNonNull(list, "list").internal, requireNonNull(text, "text")));
  }

  /**
   * Returns a lexicon with lines added to one list.
   *
   * @param list the list
   * @param text the lines to add, in the format that {@link WordList} describes
   * @return a lexicon with the extended list and the other lists of this lexicon
   * @throws IllegalArgumentException if a line does not have that format
   */
  public Lexicon adding(WordList list, String text) {
    return new Lexicon(
        dictionary.adding(requireNonNull(list, "list").internal, requireNonNull(text, "text")));
  }

  Dictionary dictionary() {
    return dictionary;
  }

  /**
   * The word lists of a {@link Lexicon}. The text of a list consists of lines:
   *
   * <pre>{@code
   * # a comment
   * label: word, another word, a phrase of words | word = 5
   * }</pre>
   *
   * <p>Groups are separated by {@code |}, and the words of a group by commas. Words of one group
   * are equivalent. Words in different groups of one line <em>conflict</em>: a text with one of
   * them asks for something else than a text with the other. Only some lists use the label and the
   * value after {@code =}. Case is ignored unless the documentation of a constant specifies
   * otherwise.
   */
  public enum WordList {
    /** Ordinary words in their base form. A word that is in no list counts as a name. */
    COMMON_WORDS(Dictionary.WordList.COMMON_WORDS),

    /** Nouns that have no synonym: replacing one by another asks for something else. */
    DISTINCT_NOUNS(Dictionary.WordList.DISTINCT_NOUNS),

    /** Words without content of their own, such as articles, pronouns and politeness formulas. */
    FUNCTION_WORDS(Dictionary.WordList.FUNCTION_WORDS),

    /**
     * Irregular forms, spelling variants and abbreviations of a word: {@code buy: bought}. A form
     * in capitals, such as {@code US}, matches only text in capitals.
     */
    WORD_FORMS(Dictionary.WordList.WORD_FORMS),

    /** Words with opposite or mutually exclusive meanings, one group for each meaning. */
    OPPOSITES(Dictionary.WordList.OPPOSITES),

    /**
     * Words that can replace one another without changing the question, one line for each meaning.
     * Under the label {@code light}: words that any other word can replace.
     */
    SYNONYMS(Dictionary.WordList.SYNONYMS),

    /** Days, months and holidays, one group for each. */
    DATES(Dictionary.WordList.DATES),

    /**
     * Members of a category, such as cities, one line for each category and one group for each
     * member. Proper nouns start with a capital.
     */
    NAMES(Dictionary.WordList.NAMES),

    /**
     * Units and currencies, one line for each quantity that they measure and one group for each
     * unit. The value is the size of the unit relative to the other units of its line.
     */
    UNITS(Dictionary.WordList.UNITS),

    /**
     * Number words with their values. The labels are {@code cardinal}, {@code multiplier}, {@code
     * vague} and {@code ordinal} (compared only with another number), and {@code clock} (minutes
     * after midnight).
     */
    NUMBERS(Dictionary.WordList.NUMBERS),

    /**
     * Question phrases. The label is what they ask for. The first group contains the phrases, the
     * second group nouns that ask for the same after "what".
     */
    QUESTIONS(Dictionary.WordList.QUESTIONS),

    /**
     * Negations, under the labels {@code negation}, {@code idiom} (a phrase with a negation that
     * negates nothing) and {@code adverse} (a word that implies a negation, such as "fail").
     */
    NEGATIONS(Dictionary.WordList.NEGATIONS),

    /**
     * Words that relate parts of a sentence. The labels are {@code role} (words of direction, one
     * group for each direction), {@code infinitive} (words after which "to" starts an infinitive),
     * {@code symmetric} (words that make the order of the parts irrelevant) and {@code conjunction}
     * (words that join parts in any order).
     */
    RELATIONS(Dictionary.WordList.RELATIONS),

    /** Frequent words of other languages. The label is the code of the language. */
    LANGUAGES(Dictionary.WordList.LANGUAGES);

    private final Dictionary.WordList internal;

    WordList(Dictionary.WordList internal) {
      this.internal = internal;
    }
  }
}
