package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

/**
 * Which columns of a file of pairs hold what.
 *
 * @param first the column of one prompt
 * @param second the column of the other
 * @param same the column that says whether one answer is right for both: {@code 1}, {@code true},
 *     {@code yes}, {@code same} or {@code duplicate}, or else {@code 0}, {@code false}, {@code no}
 *     or {@code different}, in any case of letters
 * @param maxCharacters the longest prompt that is accepted, at least 1
 */
public record PairColumns(String first, String second, String same, int maxCharacters) {

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if the longest prompt has less than 1 character
   */
  public PairColumns {
    requireNonNull(first, "first");
    requireNonNull(second, "second");
    requireNonNull(same, "same");
    if (maxCharacters < 1) {
      throw new IllegalArgumentException(
          "maxCharacters is " + maxCharacters + "; it must be at least 1");
    }
  }

  /**
   * Names the columns.
   *
   * @param first the column of one prompt
   * @param second the column of the other
   * @param same the column that says whether one answer is right for both
   * @return the columns
   */
  public static PairColumns of(String first, String second, String same) {
    return new PairColumns(first, second, same, PromptColumns.DEFAULT_MAX_CHARACTERS);
  }

  /**
   * Sets the longest prompt that is accepted.
   *
   * @param maxCharacters at least 1
   * @return columns with it
   * @throws IllegalArgumentException if it is less than 1
   */
  public PairColumns maxCharacters(int maxCharacters) {
    return new PairColumns(first, second, same, maxCharacters);
  }
}
