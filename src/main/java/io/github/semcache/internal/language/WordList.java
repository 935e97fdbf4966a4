package io.github.semcache.internal.language;

/**
 * The word lists of a {@link Dictionary}. {@code guard.Lexicon.WordList} describes their content
 * and their format; it has the same constants.
 */
public enum WordList {
  COMMON_WORDS("common-words"),
  DISTINCT_NOUNS("distinct-nouns"),
  FUNCTION_WORDS("function-words"),
  WORD_FORMS("word-forms"),
  OPPOSITES("opposites"),
  SYNONYMS("synonyms"),
  DATES("dates"),
  NAMES("names"),
  UNITS("units"),
  NUMBERS("numbers"),
  QUESTIONS("questions"),
  NEGATIONS("negations"),
  RELATIONS("relations"),
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
