package io.github.semcache.internal.language;

import java.util.List;
import java.util.Set;

/** Recognizes misspelled, abbreviated, joined and otherwise differently written words. */
final class Spelling {
  private static final int MIN_LENGTH = 4;
  private static final int MIN_LENGTH_FOR_ONE_ERROR = 5;
  private static final int MIN_UNKNOWN_LENGTH = 7;
  private static final int MIN_LENGTH_FOR_TWO_ERRORS = 9;
  private static final int MAX_LENGTH = 32;
  private static final int MAX_INITIALS = 5;
  private static final int MAX_PARTS = 4;
  private static final Set<String> ENDINGS =
      Set.of(
          "s", "es", "ed", "d", "ing", "an", "n", "ian", "ean", "ese", "ish", "i", "y", "ans", "ns",
          "ians");

  private static final int MIN_STEM_LENGTH = 6;
  private static final Set<String> SUFFIXES =
      Set.of(
          "s", "e", "es", "ed", "ing", "ion", "ions", "ation", "ations", "ate", "ates", "ated",
          "ating", "ator", "er", "ers", "or", "ors", "al", "ally", "ly", "ment", "ments", "ity",
          "able", "ive", "ism", "ist", "ic", "ical", "y", "ies", "ied", "ize", "ise", "ized",
          "ised", "izing", "ising", "ization", "isation");

  private Spelling() {}

  /**
   * Returns whether two different tokens are the same word, written differently or with a typing
   * error. Two known words never differ by a typing error. Two unknown words, such as rare names,
   * do so only if they are long and the distance is one error.
   */
  static boolean isSameWord(Token a, Token b) {
    if (a.kind() != Token.Kind.WORD
        || b.kind() != Token.Kind.WORD
        || a.isLiteral()
        || b.isLiteral()) {
      return false;
    }
    if (isFormOf(a, b) || isFormOf(b, a) || haveCommonStem(a, b)) {
      return true;
    }
    boolean bothKnown = a.isKnown() && b.isKnown();
    if (bothKnown) {
      return false;
    }
    boolean noneKnown = !a.isKnown() && !b.isKnown();
    return isMisspelling(a.key(), b.key(), noneKnown)
        || isMisspelling(a.form(), b.form(), noneKnown)
        || isAbbreviation(a, b)
        || isAbbreviation(b, a);
  }

  /**
   * Returns whether two words differ only in their suffixes: "dehydrated", "dehydration". At least
   * one must be unknown, and neither may be written as a name.
   */
  private static boolean haveCommonStem(Token a, Token b) {
    if ((a.isKnown() && b.isKnown()) || isCapitalName(a) || isCapitalName(b)) {
      return false;
    }
    int shorter = Math.min(a.form().length(), b.form().length());
    int stem = 0;
    while (stem < shorter && a.form().charAt(stem) == b.form().charAt(stem)) {
      stem++;
    }
    while (stem >= MIN_STEM_LENGTH) {
      if (isSuffix(a.form().substring(stem)) && isSuffix(b.form().substring(stem))) {
        return true;
      }
      stem--;
    }
    return false;
  }

  private static boolean isSuffix(String ending) {
    return ending.isEmpty() || SUFFIXES.contains(ending);
  }

  private static boolean isCapitalName(Token token) {
    return token.isCapitalized() && !token.startsSentence();
  }

  /** Returns whether a word is a form of a name or of an unknown word: "Russian", "Russia". */
  private static boolean isFormOf(Token longer, Token shorter) {
    String base = shorter.form();
    boolean name = shorter.is(Token.Trait.PROPER_NOUN) || !shorter.isKnown();
    if (!name || base.length() < MIN_LENGTH || longer.is(Token.Trait.COMMON)) {
      return false;
    }
    return hasEnding(longer.form(), base, base.length())
        || ("aeiouy".indexOf(base.charAt(base.length() - 1)) >= 0
            && hasEnding(longer.form(), base, base.length() - 1));
  }

  private static boolean hasEnding(String form, String base, int length) {
    return form.length() > base.length()
        && form.regionMatches(0, base, 0, length)
        && ENDINGS.contains(form.substring(length));
  }

