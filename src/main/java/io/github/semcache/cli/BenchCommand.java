package io.github.semcache.cli;

import io.github.semcache.evaluation.DataFileException;
import io.github.semcache.evaluation.DataSet;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The {@code bench} command. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    versionProvider = SemcacheCli.Version.class,
    description = {
      "Measures several policies on all data files of a directory and prints one table.",
      "Streams of labeled prompts and labeled pairs are recognized by their columns, for example"
          + " text and category, or first, second, and same. Other files are skipped."
    })
final class BenchCommand implements Callable<Integer> {
  private static final List<String> EXTENSIONS =
      List.of(".csv", ".tsv", ".jsonl", ".ndjson", ".json");

  private final CliEnvironment environment;

  @Parameters(
      paramLabel = "PATH",
      arity = "1..*",
      description = "Data files, or directories, which are searched for data files.")
  @SuppressWarnings("NullAway.Init") // set by picocli, which requires it
  private List<Path> paths;

  @Mixin private final EmbedderOptions embedder;

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      converter = BenchPolicy.Converter.class,
      description = {
        "A policy as for replay, or one of these names. May be repeated (default: default, labels,"
            + " distance, guards, same-words, error-budget=0.01).",
        "default: a cache for which no policy is configured.",
        "labels: the same, and the labels decide where the local verifier is unsure, which"
            + " simulates a chat model that never errs; labels=N asks it about up to N candidates of a"
            + " prompt (default: 1).",
        "distance: the default threshold without guards and verifier.",
        "guards: the default threshold with guards and without a verifier."
      })
  private List<BenchPolicy> policies = new ArrayList<>();

  @Option(
      names = "--seeds",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,2,3",
      description = "The seeds of the orders of a stream (default: ${DEFAULT-VALUE}).")
  private List<Long> seeds = List.of(1L, 2L, 3L);

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20000",
      description =
          "The maximum number of prompts of a stream, or of pairs (default: ${DEFAULT-VALUE}). The"
              + " time grows with the square of the number of prompts.")
  private int limit = 20_000;

  @ArgGroup @Nullable private Format format;

  @Option(
      names = "--compare",
      paramLabel = "FILE",
      description =
          "The output of an earlier bench --json. Differences are shown in brackets, in percentage"
              + " points.")
  private @Nullable Path compare;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  /** The output format; at most one of the options is given. */
  private static final class Format {
    @Option(names = "--markdown", description = "Print a Markdown table.")
    private boolean markdown;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;
  }

  BenchCommand(CliEnvironment environment) {
    this.environment = environment;
    this.embedder = new EmbedderOptions(environment);
  }

  @Override
  public Integer call() {
    if (limit < 1 || seeds.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--limit is " + limit + "; it must be at least 1");
    }
    List<BenchResult> earlier = compare == null ? List.of() : BenchTable.read(compare);
    BenchRun run =
        new BenchRun(environment, embedder, policies(), seeds, limit, spec.commandLine().getErr());
    List<BenchResult> results = new ArrayList<>();
    names(files()).forEach((file, name) -> results.addAll(results(run, file, name)));
    if (results.isEmpty()) {
      throw new CommandException("no data file is recognized; see --help", null);
    }
    print(new BenchTable(heading(), results, earlier));
    return 0;
  }

  private void print(BenchTable table) {
    PrintWriter out = spec.commandLine().getOut();
    if (format != null && format.json) {
      table.printJson(out);
    } else if (format != null && format.markdown) {
      table.printMarkdown(out);
    } else {
      table.printText(out);
    }
  }

  private List<BenchPolicy> policies() {
    return policies.isEmpty()
        ? BenchPolicy.DEFAULTS.stream().map(new BenchPolicy.Converter()::convert).toList()
        : withoutRepetitions(policies);
  }

  private static List<BenchPolicy> withoutRepetitions(List<BenchPolicy> policies) {
    Map<String, BenchPolicy> byName = new LinkedHashMap<>();
    policies.forEach(policy -> byName.putIfAbsent(policy.name(), policy));
    return List.copyOf(byName.values());
  }

  private Map<String, Object> heading() {
    Map<String, Object> heading = new LinkedHashMap<>();
    heading.put("version", new SemcacheCli.Version().getVersion()[0]);
    heading.put("embedder", embedder.modelId());
    heading.put("seeds", seeds.stream().map(String::valueOf).toList().toString());
    heading.put("limit", limit);
    return heading;
  }

  private List<BenchResult> results(BenchRun run, Path file, String name) {
    DataSet set;
    try {
      set = DataSet.read(file);
    } catch (DataFileException e) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("skipped: " + TerminalText.line(String.valueOf(e.getMessage())));
      err.flush();
      return List.of();
    }
    return run.results(name, set);
  }

  /**
   * Returns the name of each file: that without its directory and extension, or the whole path if
   * another file has the same name.
   */
  private static Map<Path, String> names(List<Path> files) {
    Map<Path, String> names = new LinkedHashMap<>();
    for (Path file : files) {
      long same = files.stream().filter(other -> name(other).equals(name(file))).count();
      names.put(file, same == 1 ? name(file) : file.toString());
    }
    return names;
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName()).replaceFirst("\\.[^.]+$", "");
  }

  /** Returns the data files, each once: those of a directory in alphabetical order. */
  private List<Path> files() {
    List<Path> files = new ArrayList<>();
    for (Path path : paths) {
      if (!Files.isDirectory(path)) {
        files.add(path);
        continue;
      }
      try (Stream<Path> found = Files.walk(path)) {
        found
            .filter(Files::isRegularFile)
            .filter(file -> EXTENSIONS.stream().anyMatch(end -> lowerCaseName(file).endsWith(end)))
            .sorted()
            .forEach(files::add);
      } catch (IOException e) {
        throw new UncheckedIOException(path + " cannot be read: " + e, e);
      }
    }
    return files.stream().map(Path::normalize).distinct().toList();
  }

  private static String lowerCaseName(Path file) {
    return file.toString().toLowerCase(Locale.ROOT);
  }
}
