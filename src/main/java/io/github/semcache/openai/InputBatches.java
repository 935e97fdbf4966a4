package io.github.semcache.openai;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits texts into requests that the embedding service accepts: at most 2,048 texts and 300,000
 * tokens each, by OpenAI's API reference ("Create embeddings", {@code input}).
 *
 * <p>Tokens are bounded, not counted: the tokenizer of the embedding models works on UTF-8 bytes,
 * so a text has at most as many tokens as bytes. English has about four bytes a token.
 */
final class InputBatches {
  static final int MAX_TEXTS = 2048;
  static final int MAX_BYTES = 300_000;

  private InputBatches() {}

  /**
   * Splits texts, keeping their order. A text that is too long for any request is alone in its own.
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

  /** A surrogate counts two bytes: four for the pair. */
  private static long utf8Length(String text) {
    return text.chars().mapToLong(c -> utf8Length((char) c)).sum();
  }

  private static int utf8Length(char c) {
    if (c < 0x80) {
      return 1;
    }
    return c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
  }
}
