package io.github.semcache.cli;

import io.github.semcache.cli.EmbedderOptions.OpenEmbedder;
import io.github.semcache.evaluation.EvaluationReport;
import io.github.semcache.evaluation.LabeledPrompt;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code report} command. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    versionProvider = SemcacheCli.Version.class,
    description = {
      "Writes an HTML report with the hit rate and the error rate of each policy.",
      "Replays labeled prompts with each policy. The report is one file without external resources."
          + " It contains the prompts of up to twenty wrong hits."
    })
final class ReportCommand implements Callable<Integer> {
  private final CliEnvironment environment;

  @Mixin private final PromptFileOptions input = new PromptFileOptions();
  @Mixin private final EmbedderOptions embedder;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      defaultValue = "report.html",
      description = "The file to write (default: ${DEFAULT-VALUE}).")
  private Path output = Path.of("report.html");

  @Option(
      names = "--error-rate",
      paramLabel = "RATE",
      defaultValue = "0.01",
      description =
          "The highest acceptable fraction of requests that are wrong hits, for the recommendation"
              + " (default: ${DEFAULT-VALUE}).")
  private double errorRate = 0.01;

  @Option(names = "--seed", paramLabel = "N", description = "Shuffle the prompts with this seed.")
  private @Nullable Long seed;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  ReportCommand(CliEnvironment environment) {
    this.environment = environment;
    this.embedder = new EmbedderOptions(environment);
  }

  @Override
  public Integer call() {
    if (!input.isLabeled()) {
      throw new ParameterException(
          spec.commandLine(), "--label is missing; a report needs labels to recognize wrong hits");
    }
    if (!(errorRate > 0 && errorRate < 1)) {
      throw new ParameterException(
          spec.commandLine(),
          "--error-rate is " + errorRate + "; it must be more than 0 and less than 1");
    }
    PrintWriter err = spec.commandLine().getErr();
    List<LabeledPrompt> prompts = input.prompts();
    try (OpenEmbedder open =
            embedder.open(prompts.stream().map(LabeledPrompt::text).toList(), err);
        ProgressBar progress = environment.progressBar(err, "replaying, percent", 100)) {
      EvaluationReport.Builder report =
          EvaluationReport.builder(open.embedder(), prompts)
              .title("Semantic cache evaluation of " + input.file().getFileName())
              .command(commandLine())
              .maxErrorRate(errorRate)
              .standardPolicies()
              .progress(progress);
      if (seed != null) {
        report.shuffled(seed);
      }
      report.build().write(output);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(output.toAbsolutePath());
    out.flush();
    return 0;
  }

  /** Returns the command line, with quotation marks where a shell needs them. */
  private String commandLine() {
    return "semcache-cli report "
        + spec.commandLine().getParseResult().originalArgs().stream()
            .skip(1)
            .map(
                arg -> arg.matches("[\\w./:=,@%+-]+") ? arg : "'" + arg.replace("'", "'\\''") + "'")
            .collect(Collectors.joining(" "));
  }
}
