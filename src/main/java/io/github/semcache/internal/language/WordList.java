package io.github.semcache.internal.language;

/**
 * The word lists of a {@link Dictionary}. {@code guard.Lexicon.WordList} describes their content
 * and their format; it has the same constants.
 */
public enum WordList {
  /** Ordinary words. */
  COMMON_WORDS("common-words"),
  /** Nouns without synonyms. */
  DISTINCT_NOUNS("distinct-nouns"),
  /** Words without content of their own. */
  FUNCTION_WORDS("function-words"),
  /** Irregular forms and variants. */
  WORD_FORMS("word-forms"),
  /** Words with opposite meanings. */
  OPPOSITES("opposites"),
  /** Words with the same meaning. */
  SYNONYMS("synonyms"),
  /** Days, months and holidays. */
  DATES("dates"),
  /** Members of categories. */
  NAMES("names"),
  /** Units and currencies. */
  UNITS("units"),
  /** Number words. */
  NUMBERS("numbers"),
  /** Question phrases. */
  QUESTIONS("questions"),
  /** Negations. */
  NEGATIONS("negations"),
  /** Words that relate parts of a sentence. */
  RELATIONS("relations"),
  /** Words of other languages. */
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
