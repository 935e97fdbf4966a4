package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * A recorded prompt, usually with a label that identifies its correct answer. A cached answer is
 * correct for a prompt if it was given to a prompt with the same label.
 *
 * @param text the prompt text, not blank
 * @param label the label, or empty if the correct answer is not known
 * @param scope the value that must be equal for an answer to be reused, for example a tenant.
 *     Prompts without a scope share a separate scope
 * @param timestamp the time of the request, if it is known
 * @param line the line of the prompt in its file, counted from 1, or 0 if it is not from a file
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
   * @throws IllegalArgumentException if the text is blank or the line is negative
   */
  public LabeledPrompt {
    requireNonNull(text, "text");
    requireNonNull(label, "label");
    requireNonNull(scope, "scope");
    requireNonNull(timestamp, "timestamp");
    if (text.isBlank()) {
      throw new IllegalArgumentException("text is blank; a prompt must contain text");
    }
    if (line < 0) {
      throw new IllegalArgumentException("line is " + line + "; it must not be negative");
    }
  }

  /**
   * Returns a prompt with a label.
   *
   * @param text the prompt text, not blank
   * @param label the label that identifies the correct answer
   * @return the prompt
   * @throws IllegalArgumentException if the text is blank
   */
  public static LabeledPrompt of(String text, String label) {
    return new LabeledPrompt(text, Optional.of(label), Optional.empty(), Optional.empty(), 0);
  }

  /**
   * Returns a prompt without a label.
   *
   * @param text the prompt text, not blank
   * @return the prompt
   * @throws IllegalArgumentException if the text is blank
   */
  public static LabeledPrompt unlabeled(String text) {
    return new LabeledPrompt(text, Optional.empty(), Optional.empty(), Optional.empty(), 0);
  }

  /**
   * Returns a copy with a scope.
   *
   * @param scope the value that must be equal for an answer to be reused
   * @return the copy
   */
  public LabeledPrompt scope(String scope) {
    return new LabeledPrompt(text, label, Optional.of(scope), timestamp, line);
  }

  /**
   * Returns a copy with a timestamp.
   *
   * @param timestamp the time of the request
   * @return the copy
   */
  public LabeledPrompt timestamp(Instant timestamp) {
    return new LabeledPrompt(text, label, scope, Optional.of(timestamp), line);
  }

  /** Returns the line and the length, without the prompt text. */
  @Override
  public String toString() {
    return "LabeledPrompt[line=" + line + ", " + text.length() + " characters]";
  }
}
