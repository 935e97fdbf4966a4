package io.github.semcache.cli;

import io.github.semcache.policy.HitPolicy;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a hit is decided. */
final class PolicyOptions {
  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      defaultValue = "max-distance=0.15",
      converter = Policy.Converter.class,
      description =
          "How a hit is decided: max-distance=CUT, relative=CUT (a part of the distance of unrelated"
              + " prompts), same-words, error-budget=SHARE (so many wrong hits per request, learned from the"
              + " labels; also error-budget=0.01,confidence=0.9,audit-rate=0.1,warm-up=300,"
              + "window=4000), or never (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Policy policy;

  @Mixin private final GuardOptions guards = new GuardOptions();

  HitPolicy hitPolicy() {
    return policy.guardedBy().apply(guards.guards());
  }

  boolean learns() {
    return policy.learns();
  }

  String name() {
    return policy.name() + guards.suffix();
  }
}
