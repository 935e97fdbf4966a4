package io.github.semcache.lucene;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.expiring;
import static io.github.semcache.testkit.Entries.nearest;
import static io.github.semcache.testkit.Entries.withoutExpiry;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import io.github.semcache.testkit.FakeClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Opens stores in a temporary directory, and closes them after the test. */
abstract class LuceneFixture {
  static final int DIMENSION = 8;
  static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", DIMENSION);
  static final Scope SCOPE = Scope.of("tenant", "acme");

  @TempDir Path directory;
  final FakeClock clock = new FakeClock();
  private final List<LuceneVectorStore> opened = new ArrayList<>();

  LuceneVectorStore.Builder builder() {
    return LuceneVectorStore.builder(directory, SPACE).timeSource(clock);
  }

  LuceneVectorStore open(LuceneVectorStore.Builder builder) {
    LuceneVectorStore store = builder.build();
    opened.add(store);
    return store;
  }

  LuceneVectorStore open() {
    return open(builder());
  }

  @AfterEach
  void closeStores() {
    opened.forEach(LuceneVectorStore::close);
  }

  CacheEntry put(LuceneVectorStore store, String prompt, double degrees) {
    CacheEntry entry = entry(SCOPE, prompt, "answer to " + prompt, clock.instant());
    store.put(List.of(withoutExpiry(entry, atAngle(DIMENSION, degrees))));
    return entry;
  }

  CacheEntry put(LuceneVectorStore store, String prompt, double degrees, Duration timeToLive) {
    CacheEntry entry = entry(SCOPE, prompt, "answer to " + prompt, clock.instant());
    store.put(List.of(expiring(entry, atAngle(DIMENSION, degrees), timeToLive)));
    return entry;
  }

  static List<CacheEntry> entriesNear(LuceneVectorStore store, double degrees, int k) {
    return store.nearest(nearest(SCOPE, atAngle(DIMENSION, degrees), k)).matches().stream()
        .map(Match::entry)
        .toList();
  }

  /** Returns the number of live documents in the files of the index. */
  int documents() throws IOException {
    try (FSDirectory index = FSDirectory.open(directory.resolve("index"));
        DirectoryReader reader = DirectoryReader.open(index)) {
      return reader.numDocs();
    }
  }
}
