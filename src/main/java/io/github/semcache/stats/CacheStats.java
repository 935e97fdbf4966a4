package io.github.semcache.stats;

import io.github.semcache.learning.PolicyState;
import io.github.semcache.policy.MissReason;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
 * <tr><td>{@link CacheEvent.Stored}</td><td>{@code writes}, {@code evictions}</td></tr>
 * <tr><td>{@link CacheEvent.Corrupt}</td><td>{@code corruptEntries}</td></tr>
 * <tr><td>{@link CacheEvent.ShadowHit}, {@link CacheEvent.Judged}, {@link
 *     CacheEvent.JudgmentDropped}, {@link CacheEvent.Reported}</td><td>{@code quality}</td></tr>
 * <tr><td>{@link CacheEvent.PolicyStateChanged}</td>
 *     <td>{@code policyState}, {@code policyTrips}</td></tr>
 * <tr><td>{@link CacheEvent.Failed}</td>
 *     <td>{@code storeErrors}, {@code embedderErrors}, {@code policyErrors} (normalizer, admission, judge and
 *     learning included), or
 *     {@code modelErrors} and {@code modelCalls}</td></tr>
 * </table>
 *
 * <p>Two snapshots are equal if all their counts are. A test gets one of any counts from a {@link
 * StatsCounter} that it tells of events.
 */
public final class CacheStats {
  private final long exactHits;
  private final long semanticHits;
  private final Map<MissReason, Long> missesByReason;
  private final long coalesced;
  private final long modelCalls;
  private final long modelErrors;
  private final long notAdmitted;
  private final long writes;
  private final long evictions;
  private final long corruptEntries;
  private final long storeErrors;
  private final long embedderErrors;
  private final long policyErrors;
  private final long adapterErrors;
  private final long embeddings;
  private final Duration embeddingTime;
  private final long lookups;
  private final Duration lookupTime;
  private final Duration modelTime;
  private final long inputTokens;
  private final long outputTokens;
  private final long tokensSaved;
  private final PolicyState policyState;
  private final long policyTrips;
  private final HitQuality quality;

