package io.github.semcache.langchain4j;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;

/**
 * Determines how much of a text an uncased BERT model reads, with the tokenizer of the model. A
 * word is not read in three cases:
 *
 * <ul>
 *   <li>It is unknown.
 *   <li>The vocabulary has only the single letters of its script. An English model has learned
 *       nothing about words that are spelled in such letters.
 *   <li>It has tone marks, as in Vietnamese. The tokenizer drops all marks, and different words
 *       become equal.
 * </ul>
 *
 * <p>Thread-safe.
 */
final class WordPieceReader {
  private static final String UNKNOWN = "[UNK]";
  private static final String CONTINUATION = "##";

  /** The tokenizer does not split longer words, which are unknown. */
  private static final int MAX_WORD_LENGTH = 100;

  private final HuggingFaceTokenizer tokenizer;

  private WordPieceReader(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Loads a tokenizer, which remains loaded.
   *
   * @param resource the file {@code tokenizer.json} of the model, on the class path of the class
   */
  static WordPieceReader load(Class<?> type, String resource) {
    try (InputStream json = type.getResourceAsStream(resource)) {
      if (json == null) {
        throw new IllegalStateException(resource + " is not on the class path");
      }
      return new WordPieceReader(
          HuggingFaceTokenizer.newInstance(
              json, Map.of("padding", "false", "truncation", "false")));
    } catch (IOException e) {
      throw new UncheckedIOException(resource + " cannot be read", e);
    }
  }

  /**
   * Returns the fraction of a text that is read: of its words, or of its characters if that is
   * less.
   *
   * @return a fraction, in [0, 1]; 0 if the text contains no words
   */
  double coverage(String text) {
    return isPlain(text) ? 1 : coverageByTokens(text);
  }

  /** Returns whether a text consists of short words of ASCII letters, which are all known. */
  private static boolean isPlain(String text) {
    int length = 0;
    boolean hasWord = false;
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      if (character >= 0x7F || (character < ' ' && !Character.isWhitespace(character))) {
        return false;
      }
      length = Character.isLetterOrDigit(character) ? length + 1 : 0;
      if (length > MAX_WORD_LENGTH) {
        return false;
      }
      hasWord |= character > ' ';
    }
    return hasWord;
  }

  double coverageByTokens(String text) {
    int[] characters = text.codePoints().toArray();
    Encoding encoding = tokenizer.encode(text, false, false);
    String[] tokens = encoding.getTokens();
    long[] words = encoding.getWordIds();
    CharSpan[] spans = encoding.getCharTokenSpans();
    Counts counts = new Counts();
    for (int start = 0; start < tokens.length; ) {
      int end = start + 1;
      while (end < tokens.length && words[end] == words[start]) {
        end++;
      }
      int from = spans[start] == null ? 0 : spans[start].getStart();
      int to = spans[end - 1] == null ? 0 : Math.min(characters.length, spans[end - 1].getEnd());
      counts.add(
          isRead(tokens, start, end) && !hasToneMarks(characters, from, to),
          Math.max(1, to - from));
      start = end;
    }
    return counts.coverage();
  }

  /** Returns whether characters include letters with the tone marks of Vietnamese or Yoruba. */
  private static boolean hasToneMarks(int[] characters, int from, int to) {
    return Arrays.stream(characters, from, Math.max(from, to))
        .anyMatch(character -> character >= 0x1EA0 && character <= 0x1EF9);
  }

  /** Returns whether at least one token of a word is known and is more than a foreign letter. */
  private static boolean isRead(String[] tokens, int start, int end) {
    for (int i = start; i < end; i++) {
      String token = tokens[i];
      String piece = token.startsWith(CONTINUATION) ? token.substring(2) : token;
      if (!token.equals(UNKNOWN) && !isForeignLetter(piece)) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether a piece is a single letter or mark of another script than Latin. */
  private static boolean isForeignLetter(String piece) {
    int letter = piece.codePointAt(0);
    return piece.length() == Character.charCount(letter)
        && (Character.isLetter(letter)
            || Character.getType(letter) == Character.NON_SPACING_MARK
            || Character.getType(letter) == Character.COMBINING_SPACING_MARK)
        && Character.UnicodeScript.of(letter) != Character.UnicodeScript.LATIN;
  }

  /** The words of a text and their characters. */
  private static final class Counts {
    private int words;
    private int readWords;
    private int characters;
    private int readCharacters;

    void add(boolean isRead, int length) {
      words++;
      characters += length;
      if (isRead) {
        readWords++;
        readCharacters += length;
      }
    }

    double coverage() {
      return words == 0
          ? 0
          : Math.min((double) readWords / words, (double) readCharacters / characters);
    }
  }
}
