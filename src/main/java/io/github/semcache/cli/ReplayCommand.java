package io.github.semcache.cli;

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

/** {@code replay FILE}. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    versionProvider = SemcacheCli.Version.class,
    description = {
      "Would a semantic cache pay on my traffic?",
      "Sends recorded prompts, one after the other, through a real cache and counts the hits and,"
          + " where there are labels, the wrong ones among them. No model is asked."
    })
final class ReplayCommand implements Callable<Integer> {
  private final CliEnvironment surroundings;

  @Mixin private final PromptFileOptions input = new PromptFileOptions();
  @Mixin private final EmbedderOptions embedder;
  @Mixin private final StoreOptions store = new StoreOptions();

  @Mixin private final PolicyOptions policy = new PolicyOptions();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Ask in a random order, the same for the same number.")
  private @Nullable Long seed;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Ask so many prompts at most, the first of the order.")
  private @Nullable Integer limit;

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      description =
          "How long answers are kept by --timestamp, for example PT24H (default: for ever).")
  private @Nullable Duration timeToLive;

  @Option(
      names = "--wrong-hits",
      arity = "0..1",
      paramLabel = "N",
      preprocessor = NumberOrNone.class,
      description = "Show the wrong hits one by one, or the first N of them.")
  private int wrongHits;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  ReplayCommand(CliEnvironment surroundings) {
    this.surroundings = surroundings;
    this.embedder = new EmbedderOptions(surroundings);
  }

  @Override
  public Integer call() {
    ReplayText text = new ReplayText(run(), wrongHits);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      text.printJson(out);
    } else {
      text.print(out);
    }
    return 0;
  }

  private ReplayRun run() {
    if (policy.learns() && !input.isLabeled()) {
      throw new ParameterException(
          spec.commandLine(), "--label is missing; " + policy.name() + " learns from labels");
    }
    if (timeToLive != null && !input.isTimed()) {
      throw new ParameterException(
          spec.commandLine(), "--timestamp is missing; --ttl goes by the times of the prompts");
    }
    if (seed != null && input.isTimed()) {
      throw new ParameterException(
          spec.commandLine(),
          "--seed and --timestamp were both given; one of them gives the order");
    }
    PrintWriter err = spec.commandLine().getErr();
    String storeName = store.name();
    List<LabeledPrompt> prompts = order().of(input.prompts());
    try (OpenEmbedder open =
            embedder.open(prompts.stream().map(LabeledPrompt::text).toList(), err);
        ProgressBar progress = surroundings.progressBar(err, "asking", prompts.size())) {
      Replay.Builder replay =
          Replay.builder(open.remembered()).hitPolicy(policy.hitPolicy()).progress(progress);
      if (timeToLive != null) {
        replay.timeToLive(timeToLive);
      }
      return new ReplayRun(
          input.file(),
          seed == null ? "in order" : "shuffled with seed " + seed,
          policy.name(),
          open.remembered().modelId(),
          storeName,
          store.run(replay, prompts, EmbeddingSpace.of(open.remembered())));
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

  /** Takes the next argument for a number only if it is one, and not for example the file. */
  static final class NumberOrNone implements IParameterPreprocessor {
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