  /** Returns whether an unknown word is the start of a common word: "dict", "dictionary". */
  private static boolean isAbbreviation(Token shorter, Token longer) {
    return !shorter.isKnown()
        && longer.is(Token.Trait.COMMON)
        && shorter.form().length() >= MIN_LENGTH
        && longer.key().startsWith(singular(shorter.form()));
  }

  private static String singular(String form) {
    return form.endsWith("s") ? form.substring(0, form.length() - 1) : form;
  }

  /**
   * Finds the parts of a word that the other text writes separately: "UA 482" for "UA482".
   *
   * @param word the word
   * @param text the tokens of the other text
   * @return two or more adjacent tokens; empty if there are none
   */
  static List<Token> findParts(Token word, List<Token> text) {
    String form = word.form();
    if (word.is(Token.Trait.FUNCTION)) {
      return List.of();
    }
    for (int start = 0; start < text.size() && form.length() >= MIN_LENGTH; start++) {
      int length = 0;
      int end = start;
      while (end < text.size()
          && end - start < MAX_PARTS
          && form.startsWith(text.get(end).form(), length)) {
        length += text.get(end).form().length();
        end++;
      }
      if (length == form.length() && end - start > 1) {
        return text.subList(start, end);
      }
    }
    return List.of();
  }

  /**
   * Finds the expansion of an acronym: "United Nations" for "UN".
   *
   * @param word the acronym
   * @param text the tokens of the other text
   * @return adjacent tokens with these initials; empty if there are none
   */
  static List<Token> findExpansion(Token word, List<Token> text) {
    int length = word.form().length();
    if (length < 2 || length > MAX_INITIALS || word.kind() == Token.Kind.NUMBER) {
      return List.of();
    }
    for (int start = 0; start + length <= text.size(); start++) {
      if (areInitials(word.form(), text, start)) {
        return text.subList(start, start + length);
      }
    }
    return List.of();
  }

  private static boolean areInitials(String initials, List<Token> text, int start) {
    for (int i = 0; i < initials.length(); i++) {
      char initial = text.get(start + i).form().charAt(0);
      if (initial != initials.charAt(i) || !Character.isLetter(initial)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isMisspelling(String a, String b, boolean noneKnown) {
    int shorter = Math.min(a.length(), b.length());
    int longer = Math.max(a.length(), b.length());
    if (shorter < MIN_LENGTH || longer > MAX_LENGTH || longer - shorter > 2) {
      return false;
    }
    if (a.charAt(0) != b.charAt(0)) {
      return false;
    }
    if (isSwapped(a, b)) {
      return true;
    }
    int errors =
        noneKnown
            ? shorter >= MIN_UNKNOWN_LENGTH ? 1 : 0
            : shorter >= MIN_LENGTH_FOR_TWO_ERRORS
                ? 2
                : shorter >= MIN_LENGTH_FOR_ONE_ERROR ? 1 : 0;
    return errors > 0 && longer - shorter <= errors && distance(a, b) <= errors;
  }

  /** Returns whether two words differ only in the order of two adjacent letters. */
  private static boolean isSwapped(String a, String b) {
    if (a.length() != b.length()) {
      return false;
    }
    int i = 0;
    while (i < a.length() && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    return i + 1 < a.length()
        && a.charAt(i) == b.charAt(i + 1)
        && a.charAt(i + 1) == b.charAt(i)
        && a.regionMatches(i + 2, b, i + 2, a.length() - i - 2);
  }

  /** Returns the edit distance, in which swapping two adjacent letters is one edit. */
  private static int distance(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        row[j] = Math.min(Math.min(last[j], row[j - 1]) + 1, last[j - 1] + (same ? 0 : 1));
        boolean swap =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        row[j] = swap ? Math.min(row[j], beforeLast[j - 2] + 1) : row[j];
      }
      int[] spare = beforeLast;
      beforeLast = last;
      last = row;
      row = spare;
    }
    return last[b.length()];
  }
}
