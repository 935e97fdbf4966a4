package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

/**
 * The column names of a file of prompt pairs.
 *
 * @param first the column of the first prompt
 * @param second the column of the second prompt
 * @param label the column that indicates whether both prompts have the same answer. Its values are
 *     {@code 1}, {@code true}, {@code yes}, {@code same}, {@code duplicate}, or {@code hit} if they
 *     do, and {@code 0}, {@code false}, {@code no}, {@code different}, or {@code miss} if they do
 *     not; case is ignored
 * @param maxCharacters the maximum length of a prompt in characters, at least 1
 */
public record PairColumns(String first, String second, String label, int maxCharacters) {

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if {@code maxCharacters} is less than 1
   */
  public PairColumns {
    requireNonNull(first, "first");
    requireNonNull(second, "second");
    requireNonNull(label, "label");
    if (maxCharacters < 1) {
      throw new IllegalArgumentException(
          "maxCharacters is " + maxCharacters + "; it must be at least 1");
    }
  }

  /**
   * Returns columns with the {@linkplain PromptColumns#DEFAULT_MAX_CHARACTERS default} maximum
   * prompt length.
   *
   * @param first the column of the first prompt
   * @param second the column of the second prompt
   * @param label the column that indicates whether both prompts have the same answer
   * @return the columns
   */
  public static PairColumns of(String first, String second, String label) {
    return new PairColumns(first, second, label, PromptColumns.DEFAULT_MAX_CHARACTERS);
  }

  /**
   * Returns a copy with another maximum prompt length.
   *
   * @param maxCharacters the maximum length of a prompt in characters, at least 1
   * @return the copy
   * @throws IllegalArgumentException if {@code maxCharacters} is less than 1
   */
  public PairColumns maxCharacters(int maxCharacters) {
    return new PairColumns(first, second, label, maxCharacters);
  }
}
