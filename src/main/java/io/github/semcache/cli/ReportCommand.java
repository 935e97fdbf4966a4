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

/** {@code report FILE}. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    versionProvider = SemcacheCli.Version.class,
    description = {
      "A page to look at: hits and wrong hits of each policy on labeled prompts.",
      "Writes one HTML file that needs nothing else. It holds the texts of twenty wrong hits."
    })
final class ReportCommand implements Callable<Integer> {
  private static final List<Double> CUTS =
      IntStream.rangeClosed(1, 20).mapToObj(i -> i * 2 / 100.0).toList();

  private static final List<Double> BUDGETS = List.of(0.0025, 0.005, 0.01, 0.02, 0.04);

  private final CliEnvironment surroundings;

  @Mixin private final PromptFileOptions input = new PromptFileOptions();
  @Mixin private final EmbedderOptions embedder;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      defaultValue = "report.html",
      description = "Where to write the page (default: ${DEFAULT-VALUE}).")
  private Path output = Path.of("report.html");

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Ask in a random order, the same for the same number.")
  private @Nullable Long seed;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  ReportCommand(CliEnvironment surroundings) {
    this.surroundings = surroundings;
    this.embedder = new EmbedderOptions(surroundings);
  }

  @Override
  public Integer call() {
    if (!input.isLabeled()) {
      throw new ParameterException(
          spec.commandLine(), "--label is missing; without labels no hit is known to be wrong");
    }
    PrintWriter err = spec.commandLine().getErr();
    List<LabeledPrompt> prompts = input.prompts();
    try (OpenEmbedder open =
            embedder.open(prompts.stream().map(LabeledPrompt::text).toList(), err);
        ProgressBar progress = surroundings.progressBar(err, "replaying, percent", 100)) {
      EvaluationReport.Builder report =
          EvaluationReport.builder(open.remembered(), prompts)
              .title("What a semantic cache would do on " + input.file().getFileName())
              .policy(
                  "max-distance without guards",
                  cut -> HitPolicy.maxDistance(cut).unguarded(),
                  CUTS)
              .policy("max-distance with guards", HitPolicy::maxDistance, CUTS)
              .policy("relative distance with guards", HitPolicy::relativeDistance, CUTS)
              .policy("same words", "always", replay -> replay.hitPolicy(HitPolicy.sameWords()))
              .policy("error budget", ErrorBudget::of, BUDGETS)
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
}
