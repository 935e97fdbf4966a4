package io.github.semcache.evaluation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * The order in which a replay sends its prompts: shuffled if there is a seed, by timestamp if every
 * prompt has one, and otherwise the order of the list.
 *
 * @param seed the seed of the shuffle; the same seed gives the same order
 * @param limit the maximum number of prompts, at least 1; the prompts after it are dropped
 */
public record ReplayOrder(Optional<Long> seed, int limit) {

  /**
   * Checks the limit.
   *
   * @throws IllegalArgumentException if the limit is less than 1
   */
  public ReplayOrder {
    if (limit < 1) {
      throw new IllegalArgumentException("limit is " + limit + "; it must be at least 1");
    }
  }

  /**
   * Returns the prompts to send, in order.
   *
   * @param prompts all recorded prompts; the list is not modified
   * @return the ordered prompts, at most {@code limit}
   */
  public List<LabeledPrompt> apply(List<LabeledPrompt> prompts) {
    List<LabeledPrompt> ordered = new ArrayList<>(prompts);
    if (seed.isPresent()) {
      Collections.shuffle(ordered, new Random(seed.get()));
    } else if (prompts.stream().allMatch(prompt -> prompt.timestamp().isPresent())) {
      ordered.sort(Comparator.comparing(prompt -> prompt.timestamp().orElseThrow()));
    }
    return ordered.subList(0, Math.min(limit, ordered.size()));
  }
}
