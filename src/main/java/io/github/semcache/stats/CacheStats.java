package io.github.semcache.stats;

import io.github.semcache.learning.LearningPolicy.Learner;
import io.github.semcache.policy.MissReason;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of the counts of a cache since it was built. Immutable. The counts are read one after
 * the other, so under load related counts may differ by the requests in progress.
 *
 * <table>
 * <caption>The events and the counts that they change</caption>
 * <tr><th>event</th><th>counts</th></tr>
 * <tr><td>{@link CacheEvent.Hit}</td>
 *     <td>{@code exactHits} or {@code semanticHits}; {@code tokensSaved}</td></tr>
 * <tr><td>{@link CacheEvent.Miss}</td><td>{@code missesByReason}</td></tr>
 * <tr><td>{@link CacheEvent.Coalesced}</td><td>{@code coalesced}</td></tr>
 * <tr><td>{@link CacheEvent.Embedded}</td><td>{@code embeddings}, {@code embeddingTime}</td></tr>
 * <tr><td>{@link CacheEvent.LookedUp}</td><td>{@code lookups}, {@code lookupTime}</td></tr>
 * <tr><td>{@link CacheEvent.Verified}, {@link CacheEvent.VerificationDropped}</td>
 *     <td>{@code verifications}</td></tr>
 * <tr><td>{@link CacheEvent.ModelAnswered}</td>
 *     <td>{@code modelCalls}, {@code modelTime}, {@code inputTokens}, {@code outputTokens}</td></tr>
 * <tr><td>{@link CacheEvent.ModelUsed}</td><td>{@code modelUsage}</td></tr>
 * <tr><td>{@link CacheEvent.Abandoned}</td><td>{@code modelCalls}</td></tr>
 * <tr><td>{@link CacheEvent.NotAdmitted}</td><td>{@code notAdmitted}</td></tr>
 * <tr><td>{@link CacheEvent.Stored}</td><td>{@code writes}, {@code evictions}</td></tr>
 * <tr><td>{@link CacheEvent.Corrupt}</td><td>{@code corruptEntries}</td></tr>
 * <tr><td>{@link CacheEvent.StaleHit}, {@link CacheEvent.RefreshStarted}, {@link
 *     CacheEvent.RefreshDropped}, {@link CacheEvent.Superseded}</td>
 *     <td>{@code freshness}</td></tr>
 * <tr><td>{@link CacheEvent.ShadowHit}, {@link CacheEvent.Judged}, {@link
 *     CacheEvent.JudgmentDropped}, {@link CacheEvent.Reported}</td><td>{@code quality}</td></tr>
 * <tr><td>{@link CacheEvent.PolicyStateChanged}</td>
 *     <td>{@code policyState}, {@code policyTrips}</td></tr>
 * <tr><td>{@link CacheEvent.SettingsChanged}</td><td>{@code settingsChanges}</td></tr>
 * <tr><td>{@link CacheEvent.Failed} of {@code STORE}</td><td>{@code storeErrors}</td></tr>
 * <tr><td>{@link CacheEvent.Failed} of {@code EMBEDDER}</td><td>{@code embedderErrors}</td></tr>
 * <tr><td>{@link CacheEvent.Failed} of {@code VERIFIER}</td><td>{@code verifierErrors}</td></tr>
 * <tr><td>{@link CacheEvent.Failed} of {@code NORMALIZER}, {@code POLICY}, {@code ADMISSION},
 *     {@code JUDGE}, {@code LEARNING}</td><td>{@code policyErrors}</td></tr>
 * <tr><td>{@link CacheEvent.Failed} of {@code MODEL}</td>
 *     <td>{@code modelErrors}, {@code modelCalls}</td></tr>
 * <tr><td>{@link CacheEvent.Failed} of {@code ADAPTER}</td><td>{@code adapterErrors}</td></tr>
 * </table>
 *
 * <p>Two snapshots are equal if all their counts are equal. Tests can create a snapshot with any
 * counts by passing events to a {@link #counter counter}.
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
  private final long verifierErrors;
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
  private final Learner.State policyState;
  private final long policyTrips;
  private final long settingsChanges;
  private final List<ModelUsage> modelUsage;
  private final Verifications verifications;
  private final Freshness freshness;
  private final Quality quality;
  private final long scopes;
  private final double singleUseScopeRate;

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
    verifierErrors = counter.verifierErrors.sum();
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
    settingsChanges = counter.settingsChanges.sum();
    modelUsage = counter.usage.snapshot();
    verifications = counter.verifications.snapshot();
    freshness = counter.freshness.snapshot();
    quality = counter.quality.snapshot();
    scopes = counter.scopes.count();
    singleUseScopeRate = counter.scopes.singleUseRate();
  }

  private CacheStats(CacheStats later, CacheStats earlier) {
    exactHits = difference(later.exactHits, earlier.exactHits);
    semanticHits = difference(later.semanticHits, earlier.semanticHits);
    missesByReason =
        later.missesByReason.entrySet().stream()
            .map(
                entry ->
                    Map.entry(
                        entry.getKey(),
                        difference(
                            entry.getValue(),
                            earlier.missesByReason.getOrDefault(entry.getKey(), 0L))))
            .filter(entry -> entry.getValue() > 0)
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    coalesced = difference(later.coalesced, earlier.coalesced);
    modelCalls = difference(later.modelCalls, earlier.modelCalls);
    modelErrors = difference(later.modelErrors, earlier.modelErrors);
    notAdmitted = difference(later.notAdmitted, earlier.notAdmitted);
    writes = difference(later.writes, earlier.writes);
    evictions = difference(later.evictions, earlier.evictions);
    corruptEntries = difference(later.corruptEntries, earlier.corruptEntries);
    storeErrors = difference(later.storeErrors, earlier.storeErrors);
    embedderErrors = difference(later.embedderErrors, earlier.embedderErrors);
    verifierErrors = difference(later.verifierErrors, earlier.verifierErrors);
    policyErrors = difference(later.policyErrors, earlier.policyErrors);
    adapterErrors = difference(later.adapterErrors, earlier.adapterErrors);
    embeddings = difference(later.embeddings, earlier.embeddings);
    embeddingTime = difference(later.embeddingTime, earlier.embeddingTime);
    lookups = difference(later.lookups, earlier.lookups);
    lookupTime = difference(later.lookupTime, earlier.lookupTime);
    modelTime = difference(later.modelTime, earlier.modelTime);
    inputTokens = difference(later.inputTokens, earlier.inputTokens);
    outputTokens = difference(later.outputTokens, earlier.outputTokens);
    tokensSaved = difference(later.tokensSaved, earlier.tokensSaved);
    policyState = later.policyState;
    policyTrips = difference(later.policyTrips, earlier.policyTrips);
    settingsChanges = difference(later.settingsChanges, earlier.settingsChanges);
    modelUsage =
        later.modelUsage.stream()
            .map(usage -> usage.minus(earlier.modelUsage))
            .filter(usage -> usage.calls + usage.savedCalls > 0)
            .toList();
    verifications = later.verifications.minus(earlier.verifications);
    quality = later.quality.minus(earlier.quality);
    freshness = later.freshness.minus(earlier.freshness);
    scopes = difference(later.scopes, earlier.scopes);
    singleUseScopeRate = later.singleUseScopeRate;
  }

  private static long difference(long later, long earlier) {
    return Math.max(0, later - earlier);
  }

  private static Duration difference(Duration later, Duration earlier) {
    return later.compareTo(earlier) > 0 ? later.minus(earlier) : Duration.ZERO;
  }

  /**
   * Creates a counter with all counts at zero.
   *
   * @return a new counter
   */
  public static Counter counter() {
    return new StatsCounter();
  }

  /**
   * Returns the statistics between an earlier snapshot and this one. Counts that would be negative
   * are 0. The number of {@link #scopes} is that of the scopes which are new since then. {@link
   * #policyState} and {@link #singleUseScopeRate} are those of this snapshot.
   *
   * @param earlier a snapshot of the same cache
   * @return the differences of all counts and times
   */
  public CacheStats minus(CacheStats earlier) {
    return new CacheStats(this, earlier);
  }

  /**
   * Returns the number of requests that were answered with the entry of the same scope and the same
   * normalized text.
   *
   * @return the number of requests
   */
  public long exactHits() {
    return exactHits;
  }

  /**
   * Returns the number of requests that were answered with the entry of a similar text.
   *
   * @return the number of requests
   */
  public long semanticHits() {
    return semanticHits;
  }

  /**
   * Returns the number of requests that were not answered from the cache, by reason.
   *
   * @return an unmodifiable map; reasons that did not occur are absent
   */
  public Map<MissReason, Long> missesByReason() {
    return missesByReason;
  }

  /**
   * Returns the number of misses that waited for the model call of another request.
   *
   * @return the number of misses
   */
  public long coalesced() {
    return coalesced;
  }

  /**
   * Returns the number of model calls, including failed and abandoned ones.
   *
   * @return the number of calls
   */
  public long modelCalls() {
    return modelCalls;
  }

  /**
   * Returns the number of model calls that failed.
   *
   * @return the number of calls
   */
  public long modelErrors() {
    return modelErrors;
  }

  /**
   * Returns the number of replies that the admission rejected, so that they were not stored.
   *
   * @return the number of replies
   */
  public long notAdmitted() {
    return notAdmitted;
  }

  /**
   * Returns the number of entries that were written.
   *
   * @return the number of entries
   */
  public long writes() {
    return writes;
  }

  /**
   * Returns the number of entries that the store evicted to make room, as counted by the store.
   *
   * @return the number of entries
   */
  public long evictions() {
    return evictions;
  }

  /**
   * Returns the number of unreadable entries that lookups found.
   *
   * @return the number of entries
   */
  public long corruptEntries() {
    return corruptEntries;
  }

  /**
   * Returns the number of failed calls of the store in requests. Failures in methods that change
   * the cache are thrown and not counted.
   *
   * @return the number of failures
   */
  public long storeErrors() {
    return storeErrors;
  }

  /**
   * Returns the number of failed calls of the embedder in requests.
   *
   * @return the number of failures
   */
  public long embedderErrors() {
    return embedderErrors;
  }

  /**
   * Returns the number of failed calls of the verifier.
   *
   * @return the number of failures
   */
  public long verifierErrors() {
    return verifierErrors;
  }

  /**
   * Returns the number of failures of the normalizer, policy, admission, and judge, and of loading,
   * saving, and using learned state.
   *
   * @return the number of failures
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
   * Returns the number of embeddings that were computed.
   *
   * @return the number of embeddings
   */
  public long embeddings() {
    return embeddings;
  }

  /**
   * Returns the total time spent computing embeddings, summed over all threads.
   *
   * @return the total time
   */
  public Duration embeddingTime() {
    return embeddingTime;
  }

  /**
   * Returns the number of lookups in the store, by key and by distance.
   *
   * @return the number of lookups
   */
  public long lookups() {
    return lookups;
  }

  /**
   * Returns the total time spent in lookups in the store, summed over all threads.
   *
   * @return the total time
   */
  public Duration lookupTime() {
    return lookupTime;
  }

  /**
   * Returns the total time spent in successful model calls, summed over all threads.
   *
   * @return the total time
   */
  public Duration modelTime() {
    return modelTime;
  }

  /**
   * Returns the number of tokens of the prompts sent to the model, as reported by the model.
   *
   * @return the number of tokens
   */
  public long inputTokens() {
    return inputTokens;
  }

  /**
   * Returns the number of tokens of the model's answers, as reported by the model.
   *
   * @return the number of tokens
   */
  public long outputTokens() {
    return outputTokens;
  }

  /**
   * Returns the number of input and output tokens of the model calls that hits replaced, where
   * known.
   *
   * @return the number of tokens
   */
  public long tokensSaved() {
    return tokensSaved;
  }

  /**
   * Returns the learning progress of the policy.
   *
   * @return the state; {@link Learner.State#COLD} if the policy does not learn
   */
  public Learner.State policyState() {
    return policyState;
  }

  /**
   * Returns the number of times a learning policy detected that the traffic had changed.
   *
   * @return the number of times
   */
  public long policyTrips() {
    return policyTrips;
  }

  /**
   * Returns the number of changes of the settings of the running cache, by this instance and by
   * others.
   *
   * @return the number of changes
   */
  public long settingsChanges() {
    return settingsChanges;
  }

  /**
   * Returns the fraction of requests that would have been answered from the cache in shadow mode.
   *
   * @return the fraction, in [0, 1]; 0 without requests and outside shadow mode
   */
  public double shadowHitRate() {
    return requests() == 0 ? 0 : (double) quality.shadowHits() / requests();
  }

  /**
   * Returns the number of requests whose prompt the embedder could not read, so that they were
   * looked up by key only.
   *
   * @return the number of misses with the reason {@link MissReason#UNREADABLE}
   */
  public long unreadable() {
    return missesByReason.getOrDefault(MissReason.UNREADABLE, 0L);
  }

  /**
   * Returns the model calls that were made, and those that hits replaced, by model and by the value
   * of the {@linkplain io.github.semcache.SemanticCacheBuilder#usageByTag configured} tag. There
   * are at most about 200 combinations; others are counted under {@link ModelUsage#OTHER}.
   *
   * @return an unmodifiable list, sorted by model and tag
   */
  public List<ModelUsage> modelUsage() {
    return modelUsage;
  }

  /**
   * Returns what the cache has saved and what it has cost.
   *
   * @param prices the prices of the models; calls of models without a price have no cost
   * @return the money and the time
   */
  public Savings savings(ModelPrices prices) {
    double saved = 0;
    double spent = 0;
    long unpriced = 0;
    Duration timeSaved = Duration.ZERO;
    for (ModelUsage usage : modelUsage) {
      saved +=
          prices.cost(usage.model, usage.savedInputTokens, usage.savedOutputTokens).orElse(0.0);
      spent += prices.cost(usage.model, usage.inputTokens, usage.outputTokens).orElse(0.0);
      boolean hasPrice = prices.cost(usage.model, 0, 0).isPresent();
      unpriced += hasPrice ? 0 : usage.calls + usage.savedCalls;
      timeSaved = timeSaved.plus(usage.savedTime);
    }
    return new Savings(
        prices.currency(),
        saved,
        spent,
        prices.costOfEmbeddings(embeddings),
        unpriced,
        timeSaved,
        embeddingTime.plus(lookupTime).plus(verifications.time));
  }

  /**
   * Returns what the cache has saved by the value of the {@linkplain
   * io.github.semcache.SemanticCacheBuilder#usageByTag configured} tag.
   *
   * @param prices the prices of the models
   * @return the money saved by hits for each value; an empty value stands for prompts without the
   *     tag
   */
  public Map<String, Double> moneySavedByTag(ModelPrices prices) {
    Map<String, Double> byTag = new TreeMap<>();
    for (ModelUsage usage : modelUsage) {
      byTag.merge(
          usage.tag,
          prices.cost(usage.model, usage.savedInputTokens, usage.savedOutputTokens).orElse(0.0),
          Double::sum);
    }
    return byTag;
  }

  /**
   * Returns the counts of the verifier.
   *
   * @return a snapshot
   */
  public Verifications verifications() {
    return verifications;
  }

  /**
   * Returns the counts of stale answers and their refreshes; see {@code staleWhileRevalidate} and
   * {@code singleFlightAcrossInstances} of the builder.
   *
   * @return the counts
   */
  public Freshness freshness() {
    return freshness;
  }

  /**
   * Returns the counts of shadow mode, judges, and user reports.
   *
   * @return a snapshot
   */
  public Quality quality() {
    return quality;
  }

  /**
   * Returns the number of different scopes of the requests: of combinations of tags, system text,
   * earlier messages, and settings. Exact below 1,024 scopes; an estimate with a standard error of
   * about 3 % otherwise.
   *
   * @return the number of scopes
   */
  public long scopes() {
    return scopes;
  }

  /**
   * Returns the estimated fraction of scopes with a single request, from a sample of 1,024 scopes.
   * A request whose scope no other request has is never a hit. If the fraction is high although the
   * same questions are asked again, the scope contains something that changes with each request,
   * such as the time in the system text; see {@code normalizeMessages} of the wrapped clients.
   *
   * @return the fraction, in [0, 1]; 0 without requests
   */
  public double singleUseScopeRate() {
    return singleUseScopeRate;
  }

  /**
   * Returns the number of requests that were answered from the cache.
   *
   * @return the sum of exact and semantic hits
   */
  public long hits() {
    return exactHits + semanticHits;
  }

  /**
   * Returns the number of requests that were not answered from the cache.
   *
   * @return the sum of the misses of all reasons
   */
  public long misses() {
    return missesByReason.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Returns the number of requests.
   *
   * @return the sum of hits and misses
   */
  public long requests() {
    return hits() + misses();
  }

  /**
   * Returns the fraction of requests that were answered from the cache.
   *
   * @return the fraction, in [0, 1]; 0 without requests
   */
  public double hitRate() {
    return requests() == 0 ? 0 : (double) hits() / requests();
  }

  /** Returns whether the other object is a snapshot with equal counts. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CacheStats that && counts().equals(that.counts());
  }

  @Override
  public int hashCode() {
    return counts().hashCode();
  }

  /** Returns the counts that are not zero, with their names. */
  @Override
  public String toString() {
    return StatsText.of(this);
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
    counts.put("verifierErrors", verifierErrors);
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
    counts.put("settingsChanges", settingsChanges);
    counts.put("modelUsage", modelUsage);
    counts.put("verifications", verifications);
    counts.put("freshness", freshness);
    counts.put("quality", quality);
    counts.put("scopes", scopes);
    counts.put("singleUseScopeRate", singleUseScopeRate);
    return counts;
  }

  /**
   * The calls of one model, and the calls that hits replaced, for one value of the configured tag.
   * Immutable.
   *
   * @param model the name of the model, {@link #UNKNOWN}, or {@link #OTHER}
   * @param tag the value of the tag, empty without one, or {@link #OTHER}
   * @param calls the number of successful calls
   * @param inputTokens the number of input tokens of these calls, as reported by the model
   * @param outputTokens the number of output tokens of these calls, as reported by the model
   * @param time the total duration of these calls
   * @param savedCalls the number of hits
   * @param savedInputTokens the input tokens of the calls that produced their answers, where known
   * @param savedOutputTokens the output tokens of the calls that produced their answers, where
   *     known
   * @param savedTime the total duration of the calls that produced their answers, where known
   */
  public record ModelUsage(
      String model,
      String tag,
      long calls,
      long inputTokens,
      long outputTokens,
      Duration time,
      long savedCalls,
      long savedInputTokens,
      long savedOutputTokens,
      Duration savedTime) {
    /** The name of a model that is not known. */
    public static final String UNKNOWN = "unknown";

    /** The name of all combinations of model and tag beyond the maximum. */
    public static final String OTHER = "other";

    private ModelUsage minus(List<ModelUsage> earlier) {
      return earlier.stream()
          .filter(usage -> usage.model.equals(model) && usage.tag.equals(tag))
          .findFirst()
          .map(this::minus)
          .orElse(this);
    }

    private ModelUsage minus(ModelUsage earlier) {
      return new ModelUsage(
          model,
          tag,
          difference(calls, earlier.calls),
          difference(inputTokens, earlier.inputTokens),
          difference(outputTokens, earlier.outputTokens),
          difference(time, earlier.time),
          difference(savedCalls, earlier.savedCalls),
          difference(savedInputTokens, earlier.savedInputTokens),
          difference(savedOutputTokens, earlier.savedOutputTokens),
          difference(savedTime, earlier.savedTime));
    }
  }

  /**
   * What a cache has saved and what it has cost. Immutable.
   *
   * @param currency the currency of the amounts
   * @param moneySaved the cost of the model calls that hits replaced
   * @param moneySpent the cost of the model calls that were made
   * @param embeddingCost the cost of the embeddings
   * @param unpricedCalls the number of calls, made or replaced, of models without a price
   * @param timeSaved the duration of the model calls that hits replaced, where known
   * @param overhead the time spent in embeddings, lookups, and verifications, of hits and misses
   */
  public record Savings(
      String currency,
      double moneySaved,
      double moneySpent,
      double embeddingCost,
      long unpricedCalls,
      Duration timeSaved,
      Duration overhead) {

    /**
     * Returns whether the cache has saved more time than it has cost.
     *
     * @return true if the time saved exceeds the overhead
     */
    public boolean savesTime() {
      return timeSaved.compareTo(overhead) > 0;
    }

    /** Returns the amounts and durations with their names and units. */
    @Override
    public String toString() {
      return StatsText.of(this);
    }
  }

  /**
   * The counts of the verifier. Immutable. A request may verify several candidates.
   *
   * @param accepted the number of accepted candidates
   * @param rejected the number of rejected candidates
   * @param unsure the number of candidates that could not be decided
   * @param dropped the number of verifications after a miss that were dropped because too many were
   *     waiting
   * @param time the total time spent in the verifier, summed over all threads
   * @param modelCalls the number of calls of a chat model
   * @param inputTokens the number of input tokens of these calls, as reported by the model
   * @param outputTokens the number of output tokens of these calls, as reported by the model
   */
  public record Verifications(
      long accepted,
      long rejected,
      long unsure,
      long dropped,
      Duration time,
      long modelCalls,
      long inputTokens,
      long outputTokens) {

    private Verifications minus(Verifications earlier) {
      return new Verifications(
          difference(accepted, earlier.accepted),
          difference(rejected, earlier.rejected),
          difference(unsure, earlier.unsure),
          difference(dropped, earlier.dropped),
          difference(time, earlier.time),
          difference(modelCalls, earlier.modelCalls),
          difference(inputTokens, earlier.inputTokens),
          difference(outputTokens, earlier.outputTokens));
    }
  }

  /**
   * The counts of shadow mode, of judges, and of user reports. Immutable. A hit counts as right or
   * wrong if a judge compared its answer with a new one, in an audit or in shadow mode.
   *
   * @param shadowHits the number of requests that would have been answered from the cache in shadow
   *     mode
   * @param shadowTokensSaved the number of input and output tokens of the model calls that shadow
   *     hits would have replaced, where known
   * @param right the number of audited hits and shadow hits that were judged right
   * @param wrong the number of audited hits and shadow hits that were judged wrong
   * @param judged the number of comparisons of answers, including inconclusive ones
   * @param unknown the number of inconclusive comparisons
   * @param dropped the number of comparisons that were dropped because too many were waiting
   * @param reportedRight the number of answers that users reported as right
   * @param reportedWrong the number of answers that users reported as wrong
   */
  public record Quality(
      long shadowHits,
      long shadowTokensSaved,
      long right,
      long wrong,
      long judged,
      long unknown,
      long dropped,
      long reportedRight,
      long reportedWrong) {

    /** The 97.5th percentile of the standard normal distribution. */
    private static final double Z = 1.959964;

    private Quality minus(Quality earlier) {
      return new Quality(
          difference(shadowHits, earlier.shadowHits),
          difference(shadowTokensSaved, earlier.shadowTokensSaved),
          difference(right, earlier.right),
          difference(wrong, earlier.wrong),
          difference(judged, earlier.judged),
          difference(unknown, earlier.unknown),
          difference(dropped, earlier.dropped),
          difference(reportedRight, earlier.reportedRight),
          difference(reportedWrong, earlier.reportedWrong));
    }

    /**
     * Returns the estimated precision: the fraction of judged hits that are right.
     *
     * @return the precision, in [0, 1]; 1 if no hit was judged
     */
    public double precision() {
      return right + wrong == 0 ? 1 : (double) right / (right + wrong);
    }

    /**
     * Returns the lower bound of the 95 % confidence interval of {@link #precision} (Wilson score
     * interval).
     *
     * @return the lower bound, in [0, 1]; 0 if no hit was judged
     */
    public double precisionLowerBound() {
      return right + wrong == 0 ? 0 : Math.max(0, wilsonBound(-1));
    }

    /**
     * Returns the upper bound of the 95 % confidence interval of {@link #precision} (Wilson score
     * interval).
     *
     * @return the upper bound, in [0, 1]; 1 if no hit was judged
     */
    public double precisionUpperBound() {
      return right + wrong == 0 ? 1 : Math.min(1, wilsonBound(1));
    }

    private double wilsonBound(int sign) {
      double n = right + wrong;
      double p = precision();
      double halfWidth = Z * Math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
      return (p + Z * Z / (2 * n) + sign * halfWidth) / (1 + Z * Z / n);
    }
  }

  /**
   * Counts of stale answers and their refreshes.
   *
   * @param staleHits the number of hits whose soft time to live had expired
   * @param refreshes the number of refreshes that were started in the background
   * @param refreshesDropped the number of refreshes that were dropped because too many were running
   * @param superseded the number of model answers that were not stored because another call had
   *     stored a newer answer or was computing one
   */
  public record Freshness(long staleHits, long refreshes, long refreshesDropped, long superseded) {

    private Freshness minus(Freshness earlier) {
      return new Freshness(
          difference(staleHits, earlier.staleHits),
          difference(refreshes, earlier.refreshes),
          difference(refreshesDropped, earlier.refreshesDropped),
          difference(superseded, earlier.superseded));
    }
  }

  /**
   * Counts events. Each cache has its own counter. An additional counter can be added as a
   * listener, for example to count the events of several caches or the events since monitoring was
   * restarted. Tests can use one to create {@link CacheStats}. Thread-safe and non-blocking.
   */
  public interface Counter extends CacheListener {

    /**
     * Counts the scope of a request.
     *
     * @param scopeHash the {@linkplain io.github.semcache.prompt.Scope#hash hash} of the scope
     */
    void countScope(String scopeHash);

    /**
     * Returns the current counts.
     *
     * @return a snapshot
     */
    CacheStats snapshot();
  }
}
