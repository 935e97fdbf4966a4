package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import io.github.semcache.policy.MissReason;
import io.github.semcache.stats.CacheStats;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The result of a {@link Replay}.
 *
 * @param prompts the prompts with their answers, in the order in which they were sent
 * @param stats the statistics of the cache
 * @param duration how long the replay took
 * @param verifierCalls the number of pairs that the labels decided, if {@linkplain
 *     Replay.Builder#labelsWhereUnsure labels decide}
 */
public record ReplayResult(
    List<ReplayedPrompt> prompts, CacheStats stats, Duration duration, OptionalLong verifierCalls) {

  public ReplayResult {
    prompts = List.copyOf(prompts);
    requireNonNull(stats, "stats");
    requireNonNull(duration, "duration");
    requireNonNull(verifierCalls, "verifierCalls");
  }

  /**
   * Returns the counts over all prompts.
   *
   * @return the counts
   */
  public ReplayCounts total() {
    return ReplayCounts.of(prompts);
  }

  /**
   * Returns the counts over the second half of the prompts, for which the cache is already filled.
   * If the number of prompts is odd, the middle prompt belongs to the second half.
   *
   * @return the counts
   */
  public ReplayCounts secondHalf() {
    return ReplayCounts.of(prompts.subList(prompts.size() / 2, prompts.size()));
  }

  /**
   * Returns the hits on entries with another label.
   *
   * @return an unmodifiable list of the wrong hits in order, empty if the prompts have no labels
   */
  public List<ReplayedPrompt> wrongHits() {
    return prompts.stream().filter(ReplayedPrompt::isWrongHit).toList();
  }

  /**
   * Returns the number of misses for each reason.
   *
   * @return an unmodifiable map without the reasons that did not occur
   */
  public Map<MissReason, Long> missesByReason() {
    return stats.missesByReason();
  }
}
