package io.github.semcache.cli;

import io.github.semcache.cli.EmbedderOptions.OpenEmbedder;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Scope;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code load} command. */
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    versionProvider = SemcacheCli.Version.class,
    description = {
      "Stores the answers of a file in a store, which is created if it does not exist.",
      "Answers that are already stored are skipped, so a load that was interrupted continues when"
          + " the same command is run again. Rows that are rejected are listed with their line and"
          + " the reason; the others are loaded."
    })
final class LoadCommand implements Callable<Integer> {
  private static final int PERCENT = 100;

  private final CliEnvironment environment;

  @Mixin private final PromptColumnOptions input = new PromptColumnOptions();

  @Option(
      names = "--answer",
      paramLabel = "COLUMN",
      defaultValue = "answer",
      description = "The column of the answers (default: ${DEFAULT-VALUE}).")
  private String answer = "answer";

  @Option(
      names = "--tag",
      paramLabel = "NAME=COLUMN",
      converter = NameAndValue.Converter.class,
      description =
          "A tag of the scopes and the column of its values, for example tenant=customer.")
  private List<NameAndValue> tags = List.of();

  @Option(
      names = "--label",
      paramLabel = "NAME=COLUMN",
      converter = NameAndValue.Converter.class,
      description =
          "A label of the answers, which is not part of the scopes, and the column of its values,"
              + " for example topic=category. An answer without a value has no such label.")
  private List<NameAndValue> labels = List.of();

  @Option(
      names = "--number",
      paramLabel = "NAME=COLUMN",
      converter = NameAndValue.Converter.class,
      description =
          "A label of the answers that is a number, and the column of its values, for example"
              + " price=amount.")
  private List<NameAndValue> numbers = List.of();

  @Option(
      names = "--depends-on",
      paramLabel = "COLUMN",
      description =
          "A column of names of dependencies. A row without a value has no dependency. Can be used"
              + " several times.")
  private List<String> dependencies = List.of();

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "The system prompt of the application, which is part of the scopes.")
  private @Nullable String system;

  @Option(
      names = "--setting",
      paramLabel = "NAME=VALUE",
      converter = NameAndValue.Converter.class,
      description =
          "A setting of the chat model of the application, which is part of the scopes, for example"
              + " model=gpt-5.")
  private List<NameAndValue> settings = List.of();

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      description = "The time to live of the answers, for example PT24H (default) or P30D.")
  private @Nullable Duration timeToLive;

  @Option(
      names = "--replace",
      description = "Also store answers that are already stored, which renews their time to live.")
  private boolean replace;

  @Option(
      names = "--curated",
      description =
          "Mark the answers as curated: answers of the model do not replace them, and they are"
              + " preferred to those. Answers that are stored without the mark are stored again.")
  private boolean curated;

  @Option(
      names = "--include-volatile",
      description =
          "Also store answers to prompts that a cache does not look up by default, because the"
              + " answer depends on the moment or on private state.")
  private boolean includeVolatile;

  @Mixin private final ExistingStoreOptions store;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  LoadCommand(CliEnvironment environment) {
    this.environment = environment;
    this.store = new ExistingStoreOptions(environment);
  }

  @Override
  public Integer call() {
    checkOptions();
    LoadRun.Options options =
        new LoadRun.Options(
            input.prompt(),
            answer,
            NameAndValue.toMap(tags),
            new LoadRun.LabelColumns(NameAndValue.toMap(labels), NameAndValue.toMap(numbers)),
            dependencies,
            scope(),
            Optional.ofNullable(timeToLive),
            replace,
            curated,
            includeVolatile,
            input.maxCharacters());
    LoadRun.Result result =
        store.withOrCreate((embedder, opened) -> load(options, embedder, opened));
    print(result);
    return result.stored() + result.present() == 0 && result.rejected() > 0 ? 1 : 0;
  }

  private void checkOptions() {
    Set<String> texts = NameAndValue.toMap(labels).keySet();
    Set<String> both = new HashSet<>(NameAndValue.toMap(numbers).keySet());
    both.retainAll(texts);
    if (!both.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--label and --number both have the name " + both.iterator().next());
    }
    try {
      LoadRun.LabelColumns.checkNames(texts, NameAndValue.toMap(numbers).keySet());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--label, --number: " + e.getMessage(), e);
    }
    if (input.maxCharacters() < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--max-characters is " + input.maxCharacters() + "; it must be at least 1");
    }
    if (timeToLive != null) {
      try {
        Prompt.checkTimeToLive(timeToLive);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), "--ttl: " + e.getMessage(), e);
      }
    }
  }

  private Scope scope() {
    Scope scope = Scope.none().settings(NameAndValue.toMap(settings));
    return system == null ? scope : scope.system(system);
  }

  private LoadRun.Result load(
      LoadRun.Options options, OpenEmbedder embedder, Stores.OpenStore opened) {
    Path file = input.file();
    long size = size(file);
    PrintWriter err = spec.commandLine().getErr();
    try (LoadRun run = new LoadRun(options, embedder.embedder(), opened.store());
        ProgressBar progress = environment.progressBar(err, "loading, percent", PERCENT)) {
      return run.load(
          file,
          input.format(),
          bytes -> progress.accept((int) Math.min(PERCENT, PERCENT * bytes / size)));
    }
  }

  private static long size(Path file) {
    try {
      return Math.max(1, Files.size(file));
    } catch (IOException e) {
      throw new CommandException(file + " does not exist or cannot be read", e);
    }
  }

  private void print(LoadRun.Result result) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonOutput.print(out, toJson(result));
      return;
    }
    PrintWriter err = spec.commandLine().getErr();
    result
        .rejections()
        .forEach(row -> err.println("line " + row.line() + ": " + TerminalText.line(row.rule())));
    if (result.rejections().size() < result.rejected()) {
      err.printf("... and %d more%n", result.rejected() - result.rejections().size());
    }
    err.flush();
    out.printf(
        "%d %s stored, %d already stored, %d %s rejected%n",
        result.stored(),
        result.stored() == 1 ? "answer" : "answers",
        result.present(),
        result.rejected(),
        result.rejected() == 1 ? "row" : "rows");
    if (result.evicted() > 0) {
      out.printf("evicted because the store is full: %d%n", result.evicted());
    }
    out.flush();
  }

  private static Map<String, Object> toJson(LoadRun.Result result) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("stored", result.stored());
    json.put("alreadyStored", result.present());
    json.put("rejected", result.rejected());
    json.put("evicted", result.evicted());
    json.put("rejections", result.rejections());
    return json;
  }
}
