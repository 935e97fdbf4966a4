package io.github.semcache.guard;

/**
 * The word lists of a {@link Lexicon}. Each is a text of lines:
 *
 * <pre>{@code
 * # a comment
 * label: word, another word, a phrase of words | word = 5
 * }</pre>
 *
 * <p>Words are separated by commas and sides by {@code |}. The label and the value after {@code =}
 * belong to some lists only. Case does not count but where said so.
 */
public enum WordList {
  /** Ordinary words in their base form. A word in no list is taken for a name. */
  COMMON_WORDS("common-words"),

  /** Nouns for things, of which one in place of another asks for something else. */
  THINGS("things"),

  /** Words without content of their own, such as articles, pronouns and forms of politeness. */
  FUNCTION_WORDS("function-words"),

  /**
   * Other forms of a word and other names of a thing: {@code buy: bought}. A form in capitals, such
   * as {@code US}, is taken for the word only where it stands in capitals.
   */
  SAME("same"),

  /** Words of which one must not take the place of another, a side for each meaning. */
  OPPOSITES("opposites"),

  /**
   * Words of which one may take the place of another without asking for something else, a line for
   * each meaning; under the label {@code light}, words that any other may take the place of.
   */
  SYNONYMS("synonyms"),

  /** Days, months and feasts, a side for each. */
  DATES("dates"),

  /** Names of a kind, a side for each. Names proper begin with a capital. */
  NAMES("names"),

  /**
   * Units and currencies, a line for each quantity that they measure, a side for each unit. The
   * value is the unit's size relative to others of its line.
   */
  UNITS("units"),

  /**
   * Number words with their values. The labels are {@code cardinal}, {@code multiplier}, {@code
   * vague} and {@code ordinal} (count only against another number) and {@code clock} (minutes after
   * midnight).
   */
  NUMBERS("numbers"),

  /**
   * Question words: the label is what is asked for, the first side how it is asked, the second side
   * nouns that ask for the same after "what".
   */
  QUESTIONS("questions"),

  /**
   * Negations, under the labels {@code negation}, {@code idiom} (a phrase that negates nothing) and
   * {@code adverse} (says as much as a negation: "fails to").
   */
  NEGATIONS("negations"),

  /**
   * Words that show a direction, a side for each, under the label {@code role}; words after which
   * "to" belongs to a verb, under {@code infinitive}; words that say that order does not count,
   * under {@code symmetric}; words that join parts in any order, under {@code conjunction}.
   */
  RELATIONS("relations"),

  /** Frequent words of other languages; the label is the language. */
  LANGUAGES("languages");

  private final String fileName;

  WordList(String name) {
    this.fileName = name + ".txt";
  }

  /** The name of the resource that holds the English list, relative to this class. */
  String fileName() {
    return fileName;
  }
}
