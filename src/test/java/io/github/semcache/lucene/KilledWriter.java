package io.github.semcache.lucene;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.NewEntry;
import io.github.semcache.testkit.Entries;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Writes until it is killed, and says on its standard output what has been written. */
final class KilledWriter {
  static final int DIMENSION = 32;
  static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", DIMENSION);
  static final Scope SCOPE = Scope.of("tenant", "acme");

  /** Small, so that indexing, commits and merges are under way when the process is killed. */
  static final Limits LIMITS = new Limits(100, 1 << 20, Duration.ofSeconds(5));

  private KilledWriter() {}

  public static void main(String[] args) {
    try (LuceneVectorStore store =
        LuceneVectorStore.builder(Path.of(args[0]), SPACE).limits(LIMITS).build()) {
      for (int i = Integer.parseInt(args[1]); ; i++) {
        if (i % 10 == 9) {
          store.remove(new EntrySelector.ByKey(insertion(i - 5).entry().key()));
          say("removed", i - 5);
        } else if (i % 10 == 8) {
          store.put(List.of(insertion(i), insertion(i + 1)));
          say("put", i);
          say("put", i + 1);
        } else {
          store.put(List.of(insertion(i)));
          say("put", i);
        }
      }
    }
  }

  /** The stop at the end tells a whole line from one that was cut off. */
  private static void say(String what, int number) {
    System.out.println(what + " " + number + ".");
  }

  /** The entry of a number, always the same; some are large. */
  static NewEntry insertion(int number) {
    String answer = ("answer " + number + " ").repeat(number % 50 == 0 ? 20_000 : 20);
    CacheEntry entry =
        Entries.entry(SCOPE, "prompt " + number, answer, Instant.ofEpochSecond(number));
    return new NewEntry(
        entry, Optional.of(Entries.random(DIMENSION, new Random(number))), Optional.empty());
  }
}
