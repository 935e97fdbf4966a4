package io.github.semcache.lucene;

import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testkit.Entries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Threads, open files, interrupts, and I/O failures. */
class LuceneResourcesTest extends LuceneFixture {
  private static final FlushLimits SMALL = new FlushLimits(20, 1 << 20, Duration.ofMillis(10));

  @Test
  void closedStoreLeavesNoThreads() {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    LuceneVectorStore store = open(builder().flushLimits(SMALL));
    fill(store, 500);
    store.close();

    assertThat(Thread.getAllStackTraces().keySet().stream().filter(Thread::isAlive))
        .filteredOn(thread -> !before.contains(thread))
        .filteredOn(
            thread -> thread.getName().contains("semcache") || thread.getName().contains("Lucene"))
        .isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void closedStoreLeavesNoOpenOrMappedFiles() throws IOException {
    LuceneVectorStore store = open(builder().flushLimits(SMALL));
    fill(store, 500);
    store.flush();
    assertThat(openFiles()).isNotEmpty();
    store.close();

    assertThat(openFiles()).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void failedOpenLeavesNoOpenFiles() throws IOException {
    open().close();
    assertThatThrownBy(
            () -> LuceneVectorStore.open(directory, new EmbeddingSpace("other", DIMENSION)))
        .isInstanceOf(StoreException.class);

    assertThat(openFiles()).isEmpty();
  }

  private Set<String> openFiles() throws IOException {
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"));
        Stream<Path> handles = Files.list(Path.of("/proc/self/fd"))) {
      return Stream.concat(maps, handles.map(LuceneResourcesTest::target))
          .filter(line -> line.contains(directory.toString()))
          .collect(Collectors.toSet());
    }
  }

  private static String target(Path handle) {
    try {
      return Files.readSymbolicLink(handle).toString();
    } catch (IOException e) {
      return "closed";
    }
  }

  @Test
  void callsAfterCloseFail() {
    LuceneVectorStore store = open();
    CacheEntry entry = put(store, "what?", 0);
    store.close();
    store.close();

    assertThatThrownBy(() -> store.find(entry.key())).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> entriesNear(store, 0, 1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> put(store, "what?", 0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> store.updateAttributes(entry.key(), current -> current))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> store.remove(new EntrySelector.All()))
        .isInstanceOf(IllegalStateException.class);
    assertThat(store.space()).isEqualTo(SPACE);
  }

  @Test
  void closeDuringFlushAndMergeLosesNothing() {
    EmbeddingSpace space = new EmbeddingSpace("wide", 512);
    Random random = new Random(3);
    List<NewEntry> entries =
        IntStream.range(0, 3_000)
            .mapToObj(
                i ->
                    withoutExpiry(
                        Entries.entry(SCOPE, "prompt " + i, "answer", clock.instant()),
                        Entries.random(512, random)))
            .toList();
    LuceneVectorStore store =
        open(
            LuceneVectorStore.builder(directory, space)
                .flushLimits(new FlushLimits(400, 1 << 30, Duration.ofSeconds(5))));
    store.put(entries);
    store.close();

    LuceneVectorStore reopened = open(LuceneVectorStore.builder(directory, space));

    assertThat(reopened.remove(new EntrySelector.All())).isEqualTo(3_000);
  }

  @Test
  void interruptedThreadCanUseTheStore() {
    LuceneVectorStore store = open();
    CacheEntry flushed = put(store, "flushed", 0);
    store.flush();
    CacheEntry entry;
    Thread.currentThread().interrupt();
    try {
      entry = put(store, "what?", 10);
      assertThat(entriesNear(store, 0, 5)).containsExactly(flushed, entry);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
    store.flush();

    assertThat(entriesNear(store, 0, 5)).containsExactly(flushed, entry);
  }

  @Test
  void unwritableIndexFailsWritesAndIsWrittenLater() throws IOException {
    LuceneVectorStore store = open(builder().flushLimits(SMALL));
    CacheEntry first = put(store, "first", 0);
    store.flush();
    Path index = directory.resolve("index");
    Path moved = Files.move(index, directory.resolve("moved"));

    assertThatThrownBy(() -> fill(store, 1_000))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("the index cannot be written")
        .hasCauseInstanceOf(IOException.class);
    assertThat(store.find(first.key())).contains(first);
    assertThat(store.remove(new EntrySelector.ByKey(first.key()))).isEqualTo(1);
    CacheEntry last = Entries.entry(SCOPE, "prompt 150", "answer", clock.instant());
    assertThat(store.find(last.key())).contains(last);

    // Every retry creates the directory again.
    Awaitility.await().ignoreExceptions().untilAsserted(() -> replace(index, moved));
    Awaitility.await().ignoreExceptions().untilAsserted(store::flush);
    fill(store, 1_000);
    store.close();

    assertThat(open().remove(new EntrySelector.All())).isEqualTo(1_000);
  }

  private static void replace(Path directory, Path replacement) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
    Files.move(replacement, directory);
  }

  @Test
  void entryIsAlwaysFoundWhileItIsReplacedUpdatedAndFlushed() throws Exception {
    LuceneVectorStore store = open(builder().flushLimits(SMALL));
    CacheEntry entry = put(store, "what?", 0);
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      Callable<Integer> reader =
          () -> {
            int found = 0;
            while (!done.get()) {
              assertThat(store.find(entry.key())).isPresent();
              assertThat(entriesNear(store, 0, 1))
                  .extracting(CacheEntry::key)
                  .containsExactly(entry.key());
              found++;
            }
            return found;
          };
      List<Future<Integer>> readers = List.of(threads.submit(reader), threads.submit(reader));
      for (int i = 0; i < 1_000; i++) {
        put(store, "what?", 0);
        store.updateAttributes(entry.key(), current -> current.attributes(Map.of("mark", "1")));
        put(store, "other " + i % 50, 90);
      }
      done.set(true);
      for (Future<Integer> result : readers) {
        assertThat(result.get()).isPositive();
      }
    } finally {
      done.set(true);
      threads.shutdownNow();
    }
  }

  @Test
  void interruptedThreadCanCloseTheStoreAndKeepsItsInterruptFlag() {
    LuceneVectorStore store = open(builder().flushLimits(SMALL));
    CacheEntry entry = put(store, "what?", 0);
    Thread.currentThread().interrupt();
    try {
      store.close();

      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }

    assertThat(open().find(entry.key())).contains(entry);
  }

  @Test
  void openFailsOnAnInterruptedThreadWhichKeepsItsInterruptFlag() {
    open().close();
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(this::open).isInstanceOf(StoreException.class);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
    open();
  }

  private void fill(LuceneVectorStore store, int count) {
    for (int i = 0; i < count; i++) {
      CacheEntry entry = Entries.entry(SCOPE, "prompt " + i, "answer", clock.instant());
      store.put(
          List.of(
              new NewEntry(
                  entry, Optional.of(Entries.atAngle(DIMENSION, i / 10.0)), Optional.empty())));
    }
  }
}
