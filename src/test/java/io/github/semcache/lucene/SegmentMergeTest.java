package io.github.semcache.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;

/** Merges of all segments into one when no changes are flushed. */
class SegmentMergeTest extends LuceneFixture {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration NEVER = Duration.ofHours(1);

  private LuceneVectorStore open(Duration mergeAfter) {
    return open(
        builder().flushLimits(new FlushLimits(1_000, 1 << 30, Duration.ofSeconds(5), mergeAfter)));
  }

  private CacheEntry[] putEach(LuceneVectorStore store, String prefix, int count) {
    CacheEntry[] entries = new CacheEntry[count];
    for (int i = 0; i < count; i++) {
      entries[i] = put(store, prefix + i, i);
    }
    store.flush();
    return entries;
  }

  private int segments() throws IOException {
    try (FSDirectory index = FSDirectory.open(directory.resolve("index"));
        DirectoryReader reader = DirectoryReader.open(index)) {
      return reader.leaves().size();
    }
  }

  @Test
  void segmentsOfSimilarSizeAreMergedIntoOne() throws IOException {
    LuceneVectorStore store = open(NEVER);
    CacheEntry[] first = putEach(store, "first ", 60);
    CacheEntry[] second = putEach(store, "second ", 40);
    store.remove(new EntrySelector.ByKey(first[1].key()));
    store.flush();
    assertThat(segments()).isEqualTo(2);
    store.close();

    LuceneVectorStore reopened = open(Duration.ZERO);

    await().atMost(TIMEOUT).until(() -> segments() == 1);
    assertThat(documents()).isEqualTo(99);
    assertThat(reopened.find(second[39].key())).contains(second[39]);
    assertThat(reopened.find(first[1].key())).isEmpty();
    assertThat(entriesNear(reopened, 50, 1)).isEqualTo(List.of(first[50]));
  }

  @Test
  void mergeStartsAfterAFlush() {
    LuceneVectorStore store = open(Duration.ZERO);
    putEach(store, "first ", 20);
    CacheEntry[] second = putEach(store, "second ", 20);

    await().atMost(TIMEOUT).until(() -> segments() == 1);
    assertThat(store.find(second[0].key())).contains(second[0]);
  }

  @Test
  void fewNewEntriesAreNotMergedIntoALargeSegment() {
    LuceneVectorStore store = open(Duration.ZERO);
    putEach(store, "first ", 100);
    putEach(store, "second ", 10);

    await().during(Duration.ofMillis(300)).atMost(TIMEOUT).until(() -> segments() == 2);
  }
}
