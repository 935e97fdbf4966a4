package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import io.github.semcache.Answer;
import java.util.OptionalDouble;

/**
 * A prompt of a replay with the answer that the cache returned.
 *
 * @param prompt the prompt
 * @param answer the answer; its text is the label of the prompt that the served entry was stored
 *     for, or empty if the prompts have no labels
 */
public record ReplayedPrompt(LabeledPrompt prompt, Answer answer) {

  public ReplayedPrompt {
    requireNonNull(prompt, "prompt");
    requireNonNull(answer, "answer");
  }

  /**
   * Returns whether the answer came from the cache.
   *
   * @return true for a hit
   */
  public boolean isHit() {
    return answer.isHit();
  }

  /**
   * Returns whether the answer came from an entry with another label.
   *
   * @return true for a wrong hit, false for a correct hit, a miss, or a prompt without a label
   */
  public boolean isWrongHit() {
    return isHit() && prompt.label().filter(label -> !label.equals(answer.text())).isPresent();
  }

  /**
   * Returns the cosine distance of the prompt and the prompt of the served entry.
   *
   * @return the distance, in [0, 2], or empty for a miss
   */
  public OptionalDouble distance() {
    return answer.distance();
  }
}
