package io.github.semcache.lucene;

import static io.github.semcache.testkit.Entries.nearest;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.Match;
import io.github.semcache.store.StoreException;
import io.github.semcache.testkit.Entries;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which directories can be opened, and what is said of the others. */
class LuceneOpeningTest extends StoreInDirectory {
  @ParameterizedTest
  @ValueSource(ints = {1, 1_024, 1_025, 1_536, 3_072, 16_384})
  void entriesOfAnyDimensionAreFoundBeforeAndAfterReopening(int dimension) {
    EmbeddingSpace space = new EmbeddingSpace("model", dimension);
    Random random = new Random(dimension);
    Embedding embedding = Entries.random(dimension, random);
    Embedding query = Entries.random(dimension, random);
    CacheEntry entry = Entries.entry(SCOPE, "what?", "answer", time.instant());
    LuceneVectorStore store = open(LuceneVectorStore.builder(directory, space));
    store.put(List.of(withoutExpiry(entry, embedding)));
    store.flush();
    assertFound(store, query, entry, embedding);
    store.close();

    assertFound(open(LuceneVectorStore.builder(directory, space)), query, entry, embedding);
  }

  private static void assertFound(
      LuceneVectorStore store, Embedding query, CacheEntry entry, Embedding embedding) {
    List<Match> matches = store.nearest(nearest(SCOPE, query, 1)).matches();
    assertThat(matches).extracting(Match::entry).containsExactly(entry);
    assertThat(matches.get(0).distance()).isEqualTo(query.cosineDistance(embedding), within(1e-6));
  }

  @Test
  void storeIsOpenedForTheSpaceOfAnEmbedder() {
    Embedder embedder = Embedder.of("some-model", 2, text -> new float[] {1, 0});
    try (LuceneVectorStore store = LuceneVectorStore.open(directory, embedder)) {
      assertThat(store.space()).isEqualTo(new EmbeddingSpace("some-model", 2));
    }
  }

  @Test
  void directoriesOnTheWayAreMade() {
    Path deep = directory.resolve("a/b/c");
    LuceneVectorStore.open(deep, SPACE).close();

    assertThat(deep).isDirectory();
  }

