package io.github.semcache.bench;

import io.github.semcache.SemanticCache;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.redis.VectorIndex;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.NewEntry;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** The store in Redis, each time beside the same command sent with Jedis alone. */
final class RedisSection {
  private static final double FIND_RATIO = 1.15;
  private static final double NEAREST_RATIO = 1.10;
  private static final double PUT_RATIO = 1.10;

  private final Report report;
  private final Duration duration;
  private final Report.Table table;

  RedisSection(Report report, Duration duration) {
    this.report = report;
    this.duration = duration;
    table =
        report.table(
            "Redis beside plain Jedis",
            "what",
            "entries",
            "dimension",
            "threads",
            "p50 µs",
            "p99 µs",
            "per second",
            "plain Jedis",
            "p50 µs",
            "per second",
            "ratio");
  }

  /** A store that has the corpus. */
  record Filled(RedisServer server, RedisVectorStore store) {
    void drop() {
      store.dropIndex(true);
    }
  }

  static Filled fill(RedisServer server, Corpus corpus) {
    RedisVectorStore store = server.store(corpus, "bench", VectorIndex.hnsw());
    store.remove(new EntrySelector.All());
    corpus.fill(store);
    return new Filled(server, store);
  }

  void measure(Filled filled, Corpus corpus, Truth truth) {
    for (int threads : StoresSection.THREADS) {
      Contest contest = Contest.of(threads, duration);
      new Comparison(filled, corpus, contest).run(truth);
    }
  }

  /** What a row compares. */
  private record Row(String what, Sample sample, String plain, Sample plainSample) {
    double ratio() {
      return sample.ratioTo(plainSample);
    }
  }

  /** All comparisons of one corpus with one number of threads. */
  private final class Comparison {
    private final Filled filled;
    private final Corpus corpus;
    private final Contest contest;
    private final PlainJedis plain;

    Comparison(Filled filled, Corpus corpus, Contest contest) {
      this.filled = filled;
      this.corpus = corpus;
      this.contest = contest;
      this.plain = new PlainJedis(filled.server().client, filled.store().indexName());
    }

    void run(Truth truth) {
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
          contest.run(
              List.of(
                  way(i -> filled.store().find(corpus.key(i)).orElseThrow()),
                  way(i -> cache.lookup(Corpus.prompt(i)).orElseThrow()),
                  way(i -> plain.read(documentKeys[i])),
                  way(i -> plain.readAnswer(documentKeys[i]))));
      Row store = new Row("store, find", samples.get(0), "HMGET of the entry", samples.get(2));
      show(store);
      judge(store, FIND_RATIO);
      show(new Row("store, find", samples.get(0), "HGET of the answer", samples.get(3)));
      Row hit = new Row("cache, exact hit", samples.get(1), "HMGET of the entry", samples.get(2));
      show(hit);
      judge(hit, FIND_RATIO);
    }

    /** Does it for the entries in turn, which are far from each other. */
    private Contest.Way way(IntFunction<?> action) {
      return Contest.Way.of(i -> action.apply(corpus.scattered(i)));
    }

    private void nearest(Truth truth) {
      String query = filled.server().plannedQuery(() -> filled.store().nearest(truth.query(0)));
      byte[][][] arguments =
          IntStream.range(0, Truth.LOOKUPS)
              .mapToObj(i -> plain.searchArguments(query, truth.query(i).embedding()))
              .toArray(byte[][][]::new);
      SemanticCache cache = cache(i -> truth.query(i).embedding().toArray());
      Prompt[] prompts =
          IntStream.range(0, Truth.LOOKUPS)
              .mapToObj(i -> Prompt.of(Integer.toString(i)))
              .toArray(Prompt[]::new);
      byte[] absent = plain.documentKey("absent");
      List<Sample> samples =
          contest.run(
              List.of(
                  Contest.Way.of(i -> filled.store().nearest(truth.query(i))),
                  Contest.Way.of(i -> cache.lookup(prompts[i % prompts.length]).orElseThrow()),
                  Contest.Way.of(i -> plain.search(arguments[i % arguments.length])),
                  Contest.Way.of(i -> plain.search(query, truth.query(i).embedding())),
                  Contest.Way.of(
                      i -> {
                        plain.read(absent);
                        return plain.search(arguments[i % arguments.length]);
                      })));
      Row store =
          new Row("store, nearest 10", samples.get(0), "FT.SEARCH, raw reply", samples.get(2));
      show(store);
      judge(store, NEAREST_RATIO);
      show(new Row("store, nearest 10", samples.get(0), "FT.SEARCH by `ftSearch`", samples.get(3)));
      show(
          new Row(
              "cache, semantic hit",
              samples.get(1),
              "HMGET and FT.SEARCH, raw replies",
              samples.get(4)));
    }

    private void put() {
      List<NewEntry> fresh = corpus.newcomers(StoresSection.WRITES_IN_A_ROUND);
      List<byte[][]> hashes = fresh.stream().map(plain::hash).toList();
      Runnable tidy = () -> StoresSection.remove(filled.store(), fresh);
      List<Sample> samples =
          contest
              .atMost(fresh.size())
              .run(
                  List.of(
                      new Contest.Way(i -> filled.store().put(List.of(fresh.get(i))), tidy),
                      new Contest.Way(i -> plain.write(hashes.get(i)), tidy)));
      Row store =
          new Row(
              "store, put a new entry",
              samples.get(0),
              "MULTI, HSET, PEXPIRE, EXEC",
              samples.get(1));
      show(store);
      judge(store, PUT_RATIO);
    }

    /** A cache whose prompts are known, or numbers that stand for an embedding. */
    private SemanticCache cache(IntFunction<float[]> embeddings) {
      return SemanticCache.builder()
          .embedder(
              Embedder.of(
                  corpus.space.modelId(),
                  corpus.space.dimension(),
                  text -> embeddings.apply(Integer.parseInt(text))))
          .store(filled.store())
          .maxDistance(2)
          .noGuards() // The prompts are numbers, which would all be different ones.
          .build();
    }

    private void show(Row row) {
      table.row(
          row.what,
          corpus.size,
          corpus.space.dimension(),
          contest.threads(),
          row.sample.medianMicros(),
          row.sample.p99Micros(),
          row.sample.perSecond(),
          row.plain,
          row.plainSample.medianMicros(),
          row.plainSample.perSecond(),
          row.ratio());
    }

    private void judge(Row row, double limit) {
      report.atMost(
          "Redis, %s : %s, %s, %d thread%s"
              .formatted(
                  row.what,
                  row.plain,
                  corpus,
                  contest.threads(),
                  contest.threads() == 1 ? "" : "s"),
          row.ratio(),
          limit);
    }
  }
}
