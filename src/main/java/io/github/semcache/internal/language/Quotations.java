package io.github.semcache.internal.language;

import org.jspecify.annotations.Nullable;

/**
 * Tracks the quotations of a text while the text is read from start to end.
 *
 * <p>The cost is linear in the length of the text: the closing marks are indexed once for each kind
 * of quotation mark that occurs.
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

  /** The number of characters before each index that are not white space; computed on demand. */
  private int @Nullable [] lengths;

  /** For each kind of mark, the next closing mark from each index on; computed on demand. */
  private final int[] @Nullable [] nextClosing = new int[OPENING_MARKS.length()][];

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
    int[] next = nextClosing(kind);
    int close = next[start + 1];
    if (close >= 0 && length(start, close) == 0) {
      close = next[close + 1];
    }
    if (close >= 0 && length(start, close) < MAX_LENGTH) {
      end = startsText && close >= lastWordCharacter() ? -1 : close;
    }
  }

  /** Returns whether an index is inside the quotation that was started last. */
  boolean contains(int index) {
    return index < end;
  }

  /** Returns the number of characters between two marks, not counting white space. */
  private int length(int open, int close) {
    int[] known = lengths;
    if (known == null) {
      known = new int[text.length() + 1];
      for (int i = 0; i < text.length(); i++) {
        known[i + 1] = known[i] + (CharacterClasses.isSpace(text.charAt(i)) ? 0 : 1);
      }
      lengths = known;
    }
    return known[close] - known[open + 1];
  }

  private int[] nextClosing(int kind) {
    int[] known = nextClosing[kind];
    if (known == null) {
      char closing = CLOSING_MARKS.charAt(kind);
      known = new int[text.length() + 1];
      known[text.length()] = -1;
      for (int i = text.length() - 1; i >= 0; i--) {
        boolean closes = text.charAt(i) == closing && !isBeforeWordCharacter(i);
        known[i] = closes ? i : known[i + 1];
      }
      nextClosing[kind] = known;
    }
    return known;
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
