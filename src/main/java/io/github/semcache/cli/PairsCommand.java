package io.github.semcache.cli;

import io.github.semcache.cli.EmbedderOptions.OpenEmbedder;
import io.github.semcache.evaluation.LabeledPair;
import io.github.semcache.evaluation.PairReplay;
import io.github.semcache.evaluation.PairResult;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code pairs} command. */
@Command(
    name = "pairs",
    mixinStandardHelpOptions = true,
    versionProvider = SemcacheCli.Version.class,
    description = {
      "Measures the decisions of a cache on labeled pairs of prompts.",
      "For each pair, the cache has the answer to the first prompt and is asked the second. No chat"
          + " model is called."
    })
final class PairsCommand implements Callable<Integer> {
  private final CliEnvironment environment;

  @Mixin private final PairFileOptions input = new PairFileOptions();
  @Mixin private final EmbedderOptions embedder;
  @Mixin private final PolicyOptions policy = new PolicyOptions();

  @Option(
      names = "--both-directions",
      description = "Also cache the second prompt of each pair and ask the first.")
  private boolean bothDirections;

  @Option(
      names = "--wrong-hits",
      arity = "0..1",
      paramLabel = "N",
      preprocessor = ReplayCommand.OptionalNumber.class,
      description = "Show each accepted pair with different answers, or the first N.")
  private int maxWrongHits;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  PairsCommand(CliEnvironment environment) {
    this.environment = environment;
    this.embedder = new EmbedderOptions(environment);
  }

  @Override
  public Integer call() {
    if (policy.learns() || policy.verifier().usesLabels()) {
      throw new ParameterException(
          spec.commandLine(),
          "the policy is '" + policy.name() + "'; pairs needs one that does not use labels");
    }
    PairsOutput output = new PairsOutput(input.file(), policy, run(), maxWrongHits);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      output.printJson(out);
    } else {
      output.print(out);
    }
    return 0;
  }

  private PairResult run() {
    PrintWriter err = spec.commandLine().getErr();
    List<LabeledPair> pairs = input.read();
    List<String> texts =
        pairs.stream().flatMap(pair -> Stream.of(pair.first(), pair.second())).toList();
    try (OpenEmbedder open = embedder.open(texts, err);
        ProgressBar progress = environment.progressBar(err, "deciding", pairs.size())) {
      PairReplay.Builder replay =
          PairReplay.builder(open.embedder()).cache(policy::configure).progress(progress);
      policy.verifier().scorer().ifPresent(replay::scoredBy);
      return (bothDirections ? replay.bothDirections() : replay).build().run(pairs);
    }
  }
}
