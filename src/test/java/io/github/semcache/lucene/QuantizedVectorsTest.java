package io.github.semcache.lucene;

import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.nearest;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.Match;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testing.ClusteredVectors;
import io.github.semcache.testkit.Entries;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.lucene.codecs.lucene912.Lucene912Codec;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches of quantized vectors, and of those that earlier versions have written. */
@Tag("slow")
class QuantizedVectorsTest {
  private static final int DIMENSION = 64;
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", DIMENSION);
  private static final Scope SCOPE = Scope.of("tenant", "acme");
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private Path directory;
  private final Random random = new Random(7);

  private LuceneVectorStore open() {
    return LuceneVectorStore.builder(directory, SPACE)
        .flushLimits(new FlushLimits(1_000, 1 << 30, Duration.ofSeconds(5)))
        .build();
  }

  private static NewEntry newEntry(int number, Embedding embedding) {
    return withoutExpiry(
        entry(SCOPE, "prompt " + number, "answer", START.plusSeconds(number)), embedding);
  }

  private static List<Integer> found(LuceneVectorStore store, Embedding query, int k) {
    return store.nearest(nearest(SCOPE, query, k)).matches().stream()
        .map(QuantizedVectorsTest::number)
        .toList();
  }

  private static int number(Match match) {
    return Integer.parseInt(match.entry().prompt().substring("prompt ".length()));
  }

  /** Returns a vector near to another. Its quantization error is larger than its distance. */
  private Embedding almostEqual(Embedding embedding) {
    float[] components = embedding.toArray();
    for (int i = 0; i < components.length; i++) {
      components[i] += (float) (3e-2 * random.nextGaussian());
    }
    return Embedding.of(components);
  }

  @Test
  void nearestOfAlmostEqualEntriesOfASmallScopeIsAlwaysFound() {
    Embedding center = Entries.random(DIMENSION, random);
    List<NewEntry> entries =
        IntStream.range(0, 900).mapToObj(i -> newEntry(i, almostEqual(center))).toList();
    try (LuceneVectorStore store = open()) {
      store.put(entries);
      store.flush();

      for (int i = 0; i < 100; i++) {
        Embedding query = almostEqual(center);
        assertThat(found(store, query, 1)).containsExactly(nearestOf(entries, query));
      }
    }
  }

  @Test
  void graphOfQuantizedVectorsUsuallyFindsTheNearestEntry() {
    ClusteredVectors vectors = new ClusteredVectors(DIMENSION, random);
    List<NewEntry> entries =
        IntStream.range(0, 6_000).mapToObj(i -> newEntry(i, vectors.next())).toList();
    try (LuceneVectorStore store = open()) {
      store.put(entries);
      store.flush();

      assertThat(recall(store, vectors, entries)).isGreaterThanOrEqualTo(0.98);
    }
  }

  @Test
  void indexWithoutQuantizedVectorsIsSearchedAndMerged() throws IOException {
    ClusteredVectors vectors = new ClusteredVectors(DIMENSION, random);
    List<NewEntry> entries =
        new ArrayList<>(
            IntStream.range(0, 2_000).mapToObj(i -> newEntry(i, vectors.next())).toList());
    try (LuceneVectorStore store = open()) {
      store.put(entries);
      store.flush();
    }
    rewriteWithoutQuantization();
    assertThat(vectorFormats()).containsOnly("Lucene99HnswVectorsFormat");

    try (LuceneVectorStore store = open()) {
      assertThat(recall(store, vectors, entries)).isGreaterThanOrEqualTo(0.98);
      List<NewEntry> more =
          IntStream.range(2_000, 4_000).mapToObj(i -> newEntry(i, vectors.next())).toList();
      store.put(more);
      store.flush();
      entries.addAll(more);
      assertThat(vectorFormats())
          .containsOnly("Lucene99HnswVectorsFormat", "Lucene99HnswScalarQuantizedVectorsFormat");

      assertThat(recall(store, vectors, entries)).isGreaterThanOrEqualTo(0.98);
    }
  }

  private static double recall(
      LuceneVectorStore store, ClusteredVectors vectors, List<NewEntry> entries) {
    int found = 0;
    for (int i = 0; i < 300; i++) {
      Embedding query =
          vectors.like(entries.get(i * entries.size() / 300).embedding().orElseThrow());
      if (found(store, query, 1).equals(List.of(nearestOf(entries, query)))) {
        found++;
      }
    }
    return found / 300.0;
  }

  private static int nearestOf(List<NewEntry> entries, Embedding query) {
    int best = 0;
    double min = Double.MAX_VALUE;
    for (int i = 0; i < entries.size(); i++) {
      double distance = query.cosineDistance(entries.get(i).embedding().orElseThrow());
      if (distance < min) {
        min = distance;
        best = i;
      }
    }
    return best;
  }

  /** Rewrites the index with the format that earlier versions used. */
  private void rewriteWithoutQuantization() throws IOException {
    try (FSDirectory index = FSDirectory.open(directory.resolve("index"));
        IndexWriter writer =
            new IndexWriter(index, new IndexWriterConfig().setCodec(new Lucene912Codec()))) {
      // A deleted document makes Lucene rewrite an index that is a single segment already.
      writer.deleteDocuments(Documents.key(newEntry(0, atRandom()).entry().key()));
      writer.forceMerge(1);
      writer.commit();
    }
  }

  private Embedding atRandom() {
    return Entries.random(DIMENSION, random);
  }

  /** Returns the names of the formats of the vectors of all segments. */
  private List<String> vectorFormats() throws IOException {
    try (FSDirectory index = FSDirectory.open(directory.resolve("index"));
        DirectoryReader reader = DirectoryReader.open(index)) {
      return reader.leaves().stream()
          .map(leaf -> leaf.reader().getFieldInfos().fieldInfo(Documents.EMBEDDING))
          .map(field -> String.valueOf(field.getAttribute("PerFieldKnnVectorsFormat.format")))
          .toList();
    }
  }
}
