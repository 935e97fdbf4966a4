package io.github.semcache.guard.text;

/**
 * The word lists of a {@link Lexicon}. The text of a list consists of lines:
 *
 * <pre>{@code
 * # a comment
 * label: word, another word, a phrase of words | word = 5
 * }</pre>
 *
 * <p>Groups are separated by {@code |}, and the words of a group by commas. Words of one group are
 * equivalent. Words in different groups of one line <em>conflict</em>: a text with one of them asks
 * for something else than a text with the other. Only some lists use the label and the value after
 * {@code =}. Case is ignored unless the documentation of a constant specifies otherwise.
 */
public enum WordList {
  /** Ordinary words in their base form. A word that is in no list counts as a name. */
  COMMON_WORDS("common-words"),

  /** Nouns that have no synonym: replacing one by another asks for something else. */
  DISTINCT_NOUNS("distinct-nouns"),

  /** Words without content of their own, such as articles, pronouns and politeness formulas. */
  FUNCTION_WORDS("function-words"),

  /**
   * Irregular forms, spelling variants and abbreviations of a word: {@code buy: bought}. A form in
   * capitals, such as {@code US}, matches only text in capitals.
   */
  WORD_FORMS("word-forms"),

  /** Words with opposite or mutually exclusive meanings, one group for each meaning. */
  OPPOSITES("opposites"),

  /**
   * Words that can replace one another without changing the question, one line for each meaning.
   * Under the label {@code light}: words that any other word can replace.
   */
  SYNONYMS("synonyms"),

  /** Days, months and holidays, one group for each. */
  DATES("dates"),

  /**
   * Members of a category, such as cities, one line for each category and one group for each
   * member. Proper nouns start with a capital.
   */
  NAMES("names"),

  /**
   * Units and currencies, one line for each quantity that they measure and one group for each unit.
   * The value is the size of the unit relative to the other units of its line.
   */
  UNITS("units"),

  /**
   * Number words with their values. The labels are {@code cardinal}, {@code multiplier}, {@code
   * vague} and {@code ordinal} (compared only with another number), and {@code clock} (minutes
   * after midnight).
   */
  NUMBERS("numbers"),

  /**
   * Question phrases. The label is what they ask for. The first group contains the phrases, the
   * second group nouns that ask for the same after "what".
   */
  QUESTIONS("questions"),

  /**
   * Negations, under the labels {@code negation}, {@code idiom} (a phrase with a negation that
   * negates nothing) and {@code adverse} (a word that implies a negation, such as "fail").
   */
  NEGATIONS("negations"),

  /**
   * Words that relate parts of a sentence. The labels are {@code role} (words of direction, one
   * group for each direction), {@code infinitive} (words after which "to" starts an infinitive),
   * {@code symmetric} (words that make the order of the parts irrelevant) and {@code conjunction}
   * (words that join parts in any order).
   */
  RELATIONS("relations"),

  /** Frequent words of other languages. The label is the code of the language. */
  LANGUAGES("languages");

  private final String fileName;

  WordList(String name) {
    this.fileName = name + ".txt";
  }

  /** Returns the name of the resource with the English list, relative to this class. */
  String fileName() {
    return fileName;
  }
}