  CacheStats(StatsCounter counter) {
    exactHits = counter.exactHits.sum();
    semanticHits = counter.semanticHits.sum();
    missesByReason =
        counter.misses.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> entry.getValue().sum()));
    coalesced = counter.coalesced.sum();
    modelCalls = counter.modelCalls.sum();
    modelErrors = counter.modelErrors.sum();
    notAdmitted = counter.notAdmitted.sum();
    writes = counter.writes.sum();
    evictions = counter.evictions.sum();
    corruptEntries = counter.corruptEntries.sum();
    storeErrors = counter.storeErrors.sum();
    embedderErrors = counter.embedderErrors.sum();
    policyErrors = counter.policyErrors.sum();
    adapterErrors = counter.adapterErrors.sum();
    embeddings = counter.embeddings.sum();
    embeddingTime = Duration.ofNanos(counter.embeddingNanos.sum());
    lookups = counter.lookups.sum();
    lookupTime = Duration.ofNanos(counter.lookupNanos.sum());
    modelTime = Duration.ofNanos(counter.modelNanos.sum());
    inputTokens = counter.inputTokens.sum();
    outputTokens = counter.outputTokens.sum();
    tokensSaved = counter.tokensSaved.sum();
    policyState = counter.policyState;
    policyTrips = counter.policyTrips.sum();
    quality = counter.quality.snapshot();
  }

  /**
   * Requests answered by the entry of the same text and scope.
   *
   * @return how many
   */
  public long exactHits() {
    return exactHits;
  }

  /**
   * Requests answered by the entry of a near text.
   *
   * @return how many
   */
  public long semanticHits() {
    return semanticHits;
  }

  /**
   * Requests not answered from the cache, by reason; reasons that did not occur are absent.
   *
   * @return a map that cannot be changed
   */
  public Map<MissReason, Long> missesByReason() {
    return missesByReason;
  }

  /**
   * Misses that waited for the answer that another request was getting.
   *
   * @return how many
   */
  public long coalesced() {
    return coalesced;
  }

  /**
   * Calls of the model, failed and abandoned ones included.
   *
   * @return how many
   */
  public long modelCalls() {
    return modelCalls;
  }

  /**
   * Calls of the model that failed.
   *
   * @return how many
   */
  public long modelErrors() {
    return modelErrors;
  }

  /**
   * Replies that were not kept because the admission did not admit them.
   *
   * @return how many
   */
  public long notAdmitted() {
    return notAdmitted;
  }

  /**
   * Entries written.
   *
   * @return how many
   */
  public long writes() {
    return writes;
  }

  /**
   * Entries that the store removed to make room, where it knows.
   *
   * @return how many
   */
  public long evictions() {
    return evictions;
  }

  /**
   * Entries found that could not be read.
   *
   * @return how many
   */
  public long corruptEntries() {
    return corruptEntries;
  }

  /**
   * Calls of the store that failed while requests were answered; those of the methods that change
   * the cache are thrown, and not counted.
   *
   * @return how many
   */
  public long storeErrors() {
    return storeErrors;
  }

  /**
   * Calls of the embedder that failed while requests were answered.
   *
   * @return how many
   */
  public long embedderErrors() {
    return embedderErrors;
  }

  /**
   * Calls of normalizer, policy, admission or judge that failed, and learned state that could not
   * be used.
   *
   * @return how many
   */
  public long policyErrors() {
    return policyErrors;
  }

  /**
   * Returns the number of requests and responses that a wrapped client could not process for the
   * cache: a question finder or an option function threw, a request could not be serialized, or a
   * service rejected an option that the cache had added.
   *
   * @return the number of failures
   */
  public long adapterErrors() {
    return adapterErrors;
  }

  /**
   * Embeddings made.
   *
   * @return how many
   */
  public long embeddings() {
    return embeddings;
  }

  /**
   * Time spent in making them, summed over all threads.
   *
   * @return the time
   */
  public Duration embeddingTime() {
    return embeddingTime;
  }

  /**
   * Calls of the store for an entry or the nearest ones.
   *
   * @return how many
   */
  public long lookups() {
    return lookups;
  }

  /**
   * Time spent in them, summed over all threads.
   *
   * @return the time
   */
  public Duration lookupTime() {
    return lookupTime;
  }

  /**
   * Time spent in model calls that answered, summed over all threads.
   *
   * @return the time
   */
  public Duration modelTime() {
    return modelTime;
  }

  /**
   * Tokens of prompts sent to the model, where it told.
   *
   * @return how many
   */
  public long inputTokens() {
    return inputTokens;
  }

  /**
   * Tokens of answers, where the model told.
   *
   * @return how many
   */
  public long outputTokens() {
    return outputTokens;
  }

  /**
   * Input and output tokens of the model calls that hits made needless, where known.
   *
   * @return how many
   */
  public long tokensSaved() {
    return tokensSaved;
  }

  /**
   * How far a policy that learns has learned.
   *
   * @return the state; {@link PolicyState#COLD} also if the policy does not learn
   */
  public PolicyState policyState() {
    return policyState;
  }

  /**
   * How often a policy that learns found that the traffic has changed.
   *
   * @return how often
   */
  public long policyTrips() {
    return policyTrips;
  }

  /**
   * In shadow mode, the share of requests that would have been answered from the cache.
   *
   * @return 0 to 1; 0 if there was no request, and outside shadow mode
   */
  public double shadowHitRate() {
    return requests() == 0 ? 0 : (double) quality.shadowHits() / requests();
  }

  /**
   * What judges and people said of the hits.
   *
   * @return a snapshot of it
   */
  public HitQuality quality() {
    return quality;
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

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CacheStats that && counts().equals(that.counts());
  }

  @Override
  public int hashCode() {
    return counts().hashCode();
  }

  /** Shows all counts by their names. */
  @Override
  public String toString() {
    return "CacheStats" + counts();
  }

  private Map<String, Object> counts() {
    Map<String, Object> counts = new LinkedHashMap<>();
    counts.put("exactHits", exactHits);
    counts.put("semanticHits", semanticHits);
    counts.put("missesByReason", missesByReason);
    counts.put("coalesced", coalesced);
    counts.put("modelCalls", modelCalls);
    counts.put("modelErrors", modelErrors);
    counts.put("notAdmitted", notAdmitted);
    counts.put("writes", writes);
    counts.put("evictions", evictions);
    counts.put("corruptEntries", corruptEntries);
    counts.put("storeErrors", storeErrors);
    counts.put("embedderErrors", embedderErrors);
    counts.put("policyErrors", policyErrors);
    counts.put("adapterErrors", adapterErrors);
    counts.put("embeddings", embeddings);
    counts.put("embeddingTime", embeddingTime);
    counts.put("lookups", lookups);
    counts.put("lookupTime", lookupTime);
    counts.put("modelTime", modelTime);
    counts.put("inputTokens", inputTokens);
    counts.put("outputTokens", outputTokens);
    counts.put("tokensSaved", tokensSaved);
    counts.put("policyState", policyState);
    counts.put("policyTrips", policyTrips);
    counts.put("quality", quality);
    return counts;
  }
}
