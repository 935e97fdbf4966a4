package io.github.semcache.lucene;

import io.github.semcache.embedding.EmbeddingSpace;
import java.nio.file.Path;
import java.util.Arrays;

/** Writes states until it is killed. Prints the number of each state that was written. */
final class StateWriterProcess {
  static final int LENGTH = 200_000;

  private StateWriterProcess() {}

  public static void main(String[] args) {
    try (LuceneVectorStore store =
        LuceneVectorStore.open(Path.of(args[0]), new EmbeddingSpace("test-model", 4))) {
      for (byte i = 1; i < Byte.MAX_VALUE; i++) {
        byte[] state = new byte[LENGTH];
        Arrays.fill(state, i);
        store.save("policy", state);
        System.out.println(i);
      }
    }
    throw new AssertionError("the process was not killed");
  }
}
