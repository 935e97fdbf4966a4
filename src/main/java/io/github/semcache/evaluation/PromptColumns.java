package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * The column names of a file of prompts.
 *
 * @param prompt the column of the prompt texts
 * @param label the column of the labels, if there is one
 * @param scope the column of the scopes, if there is one
 * @param timestamp the column of the timestamps, if there is one. Its values are ISO 8601, in UTC
 *     if no zone is given, or seconds or milliseconds since 1970
 * @param maxCharacters the maximum length of a prompt in characters, at least 1
 */
public record PromptColumns(
    String prompt,
    Optional<String> label,
    Optional<String> scope,
    Optional<String> timestamp,
    int maxCharacters) {

  /** The default maximum length of a prompt in characters. */
  public static final int DEFAULT_MAX_CHARACTERS = 16_384;

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if {@code maxCharacters} is less than 1
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
   * Returns columns for files that contain only prompts.
   *
   * @param prompt the column of the prompt texts
   * @return the columns
   */
  public static PromptColumns of(String prompt) {
    return new PromptColumns(
        prompt, Optional.empty(), Optional.empty(), Optional.empty(), DEFAULT_MAX_CHARACTERS);
  }

  /**
   * Returns a copy with a column of labels.
   *
   * @param label the column of the labels
   * @return the copy
   */
  public PromptColumns label(String label) {
    return new PromptColumns(prompt, Optional.of(label), scope, timestamp, maxCharacters);
  }

  /**
   * Returns a copy with a column of scopes.
   *
   * @param scope the column of the scopes
   * @return the copy
   */
  public PromptColumns scope(String scope) {
    return new PromptColumns(prompt, label, Optional.of(scope), timestamp, maxCharacters);
  }

  /**
   * Returns a copy with a column of timestamps.
   *
   * @param timestamp the column of the timestamps
   * @return the copy
   */
  public PromptColumns timestamp(String timestamp) {
    return new PromptColumns(prompt, label, scope, Optional.of(timestamp), maxCharacters);
  }

  /**
   * Returns a copy with another maximum prompt length.
   *
   * @param maxCharacters the maximum length of a prompt in characters, at least 1
   * @return the copy
   * @throws IllegalArgumentException if {@code maxCharacters} is less than 1
   */
  public PromptColumns maxCharacters(int maxCharacters) {
    return new PromptColumns(prompt, label, scope, timestamp, maxCharacters);
  }
}
