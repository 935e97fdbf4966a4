package io.github.semcache.cli;

import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.evaluation.Replay;
import io.github.semcache.verify.PairVerifier;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

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
            + " that never errs, and counts its calls. With labels=N, the model is asked about up to N"
            + " candidates of a prompt (default: 1)."
      },
      converter = Choice.Converter.class)
  private @Nullable Choice choice;

  /** The available verifiers. */
  enum Kind {
    LOCAL,
    NONE,
    LABELS
  }

  /**
   * A value of the option.
   *
   * @param text the value, as given on the command line
   * @param kind the verifier
   * @param calls the maximum number of candidates of a prompt on which the labels decide
   */
  record Choice(String text, Kind kind, int calls) {
    private static final Pattern LABELS = Pattern.compile("labels(?:=([1-9]\\d?))?");

    /** Parses a value if it begins with the name of {@link Kind#LABELS}. */
    static Optional<Choice> parseLabels(String text) {
      Matcher matcher = LABELS.matcher(text.toLowerCase(Locale.ROOT));
      if (!matcher.matches()) {
        return Optional.empty();
      }
      String calls = matcher.group(1);
      return Optional.of(
          new Choice(text, Kind.LABELS, calls == null ? 1 : Integer.parseInt(calls)));
    }

    /** Converts a value of the option. */
    static final class Converter implements ITypeConverter<Choice> {
      @Override
      public Choice convert(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
          case "local" -> new Choice(text, Kind.LOCAL, 0);
          case "none" -> new Choice(text, Kind.NONE, 0);
          default ->
              parseLabels(text)
                  .orElseThrow(
                      () ->
                          new TypeConversionException(
                              "'%s' is not local, none, labels, or labels=N with N from 1 to 99"
                                  .formatted(text)));
        };
      }
    }

    void configure(Replay.Builder replay) {
      replay.labelsWhereUnsure(PairVerifier.local().strict(), calls);
    }
  }

  /** Sets the verifier of a cache, unless the labels decide. */
  void configure(SemanticCacheBuilder builder) {
    if (is(Kind.LOCAL)) {
      builder.verifier(PairVerifier.local());
    } else if (is(Kind.NONE)) {
      builder.verifier(PairVerifier.none());
    }
  }

  /** Lets the labels decide where the local verifier is unsure, if the option says so. */
  void configure(Replay.Builder replay) {
    if (choice != null && usesLabels()) {
      choice.configure(replay);
    }
  }

  /** Returns whether the labels decide where the local verifier is unsure. */
  boolean usesLabels() {
    return is(Kind.LABELS);
  }

  /** Returns the verifier whose scores order pairs, or empty if the distance orders them. */
  Optional<PairVerifier> scorer() {
    return is(Kind.NONE) ? Optional.empty() : Optional.of(PairVerifier.local());
  }

  private boolean is(Kind kind) {
    return choice != null && choice.kind == kind;
  }

  /** Returns the suffix of a policy name. */
  String suffix() {
    return choice == null ? "" : ", verifier " + choice.text.toLowerCase(Locale.ROOT);
  }
}
