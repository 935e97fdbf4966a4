package io.github.semcache.bench;

import io.github.semcache.SemanticCache;
import io.github.semcache.bench.InterleavedRun.Variant;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.redis.VectorIndex;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.verify.PairVerifier;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Compares the Redis store with the same commands sent with Jedis alone. */
final class RedisSection {
  private static final double MAX_FIND_RATIO = 1.15;
  private static final double MAX_NEAREST_RATIO = 1.10;
  private static final double MAX_PUT_RATIO = 1.10;

  /** The number of searches after which the store usually knows its recall. */
  private static final int FIRST_SEARCHES = 2_000;

  private final Report report;
  private final Duration duration;
  private final Report.Table table;

  RedisSection(Report report, Duration duration) {
    this.report = report;
    this.duration = duration;
    table =
        report.table(
            "Redis store compared with plain Jedis",
            "operation",
            "entries",
            "dimension",
            "threads",
            "p50 µs",
            "p99 µs",
            "per second",
            "plain Jedis",
            "p50 µs",
            "per second",
            "ratio",
            "ratio of CPU");
  }

  /** A store that contains the corpus. */
  record Filled(RedisServer server, RedisVectorStore store) {
    void drop() {
      store.dropIndex(true);
      store.close();
    }
  }

  static Filled fill(RedisServer server, Corpus corpus) {
    RedisVectorStore store = server.connectedStore(corpus, "bench", VectorIndex.hnsw());
    store.remove(new EntrySelector.All());
    corpus.fill(store);
    return new Filled(server, store);
  }

  void measure(Filled filled, Corpus corpus, GroundTruth truth) {
    for (int threads : StoresSection.THREADS) {
      new Comparison(
              filled, corpus, InterleavedRun.of(threads, duration).withServer(filled.server()))
          .run(truth);
    }
  }

  /** A row that compares an operation with a command of plain Jedis. */
  private record Row(String operation, Sample sample, String command, Sample commandSample) {
    double ratio() {
      return sample.ratioTo(commandSample);
    }
  }

  /** All comparisons of one corpus with one number of threads. */
  private final class Comparison {
    private final Filled filled;
    private final Corpus corpus;
    private final InterleavedRun run;
    private final PlainJedis plain;

    Comparison(Filled filled, Corpus corpus, InterleavedRun run) {
      this.filled = filled;
      this.corpus = corpus;
      this.run = run;
      this.plain = new PlainJedis(filled.server().client, filled.store().indexName());
    }

    void run(GroundTruth truth) {
      find();
      nearest(truth);
      put();
    }

    private void find() {
      byte[][] documentKeys =
          IntStream.range(0, corpus.size)
              .mapToObj(i -> plain.documentKey(corpus.key(i)))
              .toArray(byte[][]::new);
      SemanticCache cache = cache(i -> new float[0]);
      List<Sample> samples =
          run.run(
              List.of(
                  scattered(i -> filled.store().find(corpus.key(i)).orElseThrow()),
                  scattered(i -> cache.lookup(Corpus.prompt(i)).orElseThrow()),
                  scattered(i -> plain.read(documentKeys[i])),
                  scattered(i -> plain.readAnswer(documentKeys[i]))));
      String hmget = "HMGET of the entry";
      addRow(
          new Row("store, lookup by key", samples.get(0), hmget, samples.get(2)), MAX_FIND_RATIO);
      addRow(new Row("store, lookup by key", samples.get(0), "HGET of the answer", samples.get(3)));
      addRow(new Row("cache, exact hit", samples.get(1), hmget, samples.get(2)), MAX_FIND_RATIO);
    }

    /** Returns a variant that is called with entry numbers that are far apart. */
    private Variant scattered(IntFunction<?> operation) {
      return Variant.of(i -> operation.apply(corpus.scattered(i)));
    }

