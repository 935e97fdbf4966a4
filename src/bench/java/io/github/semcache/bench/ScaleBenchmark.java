package io.github.semcache.bench;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testing.RedisProcess;
import io.github.semcache.testing.RedisServers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import redis.clients.jedis.UnifiedJedis;

/**
 * Measures the stores with up to a million entries and more:
 *
 * <pre>{@code
 * mvn -q -Pbench test-compile exec:exec@scale -Dscale.options="--entries 10000,100000,1000000"
 * }</pre>
 */
@Command(name = "scale", mixinStandardHelpOptions = true, sortOptions = false)
final class ScaleBenchmark implements Callable<Integer> {
  /** Longer than any command of the benchmark takes, except a reload of the server. */
  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  @Option(names = "--entries", split = ",", description = "Numbers of entries, ascending.")
  private List<Integer> entries = List.of(10_000, 100_000, 1_000_000);

  @Option(names = "--dimension", description = "Dimension of the embeddings.")
  private int dimension = 384;

  @Option(names = "--stores", split = ",", description = "${COMPLETION-CANDIDATES}")
  private List<Kind> stores = List.of(Kind.redis, Kind.lucene);

  @Option(
      names = "--vector-type",
      description = "The type of the vectors in Redis: ${COMPLETION-CANDIDATES}.")
  private RedisVectorStore.VectorType vectorType = RedisVectorStore.VectorType.FLOAT32;

  @Option(
      names = "--max-reload",
      description =
          "The maximum number of entries with which Redis is saved and loaded again, because it"
              + " then builds the graph again.")
  private int maxReload = 100_000;

  @Option(names = "--out", description = "The file to write (default: ${DEFAULT-VALUE}).")
  private Path out = Path.of("target", "scale.md");

  private enum Kind {
    redis,
    lucene
  }

  /**
   * Runs the benchmark.
   *
   * @param args the options; see {@code --help}
   */
  public static void main(String[] args) {
    System.exit(
        new CommandLine(new ScaleBenchmark())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Report report = new Report(System.out, "started for each row");
    ScaleSection section = new ScaleSection(report);
    for (Kind kind : stores) {
      for (int size : entries) {
        Corpus corpus = new Corpus(size, dimension);
        if (kind == Kind.redis) {
          redis(section, corpus);
        } else {
          lucene(section, corpus);
        }
        report.write(out);
      }
      section.compareGrowth();
    }
    report.write(out);
    System.out.println("written to " + out);
    return 0;
  }

  private void redis(ScaleSection section, Corpus corpus) {
    try (RedisProcess process = RedisServers.start("--enable-debug-command", "local");
        RedisServer server = new RedisServer(process.uri(), TIMEOUT)) {
      double before = server.usedMemory();
      RedisVectorStore store = redisStore(process, corpus);
      section.measure(
          "Redis" + (vectorType == RedisVectorStore.VectorType.FLOAT16 ? " FLOAT16" : ""),
          corpus,
          store,
          Optional.of(plainSearch(server, store)),
          server::mainThreadCpuMicros,
          () -> {},
          () -> (long) (server.usedMemory() - before),
          () -> {
            store.close();
            if (corpus.size <= maxReload) {
              reload(server.client);
            }
            return redisStore(process, corpus);
          });
    }
  }

  private static Consumer<Embedding> plainSearch(RedisServer server, RedisVectorStore store) {
    PlainJedis plain = new PlainJedis(server.client, store.indexName());
    return embedding ->
        plain.search(
            plain.searchArguments(
                "*=>[KNN 10 @embedding $v EF_RUNTIME 64 AS distance]", embedding));
  }

  private RedisVectorStore redisStore(RedisProcess process, Corpus corpus) {
    return RedisVectorStore.builder(
            RedisConnection.of(process.uri()).socketTimeout(TIMEOUT), corpus.space)
        .vectorType(vectorType)
        .build();
  }

  @SuppressWarnings("deprecation") // Jedis has no other method for commands without a key
  private static void reload(UnifiedJedis jedis) {
    jedis.sendCommand(() -> "DEBUG".getBytes(StandardCharsets.US_ASCII), "RELOAD");
  }

  private static void lucene(ScaleSection section, Corpus corpus) throws Exception {
    try (TemporaryLuceneStore files = new TemporaryLuceneStore()) {
      VectorStore store = files.builder(corpus).build();
      section.measure(
          "Lucene",
          corpus,
          store,
          Optional.empty(),
          () -> 0,
          TemporaryLuceneStore::awaitMerges,
          files::bytes,
          () -> {
            store.close();
            return files.builder(corpus).build();
          });
    }
  }
}
