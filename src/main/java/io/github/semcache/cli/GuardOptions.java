package io.github.semcache.cli;

import io.github.semcache.guard.Guards;
import picocli.CommandLine.Option;

/** Whether guards are asked. */
final class GuardOptions {
  @Option(
      names = "--no-guards",
      description =
          "Let the distance alone decide: no guard turns a hit into a miss because of a replaced"
              + " number, name, opposite and so on.")
  private boolean off;

  Guards guards() {
    return off ? Guards.none() : Guards.english();
  }

  boolean areOn() {
    return !off;
  }

  /** What to add to a policy's name. */
  String suffix() {
    return off ? " without guards" : "";
  }
}
