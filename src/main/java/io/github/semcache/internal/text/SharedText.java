package io.github.semcache.internal.text;

import java.util.Optional;

/**
 * The parts in which two texts with a long common beginning or end differ, such as two questions
 * behind the same instructions. The common text dominates the embeddings of the whole texts, so the
 * parts have to be compared on their own. A part begins and ends at the boundary of a sentence, a
 * clause, or a line if there is one within a few words, else of a word.
 *
 * @param first the part of the first text
 * @param second the part of the second text
 */
public record SharedText(String first, String second) {
  /** Below this number of common words, the embeddings of the whole texts are compared. */
  private static final int MIN_COMMON_WORDS = 12;

  /** The maximum number of common words that a part begins or ends with. */
  private static final int MAX_CONTEXT_WORDS = 10;

  /**
   * Returns the parts in which two texts differ.
   *
   * @param first the first text
   * @param second the second text
   * @return the parts; empty if the common beginning and end are short or shorter than the parts,
   *     or if one of the parts has no letters and digits
   */
  public static Optional<SharedText> of(String first, String second) {
    int start = contextStart(first, commonStart(first, second));
    int maxEnd = Math.min(first.length(), second.length()) - start;
    int end = contextEnd(first, Math.min(maxEnd, commonEnd(first, second)));
    String firstPart = first.substring(start, first.length() - end);
    String secondPart = second.substring(start, second.length() - end);
    int commonWords =
        words(first.substring(0, start)) + words(first.substring(first.length() - end));
    return commonWords >= MIN_COMMON_WORDS
            && commonWords >= Math.max(words(firstPart), words(secondPart))
            && hasWords(firstPart)
            && hasWords(secondPart)
        ? Optional.of(new SharedText(firstPart.strip(), secondPart.strip()))
        : Optional.empty();
  }

  /** Returns the length of the common beginning, in whole words. */
  private static int commonStart(String first, String second) {
    int limit = Math.min(first.length(), second.length());
    int length = 0;
    while (length < limit && first.charAt(length) == second.charAt(length)) {
      length++;
    }
    while (length > 0 && !(isEdge(first, length) && isEdge(second, length))) {
      length--;
    }
    return length;
  }

  /** Returns the length of the common end, in whole words. */
  private static int commonEnd(String first, String second) {
    int limit = Math.min(first.length(), second.length());
    int length = 0;
    while (length < limit
        && first.charAt(first.length() - 1 - length)
            == second.charAt(second.length() - 1 - length)) {
      length++;
    }
    while (length > 0
        && !(isEdge(first, first.length() - length) && isEdge(second, second.length() - length))) {
      length--;
    }
    return length;
  }

  /** Returns whether no word and no surrogate pair continues across an index. */
  private static boolean isEdge(String text, int index) {
    if (index == 0 || index == text.length()) {
      return true;
    }
    return !Character.isSurrogatePair(text.charAt(index - 1), text.charAt(index))
        && !(Character.isLetterOrDigit(text.codePointBefore(index))
            && Character.isLetterOrDigit(text.codePointAt(index)));
  }

  /** Moves the end of the common beginning back to a boundary. */
  private static int contextStart(String text, int length) {
    int words = 0;
    for (int i = length; i > 0 && words <= MAX_CONTEXT_WORDS; i--) {
      if (isBoundary(text.charAt(i - 1))) {
        return i;
      }
      words += i < length && isWordStart(text, i) ? 1 : 0;
    }
    return words <= MAX_CONTEXT_WORDS ? 0 : length;
  }

  /** Moves the beginning of the common end forward to a boundary; returns the length of the end. */
  private static int contextEnd(String text, int length) {
    int words = 0;
    for (int i = text.length() - length; i < text.length() && words <= MAX_CONTEXT_WORDS; i++) {
      if (isBoundary(text.charAt(i))) {
        return text.length() - i - 1;
      }
      words += isWordStart(text, i) ? 1 : 0;
    }
    return words <= MAX_CONTEXT_WORDS ? 0 : length;
  }

  private static boolean isBoundary(char character) {
    return switch (character) {
      case '.', '!', '?', ':', ';', '\n', '\r', '\t', '|', '。', '！', '？', '：', '；' -> true;
      default -> false;
    };
  }

  private static boolean hasWords(String text) {
    return text.codePoints().anyMatch(Character::isLetterOrDigit);
  }

  private static int words(String text) {
    int words = 0;
    for (int i = 0; i < text.length(); i++) {
      words += isWordStart(text, i) ? 1 : 0;
    }
    return words;
  }

  private static boolean isWordStart(String text, int index) {
    return Character.isLetterOrDigit(text.charAt(index))
        && (index == 0 || !Character.isLetterOrDigit(text.charAt(index - 1)));
  }
}
