package io.github.semcache.cli;

import io.github.semcache.guard.Guards;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options of the guards. */
final class GuardOptions {
  @ArgGroup private @Nullable Choice choice;

  /** Whether there are guards; at most one of the options is given. */
  private static final class Choice {
    @Option(
        names = "--guards",
        description =
            "Guards reject hits on prompts that differ in a detail, for example a number, a name, or"
                + " a negation (default: only without a verifier).")
    private boolean enabled;

    @Option(names = "--no-guards", description = "No guards.")
    private boolean disabled;
  }

  /** Returns the guards, or empty for those of a cache for which none are configured. */
  Optional<Guards> guards() {
    return choice == null
        ? Optional.empty()
        : Optional.of(choice.disabled ? Guards.none() : Guards.english());
  }

  /** Returns whether guards are requested. */
  boolean isEnabled() {
    return choice != null && choice.enabled;
  }

  /** Returns the suffix of a policy name. */
  String suffix() {
    if (choice == null) {
      return "";
    }
    return choice.enabled ? " with guards" : " without guards";
  }
}
