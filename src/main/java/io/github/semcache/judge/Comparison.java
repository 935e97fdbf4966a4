package io.github.semcache.judge;

import static java.util.Objects.requireNonNull;

/**
 * Two prompts with their answers. The first pair is remembered, the second one is new.
 *
 * @param prompt the remembered prompt
 * @param answer the answer to it
 * @param otherPrompt the prompt that was asked
 * @param otherAnswer the answer to that
 */
public record Comparison(String prompt, String answer, String otherPrompt, String otherAnswer) {

  public Comparison {
    requireNonNull(prompt, "prompt");
    requireNonNull(answer, "answer");
    requireNonNull(otherPrompt, "otherPrompt");
    requireNonNull(otherAnswer, "otherAnswer");
  }

  /** The same two pairs in the other order. */
  Comparison swapped() {
    return new Comparison(otherPrompt, otherAnswer, prompt, answer);
  }

  /** Shows no text. */
  @Override
  public String toString() {
    return "Comparison[answers of "
        + answer.length()
        + " and "
        + otherAnswer.length()
        + " characters]";
  }
}
