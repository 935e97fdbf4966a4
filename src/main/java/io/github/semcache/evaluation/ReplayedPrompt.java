package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import io.github.semcache.Answer;
import java.util.OptionalDouble;

/**
 * What the cache did with a prompt of a replay.
 *
 * @param prompt the prompt
 * @param answer what the cache answered: its text is the label of the prompt whose entry was
 *     served, or empty where there are no labels
 */
public record ReplayedPrompt(LabeledPrompt prompt, Answer answer) {

  public ReplayedPrompt {
    requireNonNull(prompt, "prompt");
    requireNonNull(answer, "answer");
  }

  /**
   * Whether the answer came from the cache.
   *
   * @return true for a hit
   */
  public boolean isHit() {
    return answer.isHit();
  }

  /**
   * Whether the answer came from an entry of another label.
   *
   * @return true for a wrong hit; false for a right one, a miss, or a prompt without a label
   */
  public boolean isWrongHit() {
    return isHit() && prompt.label().filter(label -> !label.equals(answer.text())).isPresent();
  }

  /**
   * The cosine distance of the prompt and the one whose answer was served.
   *
   * @return 0 to 2; empty for a miss
   */
  public OptionalDouble distance() {
    return answer.distance();
  }
}
