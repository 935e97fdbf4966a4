package io.github.semcache.cli;

import io.github.semcache.cli.EmbedderOptions.OpenEmbedder;
import io.github.semcache.evaluation.EvaluationReport;
import io.github.semcache.evaluation.LabeledPrompt;
import io.github.semcache.learning.ErrorBudget;
import io.github.semcache.policy.HitPolicy;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
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
  private static final List<Double> THRESHOLDS =
      IntStream.rangeClosed(1, 20).mapToObj(i -> i * 2 / 100.0).toList();

  private static final List<Double> BUDGETS = List.of(0.0025, 0.005, 0.01, 0.02, 0.04);

  private final CliEnvironment environment;

  @Mixin private final PromptFileOptions input = new PromptFileOptions();
  @Mixin private final EmbedderOptions embedder;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      defaultValue = "report.html",
      description = "The file to write (default: ${DEFAULT-VALUE}).")
  private Path output = Path.of("report.html");

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
    PrintWriter err = spec.commandLine().getErr();
    List<LabeledPrompt> prompts = input.prompts();
    try (OpenEmbedder open =
            embedder.open(prompts.stream().map(LabeledPrompt::text).toList(), err);
        ProgressBar progress = environment.progressBar(err, "replaying, percent", 100)) {
      EvaluationReport.Builder report =
          EvaluationReport.builder(open.embedder(), prompts)
              .title("Semantic cache evaluation of " + input.file().getFileName())
              .progress(progress);
      addPolicies(report);
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

  private static void addPolicies(EvaluationReport.Builder report) {
    report
        .policy(
            "max-distance without guards",
            threshold -> HitPolicy.maxDistance(threshold).unguarded(),
            THRESHOLDS)
        .policy("max-distance with guards", HitPolicy::maxDistance, THRESHOLDS)
        .policy("relative distance with guards", HitPolicy::relativeDistance, THRESHOLDS)
        .policy("same words", "always", replay -> replay.hitPolicy(HitPolicy.sameWords()))
        .policy("error budget", ErrorBudget::of, BUDGETS);
  }
}
