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
      description = "How a hit is decided: " + Policy.CHOICES + " (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Policy policy;

  @Mixin private final GuardOptions guards = new GuardOptions();

  HitPolicy hitPolicy() {
    return guards.apply(policy.hitPolicy());
  }

  String name() {
    return policy.name() + guards.suffix();
  }
}
