package io.github.semcache.evaluation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * In which order recorded prompts are asked: a shuffled one where there is a seed; that of time, if
 * every prompt has a timestamp; else that of the list.
 *
 * @param seed the same seed gives the same order
 * @param limit how many are asked at most, the first of the order
 */
public record ReplayOrder(Optional<Long> seed, int limit) {

  /**
   * Checks the limit.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public ReplayOrder {
    if (limit < 1) {
      throw new IllegalArgumentException("limit is " + limit + "; it must be at least 1");
    }
  }

  /**
   * Brings prompts into this order.
   *
   * @param prompts all that were recorded; left as they are
   * @return those that are asked, in order
   */
  public List<LabeledPrompt> of(List<LabeledPrompt> prompts) {
    List<LabeledPrompt> stream = new ArrayList<>(prompts);
    if (seed.isPresent()) {
      Collections.shuffle(stream, new Random(seed.get()));
    } else if (prompts.stream().allMatch(prompt -> prompt.timestamp().isPresent())) {
      stream.sort(Comparator.comparing(prompt -> prompt.timestamp().orElseThrow()));
    }
    return stream.subList(0, Math.min(limit, stream.size()));
  }
}
