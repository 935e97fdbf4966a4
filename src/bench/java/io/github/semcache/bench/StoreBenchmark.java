package io.github.semcache.bench;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Measures single lookups and writes of the stores without a server. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "-Xmx3g")
public class StoreBenchmark {
  private static final int QUERIES = 256;

  /** The store. */
  @Param({"memory", "lucene"})
  public String store = "memory";

  /** The number of entries. */
  @Param({"1000", "10000", "100000"})
  public int entries;

  /** The dimension of the embeddings. */
  @Param({"384", "1536"})
  public int dimension;

  private Corpus corpus = new Corpus(1, 1);
  private VectorStore target = InMemoryVectorStore.builder(corpus.space).build();
  private final NearestQuery[] queries = new NearestQuery[QUERIES];
  private List<NewEntry> newEntries = List.of();
  private int next;

  /** Fills the store. A directory that is already filled is reused. */
  @Setup(Level.Trial)
  public void fill() {
    corpus = new Corpus(entries, dimension);
    target =
        store.equals("memory")
            ? InMemoryVectorStore.builder(corpus.space).maxEntries(2 * entries).build()
            : LuceneVectorStore.open(
                Path.of("target", "bench", "lucene-" + entries + "x" + dimension), corpus.space);
    if (target.find(corpus.key(entries - 1)).isEmpty()) {
      corpus.fill(target);
    }
    for (int i = 0; i < QUERIES; i++) {
      Embedding paraphrase = corpus.paraphrase(corpus.scattered(i));
      queries[i] = Corpus.nearestQuery(paraphrase, io.github.semcache.prompt.Scope.none());
    }
    newEntries = corpus.newEntries(QUERIES);
  }

  /** Closes the store. */
  @TearDown(Level.Trial)
  public void close() {
    target.close();
  }

  /**
   * Measures a lookup by key.
   *
   * @return the entry
   */
  @Benchmark
  public Optional<CacheEntry> find() {
    return target.find(corpus.key(corpus.scattered(next++)));
  }

  /**
   * Measures a search for the ten nearest neighbors.
   *
   * @return the entries
   */
  @Benchmark
  public NearestEntries nearest() {
    return target.nearest(queries[next++ % QUERIES]);
  }

  /**
   * Measures a write. Apart from the first ones, writes replace an entry.
   *
   * @return the number of evicted entries
   */
  @Benchmark
  public int put() {
    return target.put(List.of(newEntries.get(next++ % QUERIES)));
  }
}
