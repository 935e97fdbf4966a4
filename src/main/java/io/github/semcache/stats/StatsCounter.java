package io.github.semcache.stats;

import io.github.semcache.chat.ChatReply.TokenUsage;
import io.github.semcache.learning.LearningPolicy.Learner;
import io.github.semcache.policy.MissReason;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The counts of {@link CacheStats}. */
final class StatsCounter implements CacheStats.Counter {
  final LongAdder exactHits = new LongAdder();
  final LongAdder semanticHits = new LongAdder();
  final Map<MissReason, LongAdder> misses = new ConcurrentHashMap<>();
  final LongAdder coalesced = new LongAdder();
  final LongAdder modelCalls = new LongAdder();
  final LongAdder modelErrors = new LongAdder();
  final LongAdder notAdmitted = new LongAdder();
  final LongAdder writes = new LongAdder();
  final LongAdder evictions = new LongAdder();
  final LongAdder corruptEntries = new LongAdder();
  final LongAdder storeErrors = new LongAdder();
  final LongAdder embedderErrors = new LongAdder();
  final LongAdder verifierErrors = new LongAdder();
  final LongAdder policyErrors = new LongAdder();
  final LongAdder adapterErrors = new LongAdder();
  final LongAdder embeddings = new LongAdder();
  final LongAdder embeddingNanos = new LongAdder();
  final LongAdder lookups = new LongAdder();
  final LongAdder lookupNanos = new LongAdder();
  final LongAdder modelNanos = new LongAdder();
  final LongAdder inputTokens = new LongAdder();
  final LongAdder outputTokens = new LongAdder();
  final LongAdder tokensSaved = new LongAdder();
  final LongAdder policyTrips = new LongAdder();
  final LongAdder settingsChanges = new LongAdder();
  volatile Learner.State policyState = Learner.State.COLD;
  final VerificationCounter verifications = new VerificationCounter();
  final FreshnessCounter freshness = new FreshnessCounter();
  final UsageCounter usage = new UsageCounter();
  final QualityCounter quality = new QualityCounter();
  final ScopeSketch scopes = new ScopeSketch();

  @Override
  public void onEvent(CacheEvent event) {
    if (event instanceof CacheEvent.Hit hit) {
      (hit.tier() == CacheEvent.Tier.EXACT ? exactHits : semanticHits).increment();
      hit.saved().map(TokenUsage::totalTokens).ifPresent(tokensSaved::add);
    } else if (event instanceof CacheEvent.Miss miss) {
      misses.computeIfAbsent(miss.reason(), reason -> new LongAdder()).increment();
    } else if (event instanceof CacheEvent.Coalesced) {
      coalesced.increment();
    } else if (event instanceof CacheEvent.LookedUp lookedUp) {
      lookups.increment();
      lookupNanos.add(lookedUp.took().toNanos());
    } else if (event instanceof CacheEvent.Embedded embedded) {
      embeddings.add(embedded.count());
      embeddingNanos.add(embedded.took().toNanos());
    } else if (event instanceof CacheEvent.Verified verified) {
      verifications.count(verified);
    } else if (event instanceof CacheEvent.VerificationDropped) {
      verifications.countDropped();
    } else if (event instanceof CacheEvent.ModelAnswered answered) {
      countModelCall(answered);
    } else if (event instanceof CacheEvent.ModelUsed used) {
      usage.count(used);
    } else if (event instanceof CacheEvent.Abandoned) {
      modelCalls.increment();
    } else if (event instanceof CacheEvent.NotAdmitted) {
      notAdmitted.increment();
    } else if (event instanceof CacheEvent.Stored stored) {
      writes.add(stored.count());
      evictions.add(stored.evicted());
    } else if (event instanceof CacheEvent.Corrupt corrupt) {
      corruptEntries.add(corrupt.count());
    } else if (event instanceof CacheEvent.PolicyStateChanged changed) {
      policyState = changed.now();
      policyTrips.add(changed.now() == Learner.State.TRIPPED ? 1 : 0);
    } else if (event instanceof CacheEvent.SettingsChanged) {
      settingsChanges.increment();
    } else if (event instanceof CacheEvent.Failed failed) {
      countFailure(failed.part());
    } else if (!freshness.count(event)) {
      quality.count(event);
    }
  }

  private void countModelCall(CacheEvent.ModelAnswered answered) {
    modelCalls.increment();
    modelNanos.add(answered.took().toNanos());
    answered.usage().map(TokenUsage::inputTokens).ifPresent(inputTokens::add);
    answered.usage().map(TokenUsage::outputTokens).ifPresent(outputTokens::add);
  }

  private void countFailure(CacheEvent.Part part) {
    switch (part) {
      case STORE -> storeErrors.increment();
      case EMBEDDER -> embedderErrors.increment();
      case VERIFIER -> verifierErrors.increment();
      case NORMALIZER, POLICY, ADMISSION, JUDGE, LEARNING -> policyErrors.increment();
      case ADAPTER -> adapterErrors.increment();
      case MODEL -> {
        modelCalls.increment();
        modelErrors.increment();
      }
    }
  }

  @Override
  public void countScope(String scopeHash) {
    scopes.add(scopeHash);
  }

  @Override
  public CacheStats snapshot() {
    return new CacheStats(this);
  }
}
