package io.github.semcache.lucene;

import io.github.semcache.embedding.EmbeddingSpace;
import java.nio.file.Path;
import java.util.Arrays;

/** Saves states until it is killed, and says on its standard output what has been saved. */
final class KilledSaver {
  static final int LENGTH = 200_000;

  private KilledSaver() {}

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
    throw new AssertionError("nobody has killed this process");
  }
}
