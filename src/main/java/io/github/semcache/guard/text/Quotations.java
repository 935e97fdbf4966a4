package io.github.semcache.guard.text;

/**
 * Tracks the quotations of a text while the text is read from start to end.
 *
 * <p>The cost is linear in the length of the text, because a quotation has a maximum length.
 */
final class Quotations {
  /** The maximum number of characters between the marks, not counting white space. */
  private static final int MAX_LENGTH = 200;

  private static final String OPENING_MARKS = "\"'`“‘«„";
  private static final String CLOSING_MARKS = "\"'`”’»“";

  private final CharSequence text;
  private int end = -1;

  /** The index of the last letter or digit of the text, or -1; computed on demand. */
  private int lastWordCharacter = Integer.MAX_VALUE;

  Quotations(CharSequence text) {
    this.text = text;
  }

  /**
   * Starts the quotation whose opening mark is at an index, if there is one.
   *
   * @param start the index of a punctuation mark
   * @param startsText whether there is no token before the index; a quotation that makes up the
   *     whole text does not count as one
   */
  void open(int start, boolean startsText) {
    int kind = OPENING_MARKS.indexOf(text.charAt(start));
    if (kind < 0 || start < end) {
      return;
    }
    char closing = CLOSING_MARKS.charAt(kind);
    int length = 0;
    for (int i = start + 1; i < text.length() && length < MAX_LENGTH; i++) {
      char c = text.charAt(i);
      if (c == closing && length > 0 && !isBeforeWordCharacter(i)) {
        end = startsText && i >= lastWordCharacter() ? -1 : i;
        return;
      }
      length += CharacterClasses.isSpace(c) ? 0 : 1;
    }
  }

  /** Returns whether an index is inside the quotation that was started last. */
  boolean contains(int index) {
    return index < end;
  }

  private boolean isBeforeWordCharacter(int index) {
    return index + 1 < text.length() && Character.isLetterOrDigit(text.charAt(index + 1));
  }

  private int lastWordCharacter() {
    if (lastWordCharacter == Integer.MAX_VALUE) {
      int last = text.length() - 1;
      while (last >= 0 && !Character.isLetterOrDigit(text.charAt(last))) {
        last--;
      }
      lastWordCharacter = last;
    }
    return lastWordCharacter;
  }
}
