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
              + " prompts), same-words or never (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Policy policy;

  @Mixin private final GuardOptions guards = new GuardOptions();

  HitPolicy hitPolicy() {
    return policy.guardedBy().apply(guards.guards());
  }

  String name() {
    return policy.name() + guards.suffix();
  }
}
