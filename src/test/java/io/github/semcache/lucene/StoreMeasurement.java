package io.github.semcache.lucene;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.Match;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testing.ClusteredVectors;
import io.github.semcache.testkit.Entries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Measures the store and, for comparison, the exact search of the in-memory store. Run with
 *
 * <pre>{@code
 * mvn -q test-compile exec:java -Dexec.classpathScope=test \
 *     -Dexec.mainClass=io.github.semcache.lucene.StoreMeasurement -Dexec.args="100000 384 1"
 * }</pre>
 *
 * <p>The arguments are the number of entries, their dimension, and the scopes to search: 20 is a
 * scope that contains one in 20 of the entries.
 */
public final class StoreMeasurement {
  private static final int QUERIES = 400;
  private static final int ROUNDS = 3;
  private static final int K = 5;

  private final int size;
  private final EmbeddingSpace space;
  private final Path directory;
  private final ClusteredVectors vectors;
  private final Random random = new Random(7);
  private final List<NewEntry> entries = new ArrayList<>();

  private StoreMeasurement(int size, int dimension, int[] fractions) throws Exception {
    this.size = size;
    this.space = new EmbeddingSpace("clustered", dimension);
    this.directory = Files.createTempDirectory("semcache");
    this.vectors = new ClusteredVectors(dimension, new Random(1));
    for (int i = 0; i < size; i++) {
      int number = i;
      int fraction = IntStream.of(fractions).filter(s -> number % s == s - 1).max().orElse(0);
      entries.add(
          Entries.withoutExpiry(
              Entries.entry(scope(fraction), "prompt " + i, "answer ".repeat(100), Instant.now()),
              vectors.next()));
    }
  }

  public static void main(String[] args) throws Exception {
    int[] numbers = Arrays.stream(args).mapToInt(Integer::parseInt).toArray();
    int[] fractions = Arrays.copyOfRange(numbers, 2, numbers.length);
    new StoreMeasurement(numbers[0], numbers[1], fractions).run(fractions);
  }

  private static Scope scope(int fraction) {
    return Scope.of("fraction", Integer.toString(fraction));
  }

  private void run(int[] fractions) throws Exception {
    print("%d entries of dimension %d in %s", size, space.dimension(), directory);
    InMemoryVectorStore exact = InMemoryVectorStore.builder(space).maxEntries(size).build();
    for (NewEntry newEntry : entries) {
      exact.put(List.of(newEntry));
    }
    try (LuceneVectorStore store = open()) {
      long start = System.nanoTime();
      report("put", entries, newEntry -> store.put(List.of(newEntry)));
      store.flush();
      print("all flushed after %.1f s", seconds(start));
      awaitMerges(store);
      print("all merged after %.1f s, %s", seconds(start), segments());
      measure(store, exact, fractions);
    }
    long start = System.nanoTime();
    LuceneVectorStore reopened = open();
    print("open %.0f ms", seconds(start) * 1e3);
    measure(reopened, exact, fractions);
    start = System.nanoTime();
    reopened.close();
    print("close %.0f ms", seconds(start) * 1e3);
  }

  private LuceneVectorStore open() {
    LuceneVectorStore.Builder builder = LuceneVectorStore.builder(directory, space);
    Optional.ofNullable(Integer.getInteger("efSearch")).ifPresent(builder::efSearch);
    return builder.maxEntries(size).build();
  }

  private void measure(LuceneVectorStore store, VectorStore exact, int[] fractions) {
    for (int round = 0; round < ROUNDS; round++) {
      String name = "round " + round + " ";
      List<NewEntry> some = random.ints(QUERIES, 0, size).mapToObj(entries::get).toList();
      report(name + "find", some, newEntry -> store.find(newEntry.entry().key()));
      for (int fraction : fractions) {
        search(name + "nearest in 1/" + fraction, store, exact, scope(fraction));
      }
    }
  }

  private void search(String name, VectorStore store, VectorStore exact, Scope scope) {
    List<NewEntry> members =
        entries.stream().filter(in -> in.entry().scope().equals(scope.hash())).toList();
    List<NearestQuery> queries =
        random
            .ints(QUERIES, 0, members.size())
            .mapToObj(i -> vectors.like(members.get(i).embedding().orElseThrow()))
            .map(near -> Entries.nearest(scope, near, K))
            .toList();
    report(name + " exact", queries.subList(0, QUERIES / 4), exact::nearest);
    report(name + " lucene", queries, store::nearest);
    long found =
        queries.stream().filter(query -> best(store, query) <= best(exact, query) + 1e-6).count();
    print("%s recall@1 %.4f", name, (double) found / QUERIES);
  }

  private static double best(VectorStore store, NearestQuery query) {
    return store.nearest(query).matches().stream()
        .mapToDouble(Match::distance)
        .findFirst()
        .orElse(Double.MAX_VALUE);
  }

  private static <T> void report(String name, List<T> inputs, Consumer<T> action) {
    long[] nanos = new long[inputs.size()];
    for (int i = 0; i < nanos.length; i++) {
      long start = System.nanoTime();
      action.accept(inputs.get(i));
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    print(
        "%s: p50 %.3f ms, p95 %.3f ms, p99 %.3f ms",
        name,
        nanos[nanos.length / 2] / 1e6,
        nanos[nanos.length * 95 / 100] / 1e6,
        nanos[nanos.length * 99 / 100] / 1e6);
  }

  private static void awaitMerges(LuceneVectorStore store) throws InterruptedException {
    while (Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().startsWith("Lucene Merge Thread"))) {
      Thread.sleep(Duration.ofMillis(100).toMillis());
    }
    store.flush();
  }

  private String segments() throws Exception {
    try (var index = org.apache.lucene.store.FSDirectory.open(directory.resolve("index"));
        var reader = org.apache.lucene.index.DirectoryReader.open(index)) {
      return "segments of " + reader.leaves().stream().map(leaf -> leaf.reader().maxDoc()).toList();
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static void print(String format, Object... arguments) {
    System.out.println(String.format(Locale.ROOT, format, arguments));
  }
}
