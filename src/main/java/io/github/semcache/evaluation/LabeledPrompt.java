package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * A prompt of recorded traffic.
 *
 * @param text what was asked; not blank
 * @param label names its right answer: two prompts of one label may share an answer, two of
 *     different labels may not. Empty where that is not known
 * @param scope what must be equal for an answer to be shared, for example a tenant; empty is a
 *     scope like any other
 * @param timestamp when it was asked, where that is known
 * @param line where it stands in its file, counted from 1; 0 if it came from none
 */
public record LabeledPrompt(
    String text,
    Optional<String> label,
    Optional<String> scope,
    Optional<Instant> timestamp,
    long line) {

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if the text is blank or the line negative
   */
  public LabeledPrompt {
    requireNonNull(text, "text");
    requireNonNull(label, "label");
    requireNonNull(scope, "scope");
    requireNonNull(timestamp, "timestamp");
    if (text.isBlank()) {
      throw new IllegalArgumentException("text is blank; a prompt must ask something");
    }
    if (line < 0) {
      throw new IllegalArgumentException("line is " + line + "; it must not be negative");
    }
  }

  /**
   * A prompt and its label.
   *
   * @param text what was asked; not blank
   * @param label names its right answer
   * @return the prompt
   * @throws IllegalArgumentException if the text is blank
   */
  public static LabeledPrompt of(String text, String label) {
    return new LabeledPrompt(text, Optional.of(label), Optional.empty(), Optional.empty(), 0);
  }

  /**
   * A prompt of which the right answer is not known.
   *
   * @param text what was asked; not blank
   * @return the prompt
   * @throws IllegalArgumentException if the text is blank
   */
  public static LabeledPrompt unlabeled(String text) {
    return new LabeledPrompt(text, Optional.empty(), Optional.empty(), Optional.empty(), 0);
  }

  /**
   * Sets the scope.
   *
   * @param scope what must be equal for an answer to be shared
   * @return a prompt with it
   */
  public LabeledPrompt scope(String scope) {
    return new LabeledPrompt(text, label, Optional.of(scope), timestamp, line);
  }

  /**
   * Sets the time.
   *
   * @param timestamp when it was asked
   * @return a prompt with it
   */
  public LabeledPrompt timestamp(Instant timestamp) {
    return new LabeledPrompt(text, label, scope, Optional.of(timestamp), line);
  }

  /** Shows where the prompt stands, but no text. */
  @Override
  public String toString() {
    return "LabeledPrompt[line=" + line + ", " + text.length() + " characters]";
  }
}
