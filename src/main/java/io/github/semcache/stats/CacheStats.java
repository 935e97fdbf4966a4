package io.github.semcache.stats;

import io.github.semcache.policy.MissReason;
import java.time.Duration;
import java.util.Map;

/**
 * Counts since the cache was built. A snapshot: it does not change. Counts that belong together are
 * read one after the other, so under load they may differ by the requests under way.
 *
 * <table>
 * <caption>Which event raises which count</caption>
 * <tr><th>event</th><th>counts</th></tr>
 * <tr><td>{@link CacheEvent.Hit}</td>
 *     <td>{@code exactHits} or {@code semanticHits}; {@code tokensSaved}</td></tr>
 * <tr><td>{@link CacheEvent.Miss}</td><td>{@code missesByReason}</td></tr>
 * <tr><td>{@link CacheEvent.Coalesced}</td><td>{@code coalesced}</td></tr>
 * <tr><td>{@link CacheEvent.Embedded}</td><td>{@code embeddings}, {@code embeddingTime}</td></tr>
 * <tr><td>{@link CacheEvent.LookedUp}</td><td>{@code lookups}, {@code lookupTime}</td></tr>
 * <tr><td>{@link CacheEvent.ModelAnswered}</td>
 *     <td>{@code modelCalls}, {@code modelTime}, {@code inputTokens}, {@code outputTokens}</td></tr>
 * <tr><td>{@link CacheEvent.Abandoned}</td><td>{@code modelCalls}</td></tr>
 * <tr><td>{@link CacheEvent.NotAdmitted}</td><td>{@code notAdmitted}</td></tr>
 * <tr><td>{@link CacheEvent.Stored}</td><td>{@code stores}, {@code evictions}</td></tr>
 * <tr><td>{@link CacheEvent.Corrupt}</td><td>{@code corruptEntries}</td></tr>
 * <tr><td>{@link CacheEvent.ShadowHit}, {@link CacheEvent.Judged}, {@link
 *     CacheEvent.JudgementDropped}, {@link CacheEvent.Reported}</td><td>{@code quality}</td></tr>
 * <tr><td>{@link CacheEvent.Failed}</td>
 *     <td>{@code storeErrors}, {@code embedderErrors}, {@code policyErrors} (normaliser, admission, judge and
 *     learning included), or
 *     {@code modelErrors} and {@code modelCalls}</td></tr>
 * </table>
 *
 * @param exactHits requests answered by the entry of the same text and scope
 * @param semanticHits requests answered by the entry of a near text
 * @param missesByReason requests not answered from the cache, by reason; reasons that did not occur
 *     are absent
 * @param coalesced misses that waited for the answer that another request was getting
 * @param modelCalls calls of the model, failed and abandoned ones included
 * @param modelErrors calls of the model that failed
 * @param notAdmitted replies that were not kept because the admission did not admit them
 * @param stores entries written
 * @param evictions entries that the store removed to make room, where it knows
 * @param corruptEntries entries found that could not be read
 * @param storeErrors calls of the store that failed while requests were answered; those of the
 *     methods that change the cache are thrown, and not counted
 * @param embedderErrors calls of the embedder that failed while requests were answered
 * @param policyErrors calls of normaliser, policy, admission or judge that failed, and learned
 *     state that could not be used
 * @param embeddings embeddings made
 * @param embeddingTime time spent in making them, summed over all threads
 * @param lookups calls of the store for an entry or the nearest ones
 * @param lookupTime time spent in them, summed over all threads
 * @param modelTime time spent in model calls that answered, summed over all threads
 * @param inputTokens tokens of prompts sent to the model, where it told
 * @param outputTokens tokens of answers, where the model told
 * @param tokensSaved input and output tokens of the model calls that hits made needless, where
 *     known
 * @param quality what judges and people said of the hits
 */
public record CacheStats(
    long exactHits,
    long semanticHits,
    Map<MissReason, Long> missesByReason,
    long coalesced,
    long modelCalls,
    long modelErrors,
    long notAdmitted,
    long stores,
    long evictions,
    long corruptEntries,
    long storeErrors,
    long embedderErrors,
    long policyErrors,
    long embeddings,
    Duration embeddingTime,
    long lookups,
    Duration lookupTime,
    Duration modelTime,
    long inputTokens,
    long outputTokens,
    long tokensSaved,
    HitQuality quality) {

  public CacheStats {
    missesByReason = Map.copyOf(missesByReason);
  }

  /**
   * Requests answered from the cache.
   *
   * @return exact and semantic hits together
   */
  public long hits() {
    return exactHits + semanticHits;
  }

  /**
   * Requests not answered from the cache.
   *
   * @return the misses of all reasons
   */
  public long misses() {
    return missesByReason.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Requests that came to a result.
   *
   * @return hits and misses together
   */
  public long requests() {
    return hits() + misses();
  }

  /**
   * The share of requests answered from the cache.
   *
   * @return 0 to 1; 0 if there was no request
   */
  public double hitRate() {
    return requests() == 0 ? 0 : (double) hits() / requests();
  }
}
