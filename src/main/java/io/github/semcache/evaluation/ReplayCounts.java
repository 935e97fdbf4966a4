package io.github.semcache.evaluation;

import java.util.List;
import java.util.Optional;

/**
 * Counts of a replay. The requests of a stream depend on each other, so intervals over them are
 * somewhat too narrow.
 *
 * @param requests how many prompts were asked
 * @param hits how many of them were answered from the cache
 * @param wrongHits how many of these with the answer to another question; empty where there are no
 *     labels
 */
public record ReplayCounts(int requests, int hits, Optional<Integer> wrongHits) {

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException unless 0 ≤ wrongHits ≤ hits ≤ requests
   */
  public ReplayCounts {
    int wrong = wrongHits.orElse(0);
    if (wrong < 0 || wrong > hits || hits > requests) {
      throw new IllegalArgumentException(
          "wrongHits is %d, hits %d, requests %d; each must be at most the next"
              .formatted(wrong, hits, requests));
    }
  }

  static ReplayCounts of(List<ReplayedPrompt> outcomes) {
    int hits = (int) outcomes.stream().filter(ReplayedPrompt::isHit).count();
    int wrong = (int) outcomes.stream().filter(ReplayedPrompt::isWrongHit).count();
    boolean labeled =
        !outcomes.isEmpty()
            && outcomes.stream().allMatch(outcome -> outcome.prompt().label().isPresent());
    return new ReplayCounts(
        outcomes.size(), hits, labeled ? Optional.of(wrong) : Optional.<Integer>empty());
  }

  /**
   * Hits among all requests.
   *
   * @return the proportion
   */
  public Proportion hitRate() {
    return new Proportion(hits, requests);
  }

  /**
   * Wrong hits among all requests.
   *
   * @return the proportion; empty where there are no labels
   */
  public Optional<Proportion> errorRate() {
    return wrongHits.map(wrong -> new Proportion(wrong, requests));
  }

  /**
   * Right hits among all hits.
   *
   * @return the proportion; empty where there are no labels
   */
  public Optional<Proportion> precision() {
    return wrongHits.map(wrong -> new Proportion(hits - wrong, hits));
  }
}
