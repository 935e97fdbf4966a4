package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import io.github.semcache.policy.MissReason;
import io.github.semcache.stats.CacheStats;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What came of a {@link Replay}.
 *
 * @param outcomes one for each prompt, in the order in which they were asked
 * @param stats the cache's own counts
 * @param took how long the replay took
 */
public record ReplayResult(List<ReplayedPrompt> outcomes, CacheStats stats, Duration took) {

  public ReplayResult {
    outcomes = List.copyOf(outcomes);
    requireNonNull(stats, "stats");
    requireNonNull(took, "took");
  }

  /**
   * The counts over the whole stream.
   *
   * @return the counts
   */
  public ReplayCounts total() {
    return ReplayCounts.of(outcomes);
  }

  /**
   * The counts over the second half of the stream, in which the cache is filled; of an odd number
   * of prompts the middle one belongs to it.
   *
   * @return the counts
   */
  public ReplayCounts secondHalf() {
    return ReplayCounts.of(outcomes.subList(outcomes.size() / 2, outcomes.size()));
  }

  /**
   * The hits on an entry of another label, in the order of the stream.
   *
   * @return an unmodifiable list; empty also where there are no labels
   */
  public List<ReplayedPrompt> wrongHits() {
    return outcomes.stream().filter(ReplayedPrompt::isWrongHit).toList();
  }

  /**
   * How many prompts missed for which reason.
   *
   * @return an unmodifiable map; reasons that did not occur are absent
   */
  public Map<MissReason, Long> missesByReason() {
    return stats.missesByReason();
  }
}
