package io.github.semcache.judge;

import static java.util.Objects.requireNonNull;

/**
 * A cached answer and a new answer of the model, with their prompts. Immutable.
 *
 * @param cachedPrompt the prompt of the cached answer
 * @param cachedAnswer the cached answer
 * @param newPrompt the prompt of the new answer
 * @param newAnswer the new answer
 */
public record Comparison(
    String cachedPrompt, String cachedAnswer, String newPrompt, String newAnswer) {

  public Comparison {
    requireNonNull(cachedPrompt, "cachedPrompt");
    requireNonNull(cachedAnswer, "cachedAnswer");
    requireNonNull(newPrompt, "newPrompt");
    requireNonNull(newAnswer, "newAnswer");
  }

  /** Returns the lengths of the answers, but no text. */
  @Override
  public String toString() {
    return "Comparison[answers of "
        + cachedAnswer.length()
        + " and "
        + newAnswer.length()
        + " characters]";
  }
}
