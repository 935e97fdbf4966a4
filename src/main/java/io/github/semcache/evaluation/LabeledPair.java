package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

/**
 * A pair of prompts with a label that indicates whether both have the same answer.
 *
 * @param first the first prompt, not blank
 * @param second the second prompt, not blank
 * @param sameAnswer whether the answer to one prompt is correct for the other
 * @param line the line of the pair in its file, counted from 1, or 0 if it is not from a file
 */
public record LabeledPair(String first, String second, boolean sameAnswer, long line) {

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if a prompt is blank or the line is negative
   */
  public LabeledPair {
    requireNonNull(first, "first");
    requireNonNull(second, "second");
    if (first.isBlank() || second.isBlank()) {
      throw new IllegalArgumentException("a prompt of the pair is blank; both must contain text");
    }
    if (line < 0) {
      throw new IllegalArgumentException("line is " + line + "; it must not be negative");
    }
  }

  LabeledPair reversed() {
    return new LabeledPair(second, first, sameAnswer, line);
  }

  /** Returns the line and the label, without the prompt texts. */
  @Override
  public String toString() {
    return "LabeledPair[line=" + line + ", sameAnswer=" + sameAnswer + "]";
  }
}
