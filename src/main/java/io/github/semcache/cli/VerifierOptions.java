package io.github.semcache.cli;

import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.verify.PairVerifier;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that selects the verifier. */
final class VerifierOptions {
  @Option(
      names = "--verifier",
      paramLabel = "VERIFIER",
      description = {
        "The second stage of a decision (default: that of the policy).",
        "local: the verifier that runs in the process.",
        "none: the policy alone decides.",
        "labels: the local verifier; where it is unsure, the labels decide. Simulates a chat model"
            + " that never errs, and counts its calls."
      })
  private @Nullable Kind kind;

  /** The available verifiers. */
  private enum Kind {
    LOCAL,
    NONE,
    LABELS
  }

  /** Sets the verifier of a cache, unless the labels decide. */
  void configure(SemanticCacheBuilder builder) {
    if (kind == Kind.LOCAL) {
      builder.verifier(PairVerifier.local());
    } else if (kind == Kind.NONE) {
      builder.verifier(PairVerifier.none());
    }
  }

  /** Returns whether the labels decide where the local verifier is unsure. */
  boolean usesLabels() {
    return kind == Kind.LABELS;
  }

  /** Returns the verifier whose scores order pairs, or empty if the distance orders them. */
  Optional<PairVerifier> scorer() {
    return kind == Kind.NONE ? Optional.empty() : Optional.of(PairVerifier.local());
  }

  /** Returns the suffix of a policy name. */
  String suffix() {
    return kind == null ? "" : ", verifier " + kind.name().toLowerCase(Locale.ROOT);
  }
}
