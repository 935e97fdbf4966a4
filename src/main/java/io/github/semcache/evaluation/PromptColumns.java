package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * Which columns of a file hold what.
 *
 * @param prompt the column of the prompts
 * @param label the column of the labels
 * @param scope the column of the scopes
 * @param timestamp the column of the times: ISO 8601, in UTC where no zone is given, or seconds or
 *     milliseconds since 1970
 * @param maxCharacters the longest prompt that is accepted, at least 1
 */
public record PromptColumns(
    String prompt,
    Optional<String> label,
    Optional<String> scope,
    Optional<String> timestamp,
    int maxCharacters) {

  /** The longest prompt that is accepted unless said otherwise. */
  public static final int DEFAULT_MAX_CHARACTERS = 16_384;

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if the longest prompt has less than 1 character
   */
  public PromptColumns {
    requireNonNull(prompt, "prompt");
    requireNonNull(label, "label");
    requireNonNull(scope, "scope");
    requireNonNull(timestamp, "timestamp");
    if (maxCharacters < 1) {
      throw new IllegalArgumentException(
          "maxCharacters is " + maxCharacters + "; it must be at least 1");
    }
  }

  /**
   * Names the column of the prompts; there are no others yet.
   *
   * @param prompt the name of the column
   * @return the columns
   */
  public static PromptColumns of(String prompt) {
    return new PromptColumns(
        prompt, Optional.empty(), Optional.empty(), Optional.empty(), DEFAULT_MAX_CHARACTERS);
  }

  /**
   * Names the column of the labels.
   *
   * @param label the name of the column
   * @return columns with it
   */
  public PromptColumns label(String label) {
    return new PromptColumns(prompt, Optional.of(label), scope, timestamp, maxCharacters);
  }

  /**
   * Names the column of the scopes.
   *
   * @param scope the name of the column
   * @return columns with it
   */
  public PromptColumns scope(String scope) {
    return new PromptColumns(prompt, label, Optional.of(scope), timestamp, maxCharacters);
  }

  /**
   * Names the column of the times.
   *
   * @param timestamp the name of the column
   * @return columns with it
   */
  public PromptColumns timestamp(String timestamp) {
    return new PromptColumns(prompt, label, scope, Optional.of(timestamp), maxCharacters);
  }

  /**
   * Sets the longest prompt that is accepted.
   *
   * @param maxCharacters at least 1
   * @return columns with it
   * @throws IllegalArgumentException if it is less than 1
   */
  public PromptColumns maxCharacters(int maxCharacters) {
    return new PromptColumns(prompt, label, scope, timestamp, maxCharacters);
  }
}
