package io.github.semcache.cli;

import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.cli.EmbedderOptions.OpenEmbedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.evaluation.LabeledPrompt;
import io.github.semcache.evaluation.Replay;
import io.github.semcache.evaluation.ReplayOrder;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Stack;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code replay} command. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    versionProvider = SemcacheCli.Version.class,
    description = {
      "Measures the hit rate and the error rate of a cache on recorded prompts.",
      "Sends the prompts one by one through a real cache and counts the hits and, if there are"
          + " labels, the wrong hits. No chat model is called."
    })
final class ReplayCommand implements Callable<Integer> {
  private final CliEnvironment environment;

  @Mixin private final PromptFileOptions input = new PromptFileOptions();
  @Mixin private final EmbedderOptions embedder;
  @Mixin private final ReplayStoreOptions store = new ReplayStoreOptions();

  @Mixin private final PolicyOptions policy = new PolicyOptions();

  @Option(names = "--seed", paramLabel = "N", description = "Shuffle the prompts with this seed.")
  private @Nullable Long seed;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "The maximum number of prompts to send (default: all).")
  private @Nullable Integer limit;

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      description =
          "The time to live of entries, measured by --timestamp, for example PT24H (default: no"
              + " expiry).")
  private @Nullable Duration timeToLive;

  @Option(
      names = "--candidates",
      paramLabel = "N",
      description = "The number of nearest entries to consider for a prompt (default: 10).")
  private @Nullable Integer candidates;

  @Option(
      names = "--wrong-hits",
      arity = "0..1",
      paramLabel = "N",
      preprocessor = OptionalNumber.class,
      description = "Show each wrong hit, or the first N.")
  private int maxWrongHits;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  ReplayCommand(CliEnvironment environment) {
    this.environment = environment;
    this.embedder = new EmbedderOptions(environment);
  }

  @Override
  public Integer call() {
    ReplayOutput output = new ReplayOutput(run(), maxWrongHits);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      output.printJson(out);
    } else {
      output.print(out);
    }
    return 0;
  }

  private ReplayRun run() {
    checkOptions();
    PrintWriter err = spec.commandLine().getErr();
    String storeName = store.name();
    List<LabeledPrompt> prompts = order().apply(input.prompts());
    try (OpenEmbedder open =
            embedder.open(prompts.stream().map(LabeledPrompt::text).toList(), err);
        ProgressBar progress = environment.progressBar(err, "replaying", prompts.size())) {
      Replay.Builder replay =
          Replay.builder(open.embedder()).cache(this::configure).progress(progress);
      policy.verifier().configure(replay);
      if (timeToLive != null) {
        replay.timeToLive(timeToLive);
      }
      return new ReplayRun(
          input.file(),
          seed == null ? "in order" : "shuffled with seed " + seed,
          policy.name(),
          open.embedder().modelId(),
          storeName,
          store.run(replay, prompts, EmbeddingSpace.of(open.embedder())));
    }
  }

  private void configure(SemanticCacheBuilder cache) {
    policy.configure(cache);
    if (candidates != null) {
      cache.candidates(candidates);
    }
  }

  /** Rejects combinations of options in which one option would have no effect. */
  private void checkOptions() {
    if (policy.learns() && !input.isLabeled()) {
      throw new ParameterException(
          spec.commandLine(), "--label is missing; " + policy.name() + " learns from labels");
    }
    if (policy.verifier().usesLabels() && !input.isLabeled()) {
      throw new ParameterException(
          spec.commandLine(), "--label is missing; --verifier labels needs labels");
    }
    if (candidates != null && candidates < 1) {
      throw new ParameterException(
          spec.commandLine(), "--candidates is " + candidates + "; it must be at least 1");
    }
    if (timeToLive != null && !input.isTimed()) {
      throw new ParameterException(
          spec.commandLine(), "--timestamp is missing; --ttl is measured by the timestamps");
    }
    if (seed != null && input.isTimed()) {
      throw new ParameterException(
          spec.commandLine(),
          "--seed and --timestamp cannot be combined; both determine the order");
    }
  }

  private ReplayOrder order() {
    try {
      return new ReplayOrder(
          Optional.ofNullable(seed), Objects.requireNonNullElse(limit, Integer.MAX_VALUE));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
    }
  }

  /** Uses the next argument as the value of the option only if it is a number. */
  static final class OptionalNumber implements IParameterPreprocessor {
    @Override
    public boolean preprocess(
        Stack<String> args, CommandSpec command, ArgSpec option, Map<String, Object> info) {
      if (args.isEmpty() || !args.peek().matches("-?[0-9]+")) {
        args.push(Integer.toString(Integer.MAX_VALUE));
      }
      return false;
    }
  }
}
