package io.github.semcache.bench;

import io.github.semcache.embedding.Embedding;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene912.Lucene912Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/**
 * Compares Lucene's formats of vectors, and the number of candidates with which a graph is built,
 * without the store. Each index is built in three segments, which are then merged into one.
 */
final class VectorFormatSection {
  private static final String FIELD = "vector";
  private static final int QUERIES = 500;
  private static final int ROUNDS = 6;
  private static final int BUFFER_MEGABYTES = 2_000;
  private static final int SEGMENTS = 3;

  /** As many vectors as the store compares exactly after a search for ten. */
  private static final int COMPARED = 20;

  private static final List<Integer> CANDIDATES = List.of(32, 64, 96, 128);
  private static final double TOLERANCE = 1e-5;

  private static final Map<String, KnnVectorsFormat> FORMATS =
      new TreeMap<>(
          Map.of(
              "float, 100", new Lucene99HnswVectorsFormat(16, 100),
              "one byte, 100", new Lucene99HnswScalarQuantizedVectorsFormat(16, 100),
              "one byte, 200", new Lucene99HnswScalarQuantizedVectorsFormat(16, 200)));

  private final Report.Table table;

  VectorFormatSection(Report report) {
    table =
        report.table(
            "Formats of vectors in Lucene, one segment, 10 nearest neighbors, CPU time",
            "components, candidates while building",
            "entries",
            "dimension",
            "build, CPU s",
            "candidates",
            "CPU µs",
            "recall@1");
  }

  void run(List<Integer> sizes, List<Integer> dimensions) throws IOException {
    for (int dimension : dimensions) {
      for (int size : sizes) {
        measure(new Corpus(size, dimension));
      }
    }
  }

  private void measure(Corpus corpus) throws IOException {
    Path path = Files.createTempDirectory("semcache-formats");
    try {
      float[][] vectors =
          IntStream.range(0, corpus.size)
              .mapToObj(number -> corpus.embedding(number).ofLengthOne().toArray())
              .toArray(float[][]::new);
      float[][] queries =
          IntStream.range(0, QUERIES)
              .mapToObj(i -> corpus.paraphrase(corpus.scattered(i)).ofLengthOne().toArray())
              .toArray(float[][]::new);
      double[] nearest =
          Arrays.stream(queries)
              .parallel()
              .mapToDouble(query -> nearestDistance(query, vectors))
              .toArray();
      for (Map.Entry<String, KnnVectorsFormat> format : FORMATS.entrySet()) {
        Path index = path.resolve(format.getKey());
        long start = cpuNanos();
        build(index, format.getValue(), vectors);
        double seconds = (cpuNanos() - start) / 1e9;
        search(format.getKey(), corpus, index, seconds, queries, nearest);
      }
    } finally {
      delete(path);
    }
  }

  private static double nearestDistance(float[] query, float[][] vectors) {
    Embedding embedding = Embedding.of(query);
    return Arrays.stream(vectors)
        .mapToDouble(vector -> embedding.cosineDistance(Embedding.of(vector)))
        .min()
        .orElseThrow();
  }

  private static void build(Path path, KnnVectorsFormat format, float[][] vectors)
      throws IOException {
    Codec codec =
        new Lucene912Codec() {
          @Override
          public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
            return format;
          }
        };
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(codec)
            .setMergePolicy(new TieredMergePolicy())
            .setMergeScheduler(new SerialMergeScheduler())
            .setRAMBufferSizeMB(BUFFER_MEGABYTES);
    try (Directory directory = FSDirectory.open(path);
        IndexWriter writer = new IndexWriter(directory, config)) {
      for (int i = 0; i < vectors.length; i++) {
        Document document = new Document();
        document.add(
            new KnnFloatVectorField(FIELD, vectors[i], VectorSimilarityFunction.DOT_PRODUCT));
        writer.addDocument(document);
        if ((i + 1) % (vectors.length / SEGMENTS) == 0) {
          writer.flush();
        }
      }
      writer.forceMerge(1);
      writer.commit();
    }
  }

  private void search(
      String name,
      Corpus corpus,
      Path path,
      double buildSeconds,
      float[][] queries,
      double[] nearest)
      throws IOException {
    try (Directory directory = FSDirectory.open(path);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      LeafReader segment = reader.leaves().get(0).reader();
      for (int candidates : CANDIDATES) {
        double micros = Double.MAX_VALUE;
        int found = 0;
        for (int round = 0; round < ROUNDS; round++) {
          found = 0;
          long start = cpuNanos();
          for (int i = 0; i < QUERIES; i++) {
            if (search(segment, queries[i], candidates) <= nearest[i] + TOLERANCE) {
              found++;
            }
          }
          micros = Math.min(micros, (cpuNanos() - start) / 1e3 / QUERIES);
        }
        table.row(
            name,
            corpus.size,
            corpus.space.dimension(),
            buildSeconds,
            candidates,
            micros,
            String.format(Locale.ROOT, "%.3f", (double) found / QUERIES));
      }
    }
  }

  /** Searches the graph and returns the exact distance of the nearest of the best candidates. */
  private static double search(LeafReader segment, float[] query, int candidates)
      throws IOException {
    TopKnnCollector collector = new TopKnnCollector(candidates, Integer.MAX_VALUE);
    segment.searchNearestVectors(FIELD, query, collector, null);
    ScoreDoc[] best = Arrays.copyOf(collector.topDocs().scoreDocs, COMPARED);
    Arrays.sort(best, Comparator.comparingInt(found -> found.doc));
    FloatVectorValues vectors = segment.getFloatVectorValues(FIELD);
    Embedding embedding = Embedding.of(query);
    double min = 2;
    for (ScoreDoc found : best) {
      vectors.advance(found.doc);
      min = Math.min(min, embedding.cosineDistance(Embedding.of(vectors.vectorValue())));
    }
    return min;
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static void delete(Path path) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(path)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }
}
