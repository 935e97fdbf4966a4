package io.github.semcache.cli;

import io.github.semcache.cli.EmbedderOptions.OpenEmbedder;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.evaluation.FitTarget;
import io.github.semcache.evaluation.LabeledPair;
import io.github.semcache.evaluation.LabeledPrompt;
import io.github.semcache.evaluation.NeighborTable;
import io.github.semcache.evaluation.PairColumns;
import io.github.semcache.evaluation.Replay;
import io.github.semcache.evaluation.ScoredPair;
import io.github.semcache.evaluation.ThresholdFit;
import io.github.semcache.guard.PromptPair;
import io.github.semcache.policy.HitPolicy;
import java.io.PrintWriter;
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
import picocli.CommandLine.Spec;

/** {@code fit FILE}. */
@Command(
    name = "fit",
    mixinStandardHelpOptions = true,
    versionProvider = SemcacheCli.Version.class,
    description = {
      "Which cut keeps the wrong answers as rare as I want them?",
      "Finds the largest distance that reaches the target on labeled prompts, or on labeled pairs"
          + " of prompts (--first, --second), and prints the line to paste."
    })
final class FitCommand implements Callable<Integer> {
  private final CliEnvironment surroundings;

  @Mixin private final PromptFileOptions input = new PromptFileOptions();
  @Mixin private final EmbedderOptions embedder;

  @Mixin private final GuardOptions guards = new GuardOptions();

  @ArgGroup(multiplicity = "1")
  @SuppressWarnings("NullAway.Init") // set by picocli, which requires it
  private Target target;

  @Option(
      names = "--confidence",
      paramLabel = "SHARE",
      defaultValue = "0.95",
      description = "How sure the target is to be reached (default: ${DEFAULT-VALUE}).")
  private double confidence = FitTarget.DEFAULT_CONFIDENCE;

  @Option(
      names = "--first",
      paramLabel = "COLUMN",
      description = "For pairs: the column of one prompt.")
  private @Nullable String first;

