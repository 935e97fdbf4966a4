package io.github.semcache.cli;

import io.github.semcache.cli.EmbedderOptions.OpenEmbedder;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.evaluation.CachingVerifier;
import io.github.semcache.evaluation.FitTarget;
import io.github.semcache.evaluation.LabeledPair;
import io.github.semcache.evaluation.LabeledPrompt;
import io.github.semcache.evaluation.NeighborTable;
import io.github.semcache.evaluation.PairColumns;
import io.github.semcache.evaluation.Replay;
import io.github.semcache.evaluation.ScoredPair;
import io.github.semcache.evaluation.ThresholdFit;
import io.github.semcache.evaluation.VerifiedPolicy;
import io.github.semcache.guard.Guard.PromptPair;
import io.github.semcache.guard.Guards;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.DoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code fit} command. */
@Command(
    name = "fit",
    mixinStandardHelpOptions = true,
    versionProvider = SemcacheCli.Version.class,
    description = {
      "Finds the distance threshold for a target error rate or precision.",
      "Fits the largest threshold that meets the target on labeled prompts, or on labeled pairs of"
          + " prompts (--first, --second), and prints the code that sets it."
    })
final class FitCommand implements Callable<Integer> {
  private final CliEnvironment environment;

  @Mixin private final PromptFileOptions input = new PromptFileOptions();
  @Mixin private final EmbedderOptions embedder;

  @Mixin private final GuardOptions guards = new GuardOptions();
  @Mixin private final VerifierOptions verifier = new VerifierOptions();

  @ArgGroup(multiplicity = "1")
  @SuppressWarnings("NullAway.Init") // set by picocli, which requires it
  private TargetOptions target;

  @Option(
      names = "--confidence",
      paramLabel = "LEVEL",
      defaultValue = "0.95",
      description = "The confidence level at which the target is met (default: ${DEFAULT-VALUE}).")
  private double confidence = FitTarget.DEFAULT_CONFIDENCE;

  @Option(
      names = "--first",
      paramLabel = "COLUMN",
      description = "For pairs: the column of the first prompt.")
  private @Nullable String first;

