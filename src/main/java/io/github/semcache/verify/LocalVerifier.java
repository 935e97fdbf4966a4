package io.github.semcache.verify;

import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.guard.Guard.PromptPair;
import io.github.semcache.internal.language.Dictionary;
import io.github.semcache.internal.language.TextDiff;
import io.github.semcache.internal.verify.PairFeatures;
import io.github.semcache.internal.verify.VerifierModel;
import io.github.semcache.verify.Verification.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;

/**
 * A verifier that compares the words of two prompts. It needs no model call and no I/O. It reads
 * English; in other languages it accepts only prompts with the same words. The decision does not
 * depend on which of the prompts is the new one.
 *
 * <p>LocalVerifier is immutable and thread-safe. {@link #verify} does not block.
 */
public final class LocalVerifier implements PairVerifier, NonBlocking {
  /** The maximum score of pairs that are never accepted, relative to the score of acceptance. */
  private static final double MAX_UNSURE = 0.5;

  private final VerifierModel model;
  private final double accept;
  private final double reject;

  private LocalVerifier(VerifierModel model, double accept, double reject) {
    this.model = model;
    this.accept = accept;
    this.reject = reject;
  }

  private LocalVerifier(VerifierModel model) {
    this(model, model.accept(), model.reject());
  }

  /**
   * Returns a verifier with the model that is part of the library.
   *
   * @return the verifier
   */
  public static LocalVerifier create() {
    return BuiltIn.VERIFIER;
  }

  /**
   * Reads a model that {@code semcache-cli fit-verifier} has written. Blocks on the file system.
   *
   * @param file the file
   * @return a verifier with the model
   * @throws UncheckedIOException if the file cannot be read
   * @throws IllegalArgumentException if the file is not a model of this version
   */
  public static LocalVerifier load(Path file) {
    try {
      return parse(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }

  /**
   * Parses a model.
   *
   * @param model the content of a model file
   * @return a verifier with the model
   * @throws IllegalArgumentException if the text is not a model of this version
   */
  public static LocalVerifier parse(String model) {
    return new LocalVerifier(VerifierModel.parse(model));
  }

  /**
   * Returns the content of a model file. The thresholds are those of this verifier.
   *
   * @return the text, which {@link #parse} reads
   */
  public String format() {
    return model.withThresholds(accept, Math.max(accept, model.strictAccept()), reject).format();
  }

  /**
   * Returns a verifier that accepts pairs only from a score of 0.985 on, and is unsure about those
   * with a lower score that are not rejected. Use it if another verifier decides on these pairs;
   * {@link #orElse} does so for a verifier that asks a model.
   *
   * @return the verifier
   */
  public LocalVerifier strict() {
    return new LocalVerifier(model, model.strictAccept(), reject);
  }

  /**
   * Returns a verifier with other thresholds. The default is to accept from 0.80 on and to reject
   * below 0.05. Between the thresholds, the verifier is unsure.
   *
   * @param newAccept the score from which a pair is accepted, in [0, 1]
   * @param newReject the score below which a pair is rejected, in [0, 1], at most {@code newAccept}
   * @return the verifier
   * @throws IllegalArgumentException if a threshold is out of range
   */
  public LocalVerifier thresholds(double newAccept, double newReject) {
    if (!(newReject >= 0 && newReject <= newAccept && newAccept <= 1)) {
      throw new IllegalArgumentException(
          "thresholds are %s and %s; they must be in [0, 1], the threshold of rejection at most the threshold of acceptance"
              .formatted(newAccept, newReject));
    }
    return new LocalVerifier(model, newAccept, newReject);
  }

  /**
   * Returns a verifier that consults another one on the pairs about which this one is unsure. If
   * the other one {@linkplain PairVerifier#asksModel asks a model}, and the thresholds of this
   * verifier are those of its model file, this one is {@linkplain #strict strict}.
   *
   * @param next the verifier to consult next
   * @return a verifier with the decisions of both
   */
  @Override
  public PairVerifier orElse(PairVerifier next) {
    boolean isDefault = accept == model.accept();
    return new VerifierChain(isDefault && next.asksModel() ? strict() : this, next);
  }

  @Override
  public Verification verify(Pair pair) {
    if (pair.query().equals(pair.cachedPrompt())) {
      return Verification.accept().withScore(1);
    }
    return verify(
        PairFeatures.ordered(CanonicalText.of(pair.query()), CanonicalText.of(pair.cachedPrompt())),
        pair.distance());
  }

  private Verification verify(PromptPair prompts, double distance) {
    String added = AddedText.difference(prompts.asked(), prompts.cached());
    boolean hasAddedSentence = AddedText.SENTENCE.equals(added);
    if (added != null && !hasAddedSentence) {
      return Verification.reject(added).withScore(0);
    }
    SurfaceTokens asked = new SurfaceTokens(prompts.asked());
    SurfaceTokens cached = new SurfaceTokens(prompts.cached());
    String surface = SurfaceRules.difference(asked, cached);
    if (surface != null) {
      return Verification.reject(surface).withScore(0);
    }
    TextDiff diff = TextDiff.of(Dictionary.english(), prompts.asked(), prompts.cached());
    if (!diff.isUnreadTextSame()) {
      return Verification.unsure("unread-rest");
    }
    Verification foreign = ForeignText.verify(asked, cached, diff);
    if (foreign != null) {
      return foreign;
    }
    PairFeatures features = PairFeatures.of(prompts, diff, distance);
    String rule = PairRules.difference(asked, cached, features);
    if (rule != null) {
      return new Verification(Outcome.REJECT, rule, OptionalDouble.of(0));
    }
    ParticleRules.Difference particles = ParticleRules.difference(asked, cached);
    if (particles == ParticleRules.Difference.OPPOSITE) {
      return Verification.reject("opposite").withScore(0);
    }
    double score = model.score(features);
    if (hasAddedSentence) {
      return unsure(AddedText.SENTENCE, score);
    }
    if (features.isWordAddedToRequest()) {
      return unsure("unmatched-word", score);
    }
    if (particles == ParticleRules.Difference.REPLACED) {
      return unsure("particle", score);
    }
    if (AttributeRules.areDifferent(asked, cached)) {
      return unsure("question", score);
    }
    return features.isRequestInOtherForm()
        ? unsure("other-form", score)
        : decide(score, features.reason());
  }

  /** Never accepts: another form of a word is often another value, and a sentence a condition. */
  private Verification unsure(String reason, double score) {
    double bounded = Math.min(score, accept * MAX_UNSURE);
    Outcome outcome = bounded < reject ? Outcome.REJECT : Outcome.UNSURE;
    return new Verification(outcome, reason, OptionalDouble.of(bounded));
  }

  private Verification decide(double score, String reason) {
    Outcome outcome =
        score >= accept ? Outcome.ACCEPT : score < reject ? Outcome.REJECT : Outcome.UNSURE;
    return new Verification(
        outcome, outcome == Outcome.ACCEPT ? "accepted" : reason, OptionalDouble.of(score));
  }

  private static final class BuiltIn {
    private static final String RESOURCE = "local-verifier.txt";
    static final LocalVerifier VERIFIER = read();

    private static LocalVerifier read() {
      try (InputStream in = LocalVerifier.class.getResourceAsStream(RESOURCE)) {
        if (in == null) {
          throw new IllegalStateException(RESOURCE + " is not on the class path");
        }
        return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(RESOURCE + " cannot be read", e);
      }
    }
  }
}
