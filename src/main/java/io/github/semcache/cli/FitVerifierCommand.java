package io.github.semcache.cli;

import io.github.semcache.cli.EmbedderOptions.OpenEmbedder;
import io.github.semcache.evaluation.LabeledPair;
import io.github.semcache.evaluation.VerifierFit;
import io.github.semcache.verify.LocalVerifier;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The {@code fit-verifier} command. */
@Command(
    name = "fit-verifier",
    mixinStandardHelpOptions = true,
    versionProvider = SemcacheCli.Version.class,
    description = {
      "Fits the local pair verifier to labeled pairs of prompts.",
      "Adds decision trees to the built-in model, or to the model of an earlier run, and writes a"
          + " file that LocalVerifier.load reads."
    })
final class FitVerifierCommand implements Callable<Integer> {
  @Mixin private final PairFileOptions input = new PairFileOptions();
  @Mixin private final EmbedderOptions embedder;

  @Option(
      names = "--output",
      paramLabel = "MODEL",
      required = true,
      description = "The model file to write.")
  @SuppressWarnings("NullAway.Init") // set by picocli, which requires it
  private Path output;

  @Option(
      names = "--base",
      paramLabel = "MODEL",
      description = "The model file to start from (default: the built-in model).")
  private @Nullable Path base;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "The seed of the random choices (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  FitVerifierCommand(CliEnvironment environment) {
    this.embedder = new EmbedderOptions(environment);
  }

  @Override
  public Integer call() {
    LocalVerifier start = base == null ? LocalVerifier.create() : read(base);
    VerifierFit fit = fit(start);
    write(fit.verifier());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonOutput.print(out, json(fit));
    } else {
      print(out, fit);
    }
    return 0;
  }

  private static LocalVerifier read(Path file) {
    try {
      return LocalVerifier.load(file);
    } catch (UncheckedIOException | IllegalArgumentException e) {
      throw new CommandException("--base: " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private VerifierFit fit(LocalVerifier start) {
    List<LabeledPair> pairs = input.read();
    List<String> texts =
        pairs.stream().flatMap(pair -> Stream.of(pair.first(), pair.second())).toList();
    try (OpenEmbedder open = embedder.open(texts, spec.commandLine().getErr())) {
      return VerifierFit.of(start, pairs, open.embedder(), seed);
    } catch (IllegalStateException e) {
      throw new CommandException("the pairs cannot be fitted: " + e.getMessage(), e);
    }
  }

  private void write(LocalVerifier verifier) {
    try {
      Files.writeString(output, verifier.format());
    } catch (IOException e) {
      throw new CommandException(
          "--output: " + output + " cannot be written: " + e.getMessage(), e);
    }
  }

  private void print(PrintWriter out, VerifierFit fit) {
    VerifierFit.Counts before = fit.before();
    VerifierFit.Counts after = fit.crossValidated();
    out.printf(
        "%d pairs with the same answer, %d with different answers%n%n",
        before.same(), before.different());
    out.printf("%-34s %10s %16s%n", "accepted of those", "before", "cross-validated");
    out.printf(
        Locale.ROOT,
        "%-34s %9.1f%% %15.1f%%%n",
        "with the same answer",
        percent(before.acceptedRight(), before.same()),
        percent(after.acceptedRight(), after.same()));
    out.printf(
        Locale.ROOT,
        "%-34s %9.1f%% %15.1f%%%n",
        "with different answers",
        percent(before.acceptedWrong(), before.different()),
        percent(after.acceptedWrong(), after.different()));
    out.printf("%nLocalVerifier.load(Path.of(\"%s\"))%n", output);
    out.flush();
  }

  private static double percent(int count, int total) {
    return total == 0 ? 0 : 100.0 * count / total;
  }

  private Map<String, Object> json(VerifierFit fit) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("output", output.toString());
    json.put("before", json(fit.before()));
    json.put("crossValidated", json(fit.crossValidated()));
    return json;
  }

  private static Map<String, Object> json(VerifierFit.Counts counts) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("same", counts.same());
    json.put("different", counts.different());
    json.put("acceptedRight", counts.acceptedRight());
    json.put("acceptedWrong", counts.acceptedWrong());
    return json;
  }
}
