package io.github.semcache.openai;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits texts into requests within the limits of OpenAI's API reference ("Create embeddings",
 * {@code input}): at most 2,048 texts and 300,000 tokens per request.
 *
 * <p>The number of UTF-8 bytes is used as an upper bound for the number of tokens, because the
 * tokenizer of the embedding models works on UTF-8 bytes. English text has about four bytes per
 * token.
 */
final class InputBatches {
  static final int MAX_TEXTS = 2048;
  static final int MAX_BYTES = 300_000;

  private InputBatches() {}

  /**
   * Splits texts in order. A single text that exceeds the limit becomes a batch of one.
   *
   * @param texts the texts
   * @param maxTexts the maximum number of texts per batch
   * @return the batches, none of them empty
   */
  static List<List<String>> split(List<String> texts, int maxTexts) {
    List<List<String>> batches = new ArrayList<>();
    int start = 0;
    long bytes = 0;
    for (int i = 0; i < texts.size(); i++) {
      long length = utf8Length(texts.get(i));
      if (i > start && (i - start == maxTexts || bytes + length > MAX_BYTES)) {
        batches.add(texts.subList(start, i));
        start = i;
        bytes = 0;
      }
      bytes += length;
    }
    if (start < texts.size()) {
      batches.add(texts.subList(start, texts.size()));
    }
    return batches;
  }

  private static long utf8Length(String text) {
    return text.chars().mapToLong(c -> utf8Length((char) c)).sum();
  }

  /** Counts two bytes for each surrogate, because a surrogate pair takes four bytes. */
  private static int utf8Length(char c) {
    if (c < 0x80) {
      return 1;
    }
    return c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
  }
}
