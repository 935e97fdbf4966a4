package io.github.semcache.cli;

import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.evaluation.Replay;
import io.github.semcache.verify.PairVerifier;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.ITypeConverter;

/**
 * A policy of a benchmark.
 *
 * @param name the name, as given on the command line
 * @param usesLabels whether the policy needs the labels of a stream, so that it cannot decide on
 *     pairs
 * @param options sets the policy and the verifier of a cache
 * @param labels the labels that decide where the local verifier is unsure, if any
 */
record BenchPolicy(
    String name,
    boolean usesLabels,
    Consumer<SemanticCacheBuilder> options,
    Optional<VerifierOptions.Choice> labels) {
  /** The policies of a benchmark for which none is given. */
  static final List<String> DEFAULTS =
      List.of("default", "labels", "distance", "guards", "same-words", "error-budget=0.01");

  private static final Map<String, BenchPolicy> NAMED =
      Map.of(
          "distance",
              new BenchPolicy(
                  "distance",
                  false,
                  builder -> builder.noGuards().verifier(PairVerifier.none()),
                  Optional.empty()),
          "guards",
              new BenchPolicy(
                  "guards",
                  false,
                  builder -> builder.verifier(PairVerifier.none()),
                  Optional.empty()));

  void configure(Replay.Builder replay) {
    replay.cache(options);
    labels.ifPresent(choice -> choice.configure(replay));
  }

  /**
   * Parses a name of {@link #DEFAULTS}, {@code labels=N} with the maximum number of calls for a
   * prompt, or a policy as for {@code replay}.
   */
  static final class Converter implements ITypeConverter<BenchPolicy> {
    @Override
    public BenchPolicy convert(String text) {
      return VerifierOptions.Choice.parseLabels(text)
          .map(choice -> new BenchPolicy(text, true, builder -> {}, Optional.of(choice)))
          .or(() -> Optional.ofNullable(NAMED.get(text)))
          .orElseGet(() -> of(text));
    }

    private static BenchPolicy of(String text) {
      PolicySpec spec = new PolicySpec.Converter().convert(text);
      return new BenchPolicy(
          text,
          spec.learns(),
          builder -> spec.configuration().accept(builder, Optional.empty()),
          Optional.empty());
    }
  }
}
