package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

/**
 * Two prompts, and whether one answer is right for both.
 *
 * @param first a prompt; not blank
 * @param second another one; not blank
 * @param same whether the answer to one may be served to the other
 * @param line where the pair stands in its file, counted from 1; 0 if it came from none
 */
public record LabeledPair(String first, String second, boolean same, long line) {

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if a prompt is blank or the line negative
   */
  public LabeledPair {
    requireNonNull(first, "first");
    requireNonNull(second, "second");
    if (first.isBlank() || second.isBlank()) {
      throw new IllegalArgumentException("a prompt of the pair is blank; it must ask something");
    }
    if (line < 0) {
      throw new IllegalArgumentException("line is " + line + "; it must not be negative");
    }
  }

  /** Shows where the pair stands, but no text. */
  @Override
  public String toString() {
    return "LabeledPair[line=" + line + ", same=" + same + "]";
  }
}
