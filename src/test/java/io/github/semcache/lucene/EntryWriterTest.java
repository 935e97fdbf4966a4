package io.github.semcache.lucene;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests which changes are logged, and when the log is synced. */
class EntryWriterTest {
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", 4);
  private static final CacheEntry ENTRY = entry(Scope.none(), "what?", "answer", Instant.EPOCH);

  @TempDir private Path directory;
  private HnswIndex index;
  private EntryTable table;
  private WriteAheadLog log;

  @BeforeEach
  void open() throws IOException {
    index = HnswIndex.open(directory.resolve("index"), SPACE);
    table =
        new EntryTable(
            new Catalog(),
            Snapshot.of(
                index.openReader(),
                metadata -> {
                  throw new AssertionError("the index is empty");
                }),
            100,
            64,
            InstantSource.system());
    log = WriteAheadLog.open(directory.resolve("log"), SPACE, record -> {});
  }

  @AfterEach
  void close() throws IOException {
    log.close();
    table.close();
    index.close();
  }

  private EntryWriter writer(Duration syncInterval) {
    return new EntryWriter(table, log, 0, syncInterval, FlushLimits.DEFAULT);
  }

  private static void put(EntryWriter writer) {
    writer.put(List.of(withoutExpiry(ENTRY, atAngle(4, 0))));
  }

  private static CacheEntry mark(CacheEntry entry) {
    return entry.attributes(Map.of("mark", "1"));
  }

  @Test
  void zeroSyncIntervalSyncsEveryChange() {
    EntryWriter writer = writer(Duration.ZERO);

    put(writer);
    assertThat(log.isSynced()).isTrue();

    writer.update(ENTRY.key(), EntryWriterTest::mark);
    assertThat(log.isSynced()).isTrue();

    writer.remove(new EntrySelector.All());
    assertThat(log.isSynced()).isTrue();
  }

  @Test
  void positiveSyncIntervalDoesNotSyncAtOnce() {
    put(writer(Duration.ofSeconds(1)));

    assertThat(log.isSynced()).isFalse();
  }

  @Test
  void onlyAnUpdateThatChangesTheEntryIsLogged() {
    EntryWriter writer = writer(Duration.ofSeconds(1));
    put(writer);
    long length = log.length();

    writer.update("missing", EntryWriterTest::mark);
    writer.update(ENTRY.key(), entry -> entry);
    writer.update(ENTRY.key(), entry -> entry.attributes(Map.copyOf(entry.attributes())));
    assertThat(log.length()).isEqualTo(length);

    writer.update(ENTRY.key(), EntryWriterTest::mark);
    assertThat(log.length()).isGreaterThan(length);
  }
}
