package io.github.semcache.lucene;

import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.NewEntry;
import io.github.semcache.store.StoreException;
import io.github.semcache.testkit.Entries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

/** Threads, files and trouble with them. */
class LuceneResourcesTest extends StoreInDirectory {
  private static final Limits SMALL = new Limits(20, 1 << 20, Duration.ofMillis(10));

  @Test
  void closedStoreLeavesNoThreads() {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    LuceneVectorStore store = open(builder().limits(SMALL));
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
  void closedStoreLeavesNoFilesOpenOrMapped() throws IOException {
    LuceneVectorStore store = open(builder().limits(SMALL));
    fill(store, 500);
    store.flush();
    assertThat(openFiles()).isNotEmpty();
    store.close();

    assertThat(openFiles()).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void storeThatCouldNotBeOpenedLeavesNoFilesOpen() throws IOException {
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
      return "gone";
    }
  }

  @Test
  void callsAfterCloseFail() {
    LuceneVectorStore store = open();
    CacheEntry entry = put(store, "what?", 0);
    store.close();
    store.close();

    assertThatThrownBy(() -> store.find(entry.key())).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> near(store, 0, 1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> put(store, "what?", 0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> store.remove(new EntrySelector.All()))
        .isInstanceOf(IllegalStateException.class);
    assertThat(store.space()).isEqualTo(SPACE);
  }

  @Test
  void closingWhileEntriesAreIndexedAndMergedLosesNothing() {
    EmbeddingSpace space = new EmbeddingSpace("wide", 512);
    Random random = new Random(3);
    List<NewEntry> insertions =
        IntStream.range(0, 3_000)
            .mapToObj(
                i ->
                    withoutExpiry(
                        Entries.entry(SCOPE, "prompt " + i, "answer", time.instant()),
                        Entries.random(512, random)))
            .toList();
    LuceneVectorStore store =
        open(
            LuceneVectorStore.builder(directory, space)
                .limits(new Limits(400, 1 << 30, Duration.ofSeconds(5))));
    store.put(insertions);
    store.close();

    LuceneVectorStore reopened = open(LuceneVectorStore.builder(directory, space));

    assertThat(reopened.remove(new EntrySelector.All())).isEqualTo(3_000);
  }

  @Test
  void interruptedThreadCanUseTheStoreAndDoesNotHarmIt() {
    LuceneVectorStore store = open();
    CacheEntry indexed = put(store, "indexed", 0);
    store.flush();
    CacheEntry entry;
    Thread.currentThread().interrupt();
    try {
      entry = put(store, "what?", 10);
      assertThat(near(store, 0, 5)).containsExactly(indexed, entry);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
    store.flush();

    assertThat(near(store, 0, 5)).containsExactly(indexed, entry);
  }

  @Test
  void indexThatCannotBeWrittenIsReportedAndWrittenLater() throws IOException {
    LuceneVectorStore store = open(builder().limits(SMALL));
    CacheEntry first = put(store, "first", 0);
    store.flush();
    Path index = directory.resolve("index");
    Path away = Files.move(index, directory.resolve("away"));

    assertThatThrownBy(() -> fill(store, 1_000))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("takes no more entries")
        .hasCauseInstanceOf(IOException.class);
    assertThat(store.find(first.key())).contains(first);
    long there = store.remove(new EntrySelector.ByKey(first.key()));
    assertThat(there).isEqualTo(1);
    CacheEntry last = Entries.entry(SCOPE, "prompt 150", "answer", time.instant());
    assertThat(store.find(last.key())).contains(last);

    // Every attempt to write makes the directory again.
    Awaitility.await().ignoreExceptions().untilAsserted(() -> replace(index, away));
    Awaitility.await().ignoreExceptions().untilAsserted(store::flush);
    fill(store, 1_000);
    store.close();

    assertThat(open().remove(new EntrySelector.All())).isEqualTo(1_000);
  }

  private static void replace(Path replaced, Path by) throws IOException {
    try (Stream<Path> files = Files.list(replaced)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(replaced);
    Files.move(by, replaced);
  }

  @Test
  void entryThatIsOverwrittenAndIndexedAllTheTimeIsAlwaysFound() throws Exception {
    LuceneVectorStore store = open(builder().limits(SMALL));
    CacheEntry entry = put(store, "what?", 0);
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      Callable<Integer> reader =
          () -> {
            int found = 0;
            while (!done.get()) {
              assertThat(store.find(entry.key())).isPresent();
              assertThat(near(store, 0, 1))
                  .extracting(CacheEntry::key)
                  .containsExactly(entry.key());
              found++;
            }
            return found;
          };
      List<Future<Integer>> readers = List.of(threads.submit(reader), threads.submit(reader));
      for (int i = 0; i < 1_000; i++) {
        put(store, "what?", 0);
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
  void interruptedThreadCanCloseTheStoreAndKeepsItsFlag() {
    LuceneVectorStore store = open(builder().limits(SMALL));
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
  void interruptedThreadThatCannotOpenAStoreIsToldSoAndKeepsItsFlag() {
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

  private void fill(LuceneVectorStore store, int entries) {
    for (int i = 0; i < entries; i++) {
      CacheEntry entry = Entries.entry(SCOPE, "prompt " + i, "answer", time.instant());
      store.put(
          List.of(
              new NewEntry(
                  entry, Optional.of(Entries.atAngle(DIMENSION, i / 10.0)), Optional.empty())));
    }
  }
}
