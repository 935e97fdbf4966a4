package io.github.semcache.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures all tables of {@code docs/benchmarks.md} in one process:
 *
 * <pre>{@code
 * mvn -q -Pbench test-compile exec:exec@table [-Dtable.options="--sizes 1000 --seconds 1"]
 * }</pre>
 */
@Command(name = "table", mixinStandardHelpOptions = true, sortOptions = false)
final class BenchmarkTable implements Callable<Integer> {
  @Option(names = "--sizes", split = ",", description = "Numbers of entries.")
  private List<Integer> sizes = List.of(1_000, 10_000, 100_000);

  @Option(names = "--dimensions", split = ",", description = "Dimensions of the embeddings.")
  private List<Integer> dimensions = List.of(384, 1_536);

  @Option(
      names = "--filter-sizes",
      split = ",",
      description = "Numbers of entries for the scope filter tables.")
  private List<Integer> filterSizes = List.of(20_000, 60_000);

  @Option(
      names = "--effort-sizes",
      split = ",",
      description = "Numbers of entries for the table of selected candidates.")
  private List<Integer> effortSizes = List.of(1_000, 5_000, 10_000, 30_000);

  @Option(
      names = "--dependents",
      description = "Number of entries that depend on something that is invalidated.")
  private int dependents = 1_000_000;

  @Option(
      names = "--stores",
      split = ",",
      description = "The stores of the part stores: ${COMPLETION-CANDIDATES} (default: all).")
  private List<StoresSection.Kind> stores = List.of(StoresSection.Kind.values());

  @Option(names = "--seconds", description = "Duration of one measurement.")
  private double seconds = 1;

  @Option(
      names = "--only",
      split = ",",
      description = "The parts to measure: ${COMPLETION-CANDIDATES} (default: all).")
  private List<Part> only = List.of(Part.values());

  @Option(names = "--out", description = "The file to write (default: ${DEFAULT-VALUE}).")
  private Path out = Path.of("target", "benchmarks.md");

  private enum Part {
    cache,
    stores,
    memory,
    formats,
    disk,
    filter,
    instances,
    effort,
    labels,
    embedding,
    encryption
  }

  /**
   * Runs the benchmarks.
   *
   * @param args the options; see {@code --help}
   */
  public static void main(String[] args) {
    System.exit(
        new CommandLine(new BenchmarkTable())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Optional<RedisServer> server = RedisServer.find();
    try {
      String redis =
          server.map(RedisServer::description).orElse("none; the Redis rows are omitted");
      Report report = new Report(System.out, redis);
      measure(report, server);
      report.write(out);
      System.out.println("written to " + out);
    } finally {
      server.ifPresent(RedisServer::close);
    }
    return 0;
  }

  private void measure(Report report, Optional<RedisServer> server) throws Exception {
    Duration duration = Duration.ofNanos((long) (seconds * 1e9));
    if (only.contains(Part.cache)) {
      new CacheSection(report, duration).run();
    }
    if (only.contains(Part.stores)) {
      new StoresSection(report, Set.copyOf(stores), server, duration).run(sizes, dimensions);
    }
    if (only.contains(Part.memory)) {
      new MemorySection(report).run(sizes, dimensions);
    }
    if (only.contains(Part.formats)) {
      new VectorFormatSection(report).run(sizes, dimensions);
    }
    if (only.contains(Part.disk)) {
      new DurabilitySection(report, duration).run();
    }
    if (only.contains(Part.filter) && server.isPresent()) {
      new FilterSection(report, server.get(), duration).run(filterSizes);
    }
    if (only.contains(Part.labels) && server.isPresent()) {
      new LabelSection(report, server.get(), duration).run(filterSizes);
    }
    if (only.contains(Part.encryption)) {
      new EncryptionSection(report, server, duration).run();
    }
    if (only.contains(Part.embedding)) {
      new EmbeddingSection(report, duration).run();
    }
    if (only.contains(Part.instances) && server.isPresent()) {
      new InstancesSection(report, server.get(), duration).run(dependents);
    }
    if (only.contains(Part.effort) && server.isPresent()) {
      new EffortSection(report, server.get(), duration).run(effortSizes, dimensions);
    }
  }
}