  @Option(
      names = "--second",
      paramLabel = "COLUMN",
      description =
          "For pairs: the column of the other; --label says 1, yes or same, or else 0, no or"
              + " different.")
  private @Nullable String second;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "For prompts: ask in a random order, the same for the same number.")
  private @Nullable Long seed;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  FitCommand(CliEnvironment surroundings) {
    this.surroundings = surroundings;
    this.embedder = new EmbedderOptions(surroundings);
  }

  /** What is to be reached; one of the two. */
  private static final class Target {
    @Option(
        names = "--error-rate",
        paramLabel = "SHARE",
        description = "At most so many wrong hits per request, for example 0.01.")
    private @Nullable Double errorRate;

    @Option(
        names = "--precision",
        paramLabel = "SHARE",
        description = "At least so many right hits per hit, for example 0.98.")
    private @Nullable Double precision;

    FitTarget toReach() {
      return errorRate != null
          ? FitTarget.maxErrorRate(errorRate)
          : FitTarget.minPrecision(precision == null ? 0 : precision);
    }
  }

  @Override
  public Integer call() {
    ThresholdFit fit = fit(fitTarget());
    if (fit.cut().isEmpty()) {
      throw new CommandException(
          "no cut reaches the target with confidence "
              + confidence
              + " on these "
              + fit.tally().requests()
              + " requests; they are too few, or their answers differ too often",
          null);
    }
    String line =
        String.format(
            Locale.ROOT,
            guards.areOn()
                ? "SemanticCache.builder().embedder(embedder).maxDistance(%.4f)"
                : "SemanticCache.builder().embedder(embedder).maxDistance(%.4f).noGuards()",
            fit.cut().getAsDouble());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      printJson(out, fit, line);
    } else {
      print(out, fit, line);
    }
    return 0;
  }

  private FitTarget fitTarget() {
    try {
      return target.toReach().confidence(confidence);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private ThresholdFit fit(FitTarget wanted) {
    if (!input.isLabeled()) {
      throw new ParameterException(
          spec.commandLine(), "--label is missing; without labels no hit is known to be wrong");
    }
    if ((first == null) != (second == null)) {
      throw new ParameterException(
          spec.commandLine(), "--first and --second go together; one of them is missing");
    }
    if (first != null && (seed != null || input.isScoped() || input.isTimed())) {
      throw new ParameterException(
          spec.commandLine(),
          "--seed, --scope and --timestamp do not go with --first and --second");
    }
    return first == null || second == null
        ? fitPrompts(wanted)
        : fitPairs(PairColumns.of(first, second, input.label()), wanted);
  }

  private ThresholdFit fitPairs(PairColumns columns, FitTarget wanted) {
    List<LabeledPair> pairs = input.read().pairs(columns.maxCharacters(input.maxCharacters()));
    List<String> texts =
        pairs.stream().flatMap(pair -> Stream.of(pair.first(), pair.second())).toList();
    try (OpenEmbedder open = embedder.open(texts, spec.commandLine().getErr())) {
      List<ScoredPair> scored = pairs.stream().map(pair -> score(pair, open.remembered())).toList();
      return ThresholdFit.of(scored, wanted);
    }
  }

  /** A pair that a guard objects to is a hit at no cut. */
  private ScoredPair score(LabeledPair pair, Embedder model) {
    boolean stopped =
        guards.guards().reject(PromptPair.of(pair.first(), pair.second())).isPresent();
    return stopped
        ? new ScoredPair(Double.POSITIVE_INFINITY, pair.same())
        : ScoredPair.of(pair, model);
  }

  private ThresholdFit fitPrompts(FitTarget wanted) {
    PrintWriter err = spec.commandLine().getErr();
    List<LabeledPrompt> prompts = input.prompts();
    try (OpenEmbedder open =
            embedder.open(prompts.stream().map(LabeledPrompt::text).toList(), err);
        ProgressBar progress = surroundings.progressBar(err, "comparing", prompts.size())) {
      Replay.Builder replay =
          Replay.builder(open.remembered())
              .neighbors(NeighborTable.of(open.remembered(), prompts, progress));
      if (seed != null) {
        replay.shuffled(seed);
      }
      return ThresholdFit.of(
          prompts, replay, cut -> HitPolicy.maxDistance(cut).guards(guards.guards()), wanted);
    }
  }

  private void print(PrintWriter out, ThresholdFit fit, String line) {
    boolean isErrorRate = fit.target().goal() == FitTarget.Goal.MAX_ERROR_RATE;
    out.printf(
        Locale.ROOT,
        "cut %.4f for %s %s with confidence %s, on %d requests%n",
        fit.cut().orElse(0),
        isErrorRate ? "an error rate of at most" : "a precision of at least",
        fit.target().limit(),
        fit.target().confidence(),
        fit.tally().requests());
    out.printf("%n%-12s %-32s %s%n", "", "at the cut", "cross-validated");
    ThresholdFit.CrossValidation held = fit.crossValidation();
    Rates.line(out, "hits", fit.tally().hitRate(), held.tally().hitRate());
    Rates.line(
        out,
        "wrong hits",
        fit.tally().errorRate().orElseThrow(),
        held.tally().errorRate().orElseThrow());
    Rates.line(
        out,
        "precision",
        fit.tally().precision().orElseThrow(),
        held.tally().precision().orElseThrow());
    out.printf("%nIn brackets: 95 %% confidence intervals (Clopper-Pearson).%n");
    out.printf(
        Locale.ROOT,
        "Cross-validated: five parts, each judged by the cut of the others: %s.%n",
        held.cuts().stream().map(cut -> String.format(Locale.ROOT, "%.4f", cut)).toList());
    out.printf("%n%s%n", line);
    out.flush();
  }

  private static void printJson(PrintWriter out, ThresholdFit fit, String line) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("cut", fit.cut().orElse(0));
    values.put("goal", fit.target().goal().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    values.put("target", fit.target().limit());
    values.put("confidence", fit.target().confidence());
    values.putAll(Rates.json(fit.tally()));
    Map<String, @Nullable Object> heldOut = new LinkedHashMap<>();
    heldOut.put("cuts", fit.crossValidation().cuts());
    heldOut.putAll(Rates.json(fit.crossValidation().tally()));
    values.put("crossValidation", heldOut);
    values.put("builder", line);
    JsonOutput.print(out, values);
  }
}
