package io.github.semcache.guard;

/** Tells symbols that mean something from punctuation. */
final class Symbols {
  /** Punctuation that may be part of a name, path, tag or number. */
  private static final String TECHNICAL = "#@%/\\&-";

  private static final String DECORATION = "©®™";

  private Symbols() {}

  /** Whether a character at the edge of a word is not part of it. */
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

  /** Whether a character is an operator, such as the equals sign, of which several make one. */
  static boolean isMathematical(int symbol) {
    return Character.getType(symbol) == Character.MATH_SYMBOL || symbol == '^';
  }

  /** Whether a character says something by itself: a sign of mathematics or money, or an emoji. */
  static boolean isSymbol(int symbol) {
    int type = Character.getType(symbol);
    return isMathematical(symbol)
        || type == Character.CURRENCY_SYMBOL
        || (type == Character.OTHER_SYMBOL && DECORATION.indexOf(symbol) < 0);
  }
}
