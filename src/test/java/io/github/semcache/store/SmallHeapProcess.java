package io.github.semcache.store;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testkit.Entries;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Writes more entries to a store than fit into the heap, one by one and then in batches. Prints the
 * number of entries in the store at the end.
 */
final class SmallHeapProcess {
  private static final int DIMENSION = 384;
  private static final int BATCH = 500;
  private static final int BATCHES = 10;

  private SmallHeapProcess() {}

  /**
   * Runs the process.
   *
   * @param arguments the number of entries and the number of characters of an answer
   */
  public static void main(String[] arguments) {
    int count = Integer.parseInt(arguments[0]);
    String filler = "é".repeat(Integer.parseInt(arguments[1]));
    InMemoryVectorStore store =
        InMemoryVectorStore.builder(new EmbeddingSpace("small", DIMENSION))
            .maxEntries(Integer.MAX_VALUE)
            .build();
    for (int i = 0; i < count; i++) {
      store.put(List.of(newEntry(i, filler)));
    }
    for (int from = 0; from < BATCHES * BATCH; from += BATCH) {
      store.put(IntStream.range(from, from + BATCH).mapToObj(i -> newEntry(i, filler)).toList());
    }
    System.out.println(store.count(new EntrySelector.All()));
  }

  private static NewEntry newEntry(int number, String filler) {
    CacheEntry entry =
        Entries.entry(Scope.none(), "prompt " + number, filler + number, Instant.EPOCH);
    return Entries.withoutExpiry(entry, Entries.atAngle(DIMENSION, number));
  }
}
