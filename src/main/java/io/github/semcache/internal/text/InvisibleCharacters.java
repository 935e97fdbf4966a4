package io.github.semcache.internal.text;

import java.lang.Character.UnicodeScript;
import java.util.Set;

/**
 * Characters that have no visible form, such as zero-width spaces, bidirectional controls, soft
 * hyphens, variation selectors, and tag characters, and those without a defined form: private-use
 * and unassigned characters and unpaired surrogates. Tokenizers drop them, so texts that differ in
 * them have the same embedding, while a model may still read a message that is encoded in them.
 * Tokenizers drop combining marks too, so combining letters, and more marks than a letter has in
 * any language, count as well.
 */
public final class InvisibleCharacters {
  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;
  private static final int TEXT_STYLE = 0xFE0E;
  private static final int EMOJI_STYLE = 0xFE0F;

  /** The maximum number of combining marks on a letter, as in decomposed Vietnamese. */
  private static final int MAX_MARKS = 2;

  /** The scripts whose spelling uses joiners: they change the visible form of a word. */
  private static final Set<UnicodeScript> SCRIPTS_WITH_JOINERS =
      Set.of(
          UnicodeScript.ARABIC,
          UnicodeScript.BENGALI,
          UnicodeScript.DEVANAGARI,
          UnicodeScript.GUJARATI,
          UnicodeScript.GURMUKHI,
          UnicodeScript.KANNADA,
          UnicodeScript.MALAYALAM,
          UnicodeScript.ORIYA,
          UnicodeScript.SINHALA,
          UnicodeScript.SYRIAC,
          UnicodeScript.TAMIL,
          UnicodeScript.TELUGU);

  private InvisibleCharacters() {}

  /**
   * Returns whether a text has invisible characters. Joiners and variation selectors that change
   * the form of an emoji or of a word do not count.
   *
   * @param text the text
   * @return whether it has characters that a reader does not see
   */
  public static boolean in(String text) {
    int previous = -1;
    int marks = 0;
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      i += Character.charCount(codePoint);
      if (isInvisible(codePoint) && !isVisibleAfter(previous, codePoint, text, i)) {
        return true;
      }
      marks = isDiacriticalMark(codePoint) ? marks + 1 : 0;
      if (marks > MAX_MARKS) {
        return true;
      }
      previous = codePoint;
    }
    return false;
  }

  /** Returns whether a character is in one of the blocks of marks for letters of any script. */
  private static boolean isDiacriticalMark(int codePoint) {
    return (codePoint >= 0x300 && codePoint <= 0x36F)
        || (codePoint >= 0x1AB0 && codePoint <= 0x1AFF)
        || (codePoint >= 0x1DC0 && codePoint <= 0x1DFF)
        || (codePoint >= 0x20D0 && codePoint <= 0x20FF)
        || (codePoint >= 0xFE20 && codePoint <= 0xFE2F);
  }

  /** The small letters of Latin and Cyrillic that are written above other letters. */
  private static boolean isCombiningLetter(int codePoint) {
    return (codePoint >= 0x363 && codePoint <= 0x36F)
        || (codePoint >= 0x1ABF && codePoint <= 0x1ACE)
        || (codePoint >= 0x1DD3 && codePoint <= 0x1DF4)
        || (codePoint >= 0x2DE0 && codePoint <= 0x2DFF)
        || (codePoint >= 0xA674 && codePoint <= 0xA67B)
        || codePoint == 0xA69E
        || codePoint == 0xA69F;
  }

  /**
   * Returns whether a character is invisible: a control other than white space, one of the
   * characters with the property Default_Ignorable_Code_Point of the Unicode Character Database, a
   * character without a defined form, or a combining letter.
   */
  private static boolean isInvisible(int codePoint) {
    if (codePoint < 0x7F) {
      return codePoint < ' ' && !Character.isWhitespace(codePoint);
    }
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL -> codePoint != 0x85;
      case Character.FORMAT -> !isVisibleFormat(codePoint);
      case Character.PRIVATE_USE, Character.SURROGATE -> true;
      case Character.UNASSIGNED -> !isPictograph(codePoint);
      case Character.NON_SPACING_MARK -> isIgnorable(codePoint) || isCombiningLetter(codePoint);
      default -> isIgnorable(codePoint);
    };
  }

  /** Returns whether a character is in a block of emoji, which later Unicode versions assign. */
  private static boolean isPictograph(int codePoint) {
    return codePoint >= 0x1F000 && codePoint <= 0x1FAFF;
  }

  /** The signs of Arabic, Syriac, Kaithi, and hieroglyphs that are formats but have a form. */
  private static boolean isVisibleFormat(int codePoint) {
    return (codePoint >= 0x600 && codePoint <= 0x605)
        || codePoint == 0x6DD
        || codePoint == 0x70F
        || codePoint == 0x890
        || codePoint == 0x891
        || codePoint == 0x8E2
        || codePoint == 0x110BD
        || codePoint == 0x110CD
        || (codePoint >= 0x13430 && codePoint <= 0x1345F);
  }

  /** The ignorable characters that are letters, marks, or not assigned. */
  private static boolean isIgnorable(int codePoint) {
    return codePoint == 0x34F
        || codePoint == 0x115F
        || codePoint == 0x1160
        || codePoint == 0x17B4
        || codePoint == 0x17B5
        || (codePoint >= 0x180B && codePoint <= 0x180F)
        || codePoint == 0x2065
        || codePoint == 0x3164
        || (codePoint >= 0xFE00 && codePoint <= 0xFE0F)
        || codePoint == 0xFFA0
        || (codePoint >= 0xFFF0 && codePoint <= 0xFFF8)
        || (codePoint >= 0xE0000 && codePoint <= 0xE0FFF);
  }

  private static boolean isVisibleAfter(int previous, int codePoint, String text, int end) {
    return switch (codePoint) {
      case TEXT_STYLE, EMOJI_STYLE -> isSymbol(previous);
      case ZERO_WIDTH_JOINER, ZERO_WIDTH_NON_JOINER -> {
        int next = end < text.length() ? text.codePointAt(end) : -1;
        yield (usesJoiners(previous) && usesJoiners(next))
            || (codePoint == ZERO_WIDTH_JOINER
                && (isSymbol(previous) || previous == EMOJI_STYLE)
                && isSymbol(next));
      }
      default -> false;
    };
  }

  /** Emoji, other symbols, and the keycap bases, which are digits, {@code #}, and {@code *}. */
  private static boolean isSymbol(int codePoint) {
    if (codePoint < 0x80) {
      return (codePoint >= '0' && codePoint <= '9') || codePoint == '#' || codePoint == '*';
    }
    return switch (Character.getType(codePoint)) {
      case Character.OTHER_SYMBOL,
          Character.MATH_SYMBOL,
          Character.MODIFIER_SYMBOL,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }

  private static boolean usesJoiners(int codePoint) {
    return codePoint >= 0
        && (Character.isLetter(codePoint)
            || Character.getType(codePoint) == Character.NON_SPACING_MARK
            || Character.getType(codePoint) == Character.COMBINING_SPACING_MARK)
        && SCRIPTS_WITH_JOINERS.contains(UnicodeScript.of(codePoint));
  }
}
