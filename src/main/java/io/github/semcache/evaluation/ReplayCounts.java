package io.github.semcache.evaluation;

import java.util.List;
import java.util.Optional;

/**
 * The counts of a replay. The requests of a stream are not independent, so confidence intervals
 * over them are somewhat too narrow.
 *
 * @param requests the number of prompts sent to the cache
 * @param hits the number of prompts answered from the cache
 * @param wrongHits the number of hits on an entry with another label, or empty if the prompts have
 *     no labels
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
          "wrongHits is %d, hits is %d, requests is %d; they must be 0 <= wrongHits <= hits <= requests"
              .formatted(wrong, hits, requests));
    }
  }

  static ReplayCounts of(List<ReplayedPrompt> prompts) {
    int hits = (int) prompts.stream().filter(ReplayedPrompt::isHit).count();
    int wrong = (int) prompts.stream().filter(ReplayedPrompt::isWrongHit).count();
    boolean isLabeled =
        !prompts.isEmpty()
            && prompts.stream().allMatch(replayed -> replayed.prompt().label().isPresent());
    return new ReplayCounts(
        prompts.size(), hits, isLabeled ? Optional.of(wrong) : Optional.<Integer>empty());
  }

  /**
   * Returns the fraction of requests that are hits.
   *
   * @return the hit rate
   */
  public Proportion hitRate() {
    return new Proportion(hits, requests);
  }

  /**
   * Returns the fraction of requests that are wrong hits.
   *
   * @return the error rate, or empty if the prompts have no labels
   */
  public Optional<Proportion> errorRate() {
    return wrongHits.map(wrong -> new Proportion(wrong, requests));
  }

  /**
   * Returns the fraction of hits that are correct.
   *
   * @return the precision, or empty if the prompts have no labels
   */
  public Optional<Proportion> precision() {
    return wrongHits.map(wrong -> new Proportion(hits - wrong, hits));
  }
}
