package io.github.semcache.lucene;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testkit.Entries;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Writes, updates, and removes entries until it is killed. Prints each change that was made. */
final class EntryWriterProcess {
  static final int DIMENSION = 32;
  static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", DIMENSION);
  static final Scope SCOPE = Scope.of("tenant", "acme");

  /** Small, so that flushes, commits, and merges are running when the process is killed. */
  static final FlushLimits LIMITS = new FlushLimits(100, 1 << 20, Duration.ofSeconds(5));

  private EntryWriterProcess() {}

  public static void main(String[] args) {
    try (LuceneVectorStore store =
        LuceneVectorStore.builder(Path.of(args[0]), SPACE).flushLimits(LIMITS).build()) {
      for (int i = Integer.parseInt(args[1]); ; i++) {
        if (i % 10 == 9) {
          store.remove(new EntrySelector.ByKey(newEntry(i - 5).entry().key()));
          print("removed", i - 5);
        } else if (i % 10 == 8) {
          store.put(List.of(newEntry(i), newEntry(i + 1)));
          print("put", i);
          print("put", i + 1);
        } else if (i % 10 == 7) {
          store.put(List.of(newEntry(i)));
          print("put", i);
          // Updates the latest entry and an older one, which is usually flushed already.
          update(store, i);
          update(store, Math.max(i - 200, i % 100));
        } else {
          store.put(List.of(newEntry(i)));
          print("put", i);
        }
      }
    }
  }

  private static void update(LuceneVectorStore store, int number) {
    if (store
        .updateAttributes(newEntry(number).entry().key(), EntryWriterProcess::updated)
        .isPresent()) {
      print("updated", number);
    }
  }

  /** The period distinguishes a complete line from a truncated one. */
  private static void print(String change, int number) {
    System.out.println(change + " " + number + ".");
  }

  /** Returns the entry with a number, always the same; some entries are large. */
  static NewEntry newEntry(int number) {
    String answer = ("answer " + number + " ").repeat(number % 50 == 0 ? 20_000 : 20);
    CacheEntry entry =
        Entries.entry(SCOPE, "prompt " + number, answer, Instant.ofEpochSecond(number));
    return new NewEntry(
        entry, Optional.of(Entries.random(DIMENSION, new Random(number))), Optional.empty());
  }

  static CacheEntry updated(CacheEntry entry) {
    return entry.attributes(Map.of("updated", "true"));
  }
}
