package io.github.semcache.cli;

import io.github.semcache.guard.Guards;
import picocli.CommandLine.Option;

/** The option that disables the guards. */
final class GuardOptions {
  @Option(
      names = "--no-guards",
      description =
          "Decide by distance alone. Without this option, guards reject hits on prompts that differ"
              + " in a detail, for example a number, a name, or a negation.")
  private boolean disabled;

  Guards guards() {
    return disabled ? Guards.none() : Guards.english();
  }

  boolean isEnabled() {
    return !disabled;
  }

  /** Returns the suffix of a policy name. */
  String suffix() {
    return disabled ? " without guards" : "";
  }
}
