package io.github.semcache.cli;

import io.github.semcache.SemanticCacheBuilder;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of the hit policy. */
final class PolicyOptions {
  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      defaultValue = PolicySpec.DEFAULT,
      converter = PolicySpec.Converter.class,
      description = {
        "The hit policy.",
        "default: that of a cache for which none is configured (default).",
        "max-distance=THRESHOLD: hit up to this cosine distance.",
        "relative=THRESHOLD: hit up to this fraction of the mean distance of unrelated prompts.",
        "same-words: hit only prompts with the same content words.",
        "error-budget=RATE: learn from the labels which hits keep the fraction of wrong hits below"
            + " this rate. Options follow after a comma, for example"
            + " error-budget=0.01,confidence=0.9,audit-rate=0.1,warm-up=300,window=4000.",
        "never: never hit by meaning, only the exact prompt."
      })
  @SuppressWarnings("NullAway.Init") // set by picocli
  private PolicySpec policy;

  @Mixin private final GuardOptions guards = new GuardOptions();

  @Mixin private final VerifierOptions verifier = new VerifierOptions();

  /** Sets the policy and the verifier of a cache. */
  void configure(SemanticCacheBuilder builder) {
    policy.configuration().accept(builder, guards.guards());
    verifier.configure(builder);
  }

  VerifierOptions verifier() {
    return verifier;
  }

  boolean learns() {
    return policy.learns();
  }

  String name() {
    return policy.name() + guards.suffix() + verifier.suffix();
  }
}