    private void nearest(GroundTruth truth) {
      List<Sample> samples = run.run(searches(truth));
      String operation = "store, 10 nearest neighbors";
      addRow(
          new Row(operation, samples.get(0), "FT.SEARCH, raw reply", samples.get(2)),
          MAX_NEAREST_RATIO);
      addRow(new Row(operation, samples.get(0), "FT.SEARCH with `ftSearch`", samples.get(3)));
      String commands = "HMGET and FT.SEARCH, raw replies";
      addRow(new Row("cache, semantic hit", samples.get(1), commands, samples.get(4)));
    }

    private List<Variant> searches(GroundTruth truth) {
      // The store corrects the number of candidates, which the plain command must also have.
      for (int i = 0; i < FIRST_SEARCHES; i++) {
        filled.store().nearest(truth.query(i));
      }
      String query = filled.server().plannedQuery(() -> filled.store().nearest(truth.query(0)));
      byte[][][] arguments =
          IntStream.range(0, GroundTruth.QUERIES)
              .mapToObj(i -> plain.searchArguments(query, truth.query(i).embedding()))
              .toArray(byte[][][]::new);
      SemanticCache cache = cache(i -> truth.query(i).embedding().toArray());
      Prompt[] prompts =
          IntStream.range(0, GroundTruth.QUERIES)
              .mapToObj(i -> Prompt.of(Integer.toString(i)))
              .toArray(Prompt[]::new);
      byte[] missingKey = plain.documentKey("missing");
      return List.of(
          Variant.of(i -> filled.store().nearest(truth.query(i))),
          Variant.of(i -> cache.lookup(prompts[i % prompts.length]).orElseThrow()),
          Variant.of(i -> plain.search(arguments[i % arguments.length])),
          Variant.of(i -> plain.search(query, truth.query(i).embedding())),
          Variant.of(
              i -> {
                plain.read(missingKey);
                return plain.search(arguments[i % arguments.length]);
              }));
    }

    private void put() {
      List<NewEntry> newEntries = corpus.newEntries(StoresSection.WRITES_PER_ROUND);
      List<byte[][]> hashes = newEntries.stream().map(plain::hash).toList();
      Runnable cleanUp = () -> StoresSection.remove(filled.store(), newEntries);
      List<Sample> samples =
          run.maxCalls(newEntries.size())
              .run(
                  List.of(
                      new Variant(i -> filled.store().put(List.of(newEntries.get(i))), cleanUp),
                      new Variant(i -> plain.write(hashes.get(i)), cleanUp)));
      String commands = "MULTI, HSET, PEXPIRE, EXEC";
      addRow(
          new Row("store, write of a new entry", samples.get(0), commands, samples.get(1)),
          MAX_PUT_RATIO);
    }

    /** Returns a cache whose prompts are numbers, each with an embedding of its own. */
    private SemanticCache cache(IntFunction<float[]> embeddings) {
      return SemanticCache.builder()
          .embedder(
              Embedder.of(
                  corpus.space.modelId(),
                  corpus.space.dimension(),
                  text -> embeddings.apply(Integer.parseInt(text))))
          .store(filled.store())
          .maxDistance(2)
          // Guards and verifiers would reject all pairs of prompts, because these are numbers.
          .noGuards()
          .verifier(PairVerifier.none())
          .build();
    }

    private void addRow(Row row) {
      table.row(
          row.operation,
          corpus.size,
          corpus.space.dimension(),
          run.threads(),
          row.sample.medianMicros(),
          row.sample.p99Micros(),
          row.sample.perSecond(),
          row.command,
          row.commandSample.medianMicros(),
          row.commandSample.perSecond(),
          row.ratio(),
          row.sample.cpuMicros() / row.commandSample.cpuMicros());
    }

    /** Adds a row whose ratio has a target. */
    private void addRow(Row row, double maxRatio) {
      addRow(row);
      report.atMost(
          "Redis %s: ratio to %s, %s, %d thread%s"
              .formatted(
                  row.operation, row.command, corpus, run.threads(), run.threads() == 1 ? "" : "s"),
          row.ratio(),
          maxRatio);
    }
  }
}
