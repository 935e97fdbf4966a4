package io.github.semcache.internal.language;

/** Classifies characters: letters, white space, punctuation, and symbols with a meaning. */
final class CharacterClasses {
  /** Punctuation that may be part of a name, path, tag or number. */
  private static final String TECHNICAL = "#@%/\\&-";

  private static final String DECORATION = "©®™";

  private CharacterClasses() {}

  /** Returns whether a character at the edge of a word is not part of the word. */
  static boolean isPunctuation(char c) {
    if (TECHNICAL.indexOf(c) >= 0) {
      return false;
    }
    return c == '`'
        || c == '~'
        || switch (Character.getType(c)) {
          case Character.CONNECTOR_PUNCTUATION,
              Character.DASH_PUNCTUATION,
              Character.START_PUNCTUATION,
              Character.END_PUNCTUATION,
              Character.INITIAL_QUOTE_PUNCTUATION,
              Character.FINAL_QUOTE_PUNCTUATION,
              Character.OTHER_PUNCTUATION,
              Character.CONTROL,
              Character.FORMAT ->
              true;
          default -> false;
        };
  }

  /** Returns whether a character is an operator that may form a longer one, such as "==". */
  static boolean isMathematical(int symbol) {
    return Character.getType(symbol) == Character.MATH_SYMBOL || symbol == '^';
  }

  /** Returns whether a character is a mathematical sign, a currency sign, or an emoji. */
  static boolean isSymbol(int symbol) {
    int type = Character.getType(symbol);
    return isMathematical(symbol)
        || type == Character.CURRENCY_SYMBOL
        || (type == Character.OTHER_SYMBOL && DECORATION.indexOf(symbol) < 0);
  }

  static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  /** Returns whether the character at an index is a letter, a mark, or a surrogate of a letter. */
  static boolean isLetter(String text, int index) {
    char c = text.charAt(index);
    if (c < 0x80) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
    int letter =
        Character.isLowSurrogate(c) ? text.codePointBefore(index + 1) : text.codePointAt(index);
    return Character.isLetter(letter) || isMark(Character.getType(letter));
  }

  private static boolean isMark(int type) {
    return type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || type == Character.ENCLOSING_MARK;
  }

  static boolean isApostrophe(char c) {
    return c == '\'' || c == '’';
  }
}
