package io.github.semcache.stats;

import io.github.semcache.verify.Verification;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counts the decisions of the verifier. Thread-safe. */
final class VerificationCounter {
  private final LongAdder accepted = new LongAdder();
  private final LongAdder rejected = new LongAdder();
  private final LongAdder unsure = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private final LongAdder modelCalls = new LongAdder();
  private final LongAdder inputTokens = new LongAdder();
  private final LongAdder outputTokens = new LongAdder();

  void count(CacheEvent.Verified event) {
    switch (event.verification().outcome()) {
      case ACCEPT -> accepted.increment();
      case REJECT -> rejected.increment();
      case UNSURE -> unsure.increment();
    }
    nanos.add(event.took().toNanos());
    Verification.Cost cost = event.verification().cost();
    modelCalls.add(cost.modelCalls());
    inputTokens.add(cost.inputTokens());
    outputTokens.add(cost.outputTokens());
  }

  void countDropped() {
    dropped.increment();
  }

  CacheStats.Verifications snapshot() {
    return new CacheStats.Verifications(
        accepted.sum(),
        rejected.sum(),
        unsure.sum(),
        dropped.sum(),
        Duration.ofNanos(nanos.sum()),
        modelCalls.sum(),
        inputTokens.sum(),
        outputTokens.sum());
  }
}