  @Test
  void secondStoreOfTheSameDirectoryIsRefused() {
    LuceneVectorStore first = open();
    CacheEntry entry = put(first, "what?", 0);

    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContainingAll(directory.toString(), "open in another store", "close it");
    assertThat(first.find(entry.key())).contains(entry);

    first.close();
    assertThat(open().find(entry.key())).contains(entry);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void storeOfAnotherModelIsRefusedAndLeftAsItIs(boolean indexLost) throws IOException {
    LuceneVectorStore store = open();
    CacheEntry entry = put(store, "what?", 0);
    store.close();
    if (indexLost) {
      delete(directory.resolve("index"));
    }
    Map<Path, byte[]> before = contents(directory.resolve("log"));

    EmbeddingSpace other = new EmbeddingSpace("other-model", DIMENSION);
    assertThatThrownBy(() -> LuceneVectorStore.open(directory, other))
        .isInstanceOf(StoreException.class)
        .hasMessageContainingAll(
            "holds embeddings of test-model with dimension 8",
            "expected was embeddings of other-model with dimension 8",
            "delete");
    assertThat(contents(directory.resolve("log"))).usingRecursiveComparison().isEqualTo(before);
    assertThat(indexLost || open().find(entry.key()).isPresent()).isTrue();
  }

  @Test
  void storeOfAnotherDimensionIsRefused() {
    open().close();

    assertThatThrownBy(
            () -> LuceneVectorStore.open(directory, new EmbeddingSpace("test-model", 16)))
        .isInstanceOf(StoreException.class)
        .hasMessageContainingAll("dimension 8", "dimension 16");
  }

  @Test
  void storeOfAnotherSchemaIsRefused() throws IOException {
    open().close();
    try (FSDirectory index = FSDirectory.open(directory.resolve("index"));
        IndexWriter writer = new IndexWriter(index, new IndexWriterConfig())) {
      Map<String, String> later = new TreeMap<>(Identity.of(SPACE).toProperties());
      later.put("semcache.schema", "2");
      writer.setLiveCommitData(later.entrySet());
    }

    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContainingAll("schema 2", "schema 1");
  }

  @Test
  void indexOfAnotherProgramIsRefused() throws IOException {
    try (FSDirectory index = FSDirectory.open(directory.resolve("index"));
        IndexWriter writer = new IndexWriter(index, new IndexWriterConfig())) {
      writer.addDocument(new Document());
    }

    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContainingAll("no semcache store", "choose another directory");
  }

  @ParameterizedTest
  @ValueSource(strings = {"segments_", "_0.cfs", "_0.cfe", "_0.si"})
  void indexThatLostAFileIsRefusedAndLeftAsItIs(String lost) throws IOException {
    fillAndClose();
    Files.delete(fileOfIndex(lost));
    assertDamageIsReported();
  }

  @ParameterizedTest
  @ValueSource(strings = {"segments_", "_0.cfs", "_0.cfe", "_0.si"})
  void indexWithATruncatedFileIsRefusedAndLeftAsItIs(String truncated) throws IOException {
    fillAndClose();
    try (RandomAccessFile file = new RandomAccessFile(fileOfIndex(truncated).toFile(), "rw")) {
      file.setLength(file.length() / 2);
    }
    assertDamageIsReported();
  }

  private void fillAndClose() {
    LuceneVectorStore store = open();
    put(store, "secret prompt", 0);
    store.flush();
    store.close();
  }

  private void assertDamageIsReported() throws IOException {
    Map<Path, byte[]> before = contents(directory);
    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContainingAll(directory.toString(), "damaged", "nothing in it was changed")
        .hasMessageNotContaining("secret");
    assertThat(contents(directory)).usingRecursiveComparison().isEqualTo(before);
  }

  @Test
  void damagedEntryIsCountedAndTheOthersAreFound() throws IOException {
    LuceneVectorStore store = open();
    CacheEntry good = put(store, "good", 20);
    CacheEntry damaged = put(store, "damaged", 0);
    store.flush();
    store.close();
    replaceInFile(fileOfIndex("_0.cfs"), "answer to damaged", "answer to dXmaged");

    LuceneVectorStore reopened = open();
    var found = reopened.nearest(nearest(SCOPE, Entries.atAngle(DIMENSION, 0), 5));

    assertThat(found.matches()).extracting(Match::entry).containsExactly(good);
    assertThat(found.corrupt()).isEqualTo(1);
    assertThatThrownBy(() -> reopened.find(damaged.key()))
        .isInstanceOf(io.github.semcache.store.CorruptEntryException.class)
        .hasMessageContaining(damaged.key());
    assertThat(reopened.remove(new EntrySelector.ByKey(damaged.key()))).isEqualTo(1);
    assertThat(reopened.find(damaged.key())).isEmpty();
  }

  @Test
  void fileInPlaceOfTheDirectoryIsRefused() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));

    assertThatThrownBy(() -> LuceneVectorStore.open(file, SPACE))
        .isInstanceOf(StoreException.class)
        .hasMessageContainingAll(file.toString(), "must be writable");
    assertThatThrownBy(() -> LuceneVectorStore.open(file.resolve("below"), SPACE))
        .isInstanceOf(StoreException.class);
  }

  @Test
  void storeThatCouldNotBeOpenedDoesNotKeepTheDirectory() throws IOException {
    fillAndClose();
    Path segments = fileOfIndex("segments_");
    byte[] content = Files.readAllBytes(segments);
    Files.write(segments, new byte[10]);
    assertThatThrownBy(this::open).isInstanceOf(StoreException.class);
    Files.write(segments, content);

    assertThat(near(open(), 0, 5)).hasSize(1);
  }

  private Path fileOfIndex(String prefix) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("index"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .findFirst()
          .orElseThrow();
    }
  }

  private static void replaceInFile(Path file, String from, String to) throws IOException {
    String content = Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThat(content).contains(from);
    Files.writeString(
        file, content.replace(from, to), java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> paths = Files.walk(tree)) {
      for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static Map<Path, byte[]> contents(Path tree) throws IOException {
    Map<Path, byte[]> contents = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(tree)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        contents.put(path, Files.readAllBytes(path));
      }
    }
    return contents;
  }
}
