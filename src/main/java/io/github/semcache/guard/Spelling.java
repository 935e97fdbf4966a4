package io.github.semcache.guard;

import java.util.List;
import java.util.Set;

/** Tells a misspelt or shortened word from another word. */
final class Spelling {
  private static final int SHORTEST = 4;
  private static final int SHORTEST_WITH_ONE_ERROR = 5;
  private static final int SHORTEST_UNKNOWN = 7;
  private static final int SHORTEST_WITH_TWO_ERRORS = 9;
  private static final int LONGEST = 32;
  private static final int LONGEST_INITIALS = 5;
  private static final int MOST_PARTS = 4;
  private static final Set<String> ENDINGS =
      Set.of(
          "s", "es", "ed", "d", "ing", "an", "n", "ian", "ean", "ese", "ish", "i", "y", "ans", "ns",
          "ians");

  private static final int SHORTEST_STEM = 6;
  private static final Set<String> DERIVATIONS =
      Set.of(
          "s", "e", "es", "ed", "ing", "ion", "ions", "ation", "ations", "ate", "ates", "ated",
          "ating", "ator", "er", "ers", "or", "ors", "al", "ally", "ly", "ment", "ments", "ity",
          "able", "ive", "ism", "ist", "ic", "ical", "y", "ies", "ied", "ize", "ise", "ized",
          "ised", "izing", "ising", "ization", "isation");

  private Spelling() {}

  /**
   * Whether two different words are one with a typing error. Two words that are both listed never
   * are; where neither is, as with rare names, only long words with one error are.
   */
  static boolean isSameWord(Token a, Token b) {
    if (a.kind() != Token.Kind.WORD || b.kind() != Token.Kind.WORD || a.literal() || b.literal()) {
      return false;
    }
    if (isFormOf(a, b) || isFormOf(b, a) || haveSameStem(a, b)) {
      return true;
    }
    boolean bothKnown = a.word().known() && b.word().known();
    if (bothKnown) {
      return false;
    }
    boolean noneKnown = !a.word().known() && !b.word().known();
    return isMisspelt(a.key(), b.key(), noneKnown)
        || isMisspelt(a.form(), b.form(), noneKnown)
        || isShort(a, b)
        || isShort(b, a);
  }

  /**
   * Whether two words, of which at least one is in no list and none is written as a name, differ in
   * their endings alone: "dehydrated", "dehydration".
   */
  private static boolean haveSameStem(Token a, Token b) {
    if ((a.word().known() && b.word().known()) || isCapitalName(a) || isCapitalName(b)) {
      return false;
    }
    int shorter = Math.min(a.form().length(), b.form().length());
    int stem = 0;
    while (stem < shorter && a.form().charAt(stem) == b.form().charAt(stem)) {
      stem++;
    }
    while (stem >= SHORTEST_STEM) {
      if (isDerivation(a.form().substring(stem)) && isDerivation(b.form().substring(stem))) {
        return true;
      }
      stem--;
    }
    return false;
  }

  private static boolean isDerivation(String ending) {
    return ending.isEmpty() || DERIVATIONS.contains(ending);
  }

  private static boolean isCapitalName(Token token) {
    return token.capitalized() && !token.initial();
  }

  /** Whether one is another form of a name or rare word: "Russian", "Russia"; "conquered". */
  private static boolean isFormOf(Token longer, Token shorter) {
    String base = shorter.form();
    boolean name = shorter.is(Word.Trait.PROPER) || !shorter.word().known();
    if (!name || base.length() < SHORTEST || longer.is(Word.Trait.COMMON)) {
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

  /** "dict" for "dictionary": the beginning of an ordinary word, and no word itself. */
  private static boolean isShort(Token shorter, Token longer) {
    return !shorter.word().known()
        && longer.is(Word.Trait.COMMON)
        && shorter.form().length() >= SHORTEST
        && longer.key().startsWith(singular(shorter.form()));
  }

  private static String singular(String form) {
    return form.endsWith("s") ? form.substring(0, form.length() - 1) : form;
  }

  /**
   * The words and numbers that make up a word that is written together: "UA 482" for "UA482".
   *
   * @return at least two tokens that stand next to each other in the text; empty if there are none
   */
  static List<Token> writtenApart(Token word, List<Token> text) {
    String form = word.form();
    if (word.is(Word.Trait.FUNCTION)) {
      return List.of();
    }
    for (int start = 0; start < text.size() && form.length() >= SHORTEST; start++) {
      int length = 0;
      int end = start;
      while (end < text.size()
          && end - start < MOST_PARTS
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
   * The words whose initials make up a word: "United Nations" for "UN".
   *
   * @return words that stand next to each other in the text; empty if there are none
   */
  static List<Token> speltOut(Token word, List<Token> text) {
    int length = word.form().length();
    if (length < 2 || length > LONGEST_INITIALS || word.kind() == Token.Kind.NUMBER) {
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

  private static boolean isMisspelt(String a, String b, boolean noneKnown) {
    int shorter = Math.min(a.length(), b.length());
    int longer = Math.max(a.length(), b.length());
    if (shorter < SHORTEST || longer > LONGEST || longer - shorter > 2) {
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
            ? shorter >= SHORTEST_UNKNOWN ? 1 : 0
            : shorter >= SHORTEST_WITH_TWO_ERRORS ? 2 : shorter >= SHORTEST_WITH_ONE_ERROR ? 1 : 0;
    return errors > 0 && longer - shorter <= errors && distance(a, b) <= errors;
  }

  /** Whether two neighboring letters changed places and nothing else differs. */
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

  /** Insertions, deletions, replacements and swaps of neighbors that lead from one to the other. */
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