  @Option(
      names = "--second",
      paramLabel = "COLUMN",
      description =
          "For pairs: the column of the second prompt. The values of the --label column are then 1,"
              + " true, yes, same, duplicate, or hit for the same answer, and 0, false, no, different,"
              + " or miss for different answers.")
  private @Nullable String second;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "For prompts: shuffle the prompts with this seed.")
  private @Nullable Long seed;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  FitCommand(CliEnvironment environment) {
    this.environment = environment;
    this.embedder = new EmbedderOptions(environment);
  }

  /** The target; exactly one of the options is given. */
  private static final class TargetOptions {
    @Option(
        names = "--error-rate",
        paramLabel = "RATE",
        description = "The maximum fraction of requests that are wrong hits, for example 0.01.")
    private @Nullable Double errorRate;

    @Option(
        names = "--precision",
        paramLabel = "RATE",
        description = "The minimum fraction of hits that are correct, for example 0.98.")
    private @Nullable Double precision;

    FitTarget target() {
      return errorRate != null
          ? FitTarget.maxErrorRate(errorRate)
          : FitTarget.minPrecision(precision == null ? 0 : precision);
    }

    String name() {
      return errorRate != null ? "--error-rate" : "--precision";
    }
  }

  @Override
  public Integer call() {
    ThresholdFit fit = fit(fitTarget());
    if (fit.threshold().isEmpty()) {
      throw new CommandException(
          "no threshold meets the target with confidence "
              + confidence
              + " on these "
              + fit.counts().requests()
              + " requests; there are too few requests, or prompts with different answers are too"
              + " similar",
          null);
    }
    FitOutput output = new FitOutput(fit, code());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      output.printJson(out);
    } else {
      output.print(out);
    }
    return 0;
  }

  /** Returns the options of the builder that select the guards and the verifier. */
  private String code() {
    String guardCode =
        guards
            .guards()
            .map(some -> guards.isEnabled() ? ".guards(Guards.english())" : ".noGuards()")
            .orElse("");
    return guardCode + (verifier.scorer().isPresent() ? "" : ".verifier(PairVerifier.none())");
  }

  private FitTarget fitTarget() {
    String option = target.name();
    try {
      FitTarget fitTarget = target.target();
      option = "--confidence";
      return fitTarget.confidence(confidence);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
    }
  }

  private ThresholdFit fit(FitTarget fitTarget) {
    if (verifier.usesLabels()) {
      throw new ParameterException(
          spec.commandLine(), "--verifier is labels; fit needs local or none");
    }
    if (!input.isLabeled()) {
      throw new ParameterException(
          spec.commandLine(), "--label is missing; fit needs labels to recognize wrong hits");
    }
    if ((first == null) != (second == null)) {
      throw new ParameterException(
          spec.commandLine(), "--first and --second must be used together");
    }
    if (first != null && (seed != null || input.isScoped() || input.isTimed())) {
      throw new ParameterException(
          spec.commandLine(),
          "--seed, --scope, and --timestamp cannot be combined with --first and --second");
    }
    return first == null || second == null
        ? fitPrompts(fitTarget)
        : fitPairs(PairColumns.of(first, second, input.label()), fitTarget);
  }

  private ThresholdFit fitPairs(PairColumns columns, FitTarget fitTarget) {
    List<LabeledPair> pairs = input.read().pairs(columns.maxCharacters(input.maxCharacters()));
    List<String> texts =
        pairs.stream().flatMap(pair -> Stream.of(pair.first(), pair.second())).toList();
    try (OpenEmbedder open = embedder.open(texts, spec.commandLine().getErr())) {
      List<ScoredPair> scored = pairs.stream().map(pair -> score(pair, open.embedder())).toList();
      return ThresholdFit.of(scored, fitTarget);
    }
  }

  /** Scores a pair; a pair that a guard or the verifier rejects is not a hit at any threshold. */
  private ScoredPair score(LabeledPair pair, Embedder model) {
    ScoredPair scored = ScoredPair.of(pair, model);
    boolean isRejected =
        guardsOrDefault().reject(PromptPair.of(pair.second(), pair.first())).isPresent();
    return isRejected || !accepts(pair, scored.distance())
        ? new ScoredPair(Double.POSITIVE_INFINITY, pair.sameAnswer())
        : scored;
  }

  private boolean accepts(LabeledPair pair, double distance) {
    return verifier
            .scorer()
            .orElseGet(PairVerifier::none)
            .verify(new PairVerifier.Pair(pair.second(), pair.first(), "", distance))
            .outcome()
        == Verification.Outcome.ACCEPT;
  }

  /** Returns the guards; by default, there are some only without a verifier, as in a cache. */
  private Guards guardsOrDefault() {
    return guards
        .guards()
        .orElseGet(() -> verifier.scorer().isPresent() ? Guards.none() : Guards.english());
  }

  /** Returns the policy of each threshold; they share the decisions of the verifier. */
  private DoubleFunction<HitPolicy> policies() {
    Guards pairGuards = guardsOrDefault();
    Optional<PairVerifier> shared = verifier.scorer().map(CachingVerifier::of);
    return threshold -> {
      HitPolicy byDistance = HitPolicy.maxDistance(threshold).guards(pairGuards);
      return shared.map(some -> (HitPolicy) VerifiedPolicy.of(byDistance, some)).orElse(byDistance);
    };
  }

  private ThresholdFit fitPrompts(FitTarget fitTarget) {
    PrintWriter err = spec.commandLine().getErr();
    List<LabeledPrompt> prompts = input.prompts();
    try (OpenEmbedder open =
            embedder.open(prompts.stream().map(LabeledPrompt::text).toList(), err);
        ProgressBar progress = environment.progressBar(err, "comparing", prompts.size())) {
      Replay.Builder replay =
          Replay.builder(open.embedder())
              .cache(builder -> builder.verifier(PairVerifier.none()))
              .neighbors(NeighborTable.of(open.embedder(), prompts, progress));
      if (seed != null) {
        replay.shuffled(seed);
      }
      return ThresholdFit.of(prompts, replay, policies(), fitTarget);
    }
  }
}
