package io.github.semcache.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.semcache.chat.ChatReply.FinishReason;
import io.github.semcache.chat.ChatReply.TokenUsage;
import io.github.semcache.judge.AnswerJudge.Verdict;
import io.github.semcache.learning.LearningPolicy.Learner;
import io.github.semcache.policy.MissReason;
import io.github.semcache.verify.Verification;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StatsCounterTest {
  private static final Duration TOOK = Duration.ofMillis(20);
  private static final Optional<TokenUsage> USAGE = Optional.of(new TokenUsage(10, 5));

  private final CacheStats.Counter counter = CacheStats.counter();

  private CacheStats count(CacheEvent... events) {
    for (CacheEvent event : events) {
      counter.onEvent(event);
    }
    return counter.snapshot();
  }

  @Test
  void hitsAreCountedByTierWithTheTokensThatTheySave() {
    CacheStats stats =
        count(
            new CacheEvent.Hit(CacheEvent.Tier.EXACT, 0, TOOK, USAGE),
            new CacheEvent.Hit(CacheEvent.Tier.SEMANTIC, 0.1, TOOK, USAGE),
            new CacheEvent.Hit(CacheEvent.Tier.SEMANTIC, 0.1, TOOK, Optional.empty()));

    assertThat(stats.exactHits()).isEqualTo(1);
    assertThat(stats.semanticHits()).isEqualTo(2);
    assertThat(stats.hits()).isEqualTo(3);
    assertThat(stats.tokensSaved()).isEqualTo(30);
  }

  @Test
  void missesAreCountedByReason() {
    CacheEvent tooFar = new CacheEvent.Miss(MissReason.TOO_FAR, OptionalDouble.of(0.5));
    CacheEvent bypass = new CacheEvent.Miss(MissReason.BYPASS, OptionalDouble.empty());

    CacheStats stats = count(tooFar, bypass, tooFar, new CacheEvent.Coalesced());

    assertThat(stats.missesByReason())
        .isEqualTo(Map.of(MissReason.TOO_FAR, 2L, MissReason.BYPASS, 1L));
    assertThat(stats.misses()).isEqualTo(3);
    assertThat(stats.coalesced()).isEqualTo(1);
  }

  @Test
  void staleHitsAndRefreshesAreCounted() {
    CacheStats stats =
        count(
            new CacheEvent.StaleHit(TOOK),
            new CacheEvent.StaleHit(TOOK),
            new CacheEvent.StaleHit(TOOK),
            new CacheEvent.StaleHit(TOOK),
            new CacheEvent.RefreshStarted(),
            new CacheEvent.RefreshStarted(),
            new CacheEvent.RefreshStarted(),
            new CacheEvent.RefreshDropped(),
            new CacheEvent.RefreshDropped(),
            new CacheEvent.Superseded());

    assertThat(stats.freshness()).isEqualTo(new CacheStats.Freshness(4, 3, 2, 1));
    assertThat(stats.requests()).isZero();
    assertThat(stats.toString()).contains("staleHits=4");
  }

  @Test
  void modelCallsIncludeFailedAndAbandonedOnes() {
    CacheStats stats =
        count(
            new CacheEvent.ModelAnswered(TOOK, FinishReason.STOP, USAGE),
            new CacheEvent.Abandoned(),
            new CacheEvent.Failed(CacheEvent.Part.MODEL, new IllegalStateException("down")));

    assertThat(stats.modelCalls()).isEqualTo(3);
    assertThat(stats.modelErrors()).isEqualTo(1);
    assertThat(stats.modelTime()).isEqualTo(TOOK);
    assertThat(stats.inputTokens()).isEqualTo(10);
    assertThat(stats.outputTokens()).isEqualTo(5);
  }

  @Test
  void callsOfTheStoreAndTheEmbedderAreCountedAndTimed() {
    CacheStats stats =
        count(
            new CacheEvent.LookedUp(CacheEvent.Tier.EXACT, TOOK),
            new CacheEvent.LookedUp(CacheEvent.Tier.SEMANTIC, TOOK),
            new CacheEvent.Embedded(3, TOOK),
            new CacheEvent.Stored(2, 1, TOOK),
            new CacheEvent.Corrupt(4),
            new CacheEvent.NotAdmitted(FinishReason.LENGTH));

    assertThat(stats.lookups()).isEqualTo(2);
    assertThat(stats.lookupTime()).isEqualTo(TOOK.multipliedBy(2));
    assertThat(stats.embeddings()).isEqualTo(3);
    assertThat(stats.embeddingTime()).isEqualTo(TOOK);
    assertThat(stats.writes()).isEqualTo(2);
    assertThat(stats.evictions()).isEqualTo(1);
    assertThat(stats.corruptEntries()).isEqualTo(4);
    assertThat(stats.notAdmitted()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void failureIsCountedForItsPart(CacheEvent.Part part) {
    CacheStats stats = count(new CacheEvent.Failed(part, new IllegalStateException("down")));

    long[] counts = {
      stats.storeErrors(),
      stats.embedderErrors(),
      stats.policyErrors(),
      stats.modelErrors(),
      stats.adapterErrors(),
      stats.verifierErrors()
    };
    int expected =
        switch (part) {
          case STORE -> 0;
          case EMBEDDER -> 1;
          case NORMALIZER, POLICY, ADMISSION, JUDGE, LEARNING -> 2;
          case MODEL -> 3;
          case ADAPTER -> 4;
          case VERIFIER -> 5;
        };
    assertThat(counts[expected]).isEqualTo(1);
    assertThat(counts).containsOnlyOnce(1).contains(0);
  }

  @Test
  void verificationsAreCountedWithTheirCost() {
    Verification.Cost cost = new Verification.Cost(1, 120, 2);
    CacheStats stats =
        count(
            new CacheEvent.Verified(Verification.accept().plusCost(cost), 0.1, TOOK),
            new CacheEvent.Verified(Verification.reject("unmatched-word"), 0.1, TOOK),
            new CacheEvent.Verified(Verification.reject("order"), 0.1, TOOK),
            new CacheEvent.Verified(Verification.unsure("score"), 0.1, TOOK),
            new CacheEvent.VerificationDropped());

    assertThat(stats.verifications())
        .isEqualTo(new CacheStats.Verifications(1, 2, 1, 1, TOOK.multipliedBy(4), 1, 120, 2));
  }

  @Test
  void unreadablePromptsAreCounted() {
    CacheStats stats =
        count(
            new CacheEvent.Miss(MissReason.UNREADABLE, OptionalDouble.empty()),
            new CacheEvent.Miss(MissReason.TOO_FAR, OptionalDouble.of(0.9)));

    assertThat(stats.unreadable()).isEqualTo(1);
    assertThat(stats.misses()).isEqualTo(2);
  }

  @Test
  void changeOfThePolicyStateIsRecorded() {
    CacheStats stats =
        count(
            new CacheEvent.PolicyStateChanged(Learner.State.SERVING, Learner.State.TRIPPED),
            new CacheEvent.PolicyStateChanged(Learner.State.TRIPPED, Learner.State.SERVING));

    assertThat(stats.policyState()).isEqualTo(Learner.State.SERVING);
    assertThat(stats.policyTrips()).isEqualTo(1);
  }

  @Test
  void verdictsAndReportsAreCounted() {
    CacheStats stats =
        count(
            new CacheEvent.Miss(MissReason.SHADOW, OptionalDouble.of(0.1)),
            new CacheEvent.Miss(MissReason.SHADOW, OptionalDouble.of(0.4)),
            new CacheEvent.ShadowHit(CacheEvent.Tier.SEMANTIC, 0.1, USAGE),
            new CacheEvent.Judged(Verdict.SAME, true, 0.1),
            new CacheEvent.Judged(Verdict.DIFFERENT, true, 0.1),
            new CacheEvent.Judged(Verdict.SAME, false, 0.3),
            new CacheEvent.Judged(Verdict.UNKNOWN, true, 0.1),
            new CacheEvent.JudgmentDropped(),
            new CacheEvent.Reported(true),
            new CacheEvent.Reported(false));

    assertThat(stats.quality()).isEqualTo(new CacheStats.Quality(1, 15, 1, 1, 4, 1, 1, 1, 1));
    assertThat(stats.shadowHitRate()).isEqualTo(0.5);
  }

  @Test
  void ratesWithoutRequestsAreZero() {
    assertThat(counter.snapshot().hitRate()).isZero();
    assertThat(counter.snapshot().shadowHitRate()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 1, 0, 1", "8, 2, 0.8, 0.4902, 0.9433", "10, 0, 1, 0.7225, 1"})
  void precisionHasAWilsonScoreInterval(
      long right, long wrong, double precision, double lowerBound, double upperBound) {
    CacheStats.Quality quality = new CacheStats.Quality(0, 0, right, wrong, 0, 0, 0, 0, 0);

    assertThat(quality.precision()).isEqualTo(precision);
    assertThat(quality.precisionLowerBound()).isEqualTo(lowerBound, within(5e-5));
    assertThat(quality.precisionUpperBound()).isEqualTo(upperBound, within(5e-5));
  }

  @Test
  void differenceOfTwoSnapshotsCountsTheEventsBetween() {
    CacheStats.Counter all = CacheStats.counter();
    CacheStats.Counter later = CacheStats.counter();
    CacheEvent first = new CacheEvent.Miss(MissReason.TOO_FAR, OptionalDouble.empty());
    all.onEvent(first);
    all.onEvent(new CacheEvent.Embedded(2, Duration.ofMillis(3)));
    all.onEvent(new CacheEvent.Reported(true));
    all.countScope("0".repeat(64));
    CacheStats before = all.snapshot();
    for (CacheStats.Counter counter : List.of(all, later)) {
      counter.onEvent(
          new CacheEvent.Hit(
              CacheEvent.Tier.EXACT, 0, Duration.ZERO, Optional.of(new TokenUsage(4, 2))));
      counter.onEvent(new CacheEvent.Miss(MissReason.NO_NEIGHBOR, OptionalDouble.empty()));
      counter.onEvent(new CacheEvent.Embedded(1, Duration.ofMillis(5)));
      counter.onEvent(new CacheEvent.Verified(Verification.accept(), 0.1, Duration.ofMillis(7)));
      counter.onEvent(new CacheEvent.Judged(Verdict.SAME, true, 0.1));
      counter.onEvent(new CacheEvent.Stored(1, 3, Duration.ofMillis(9)));
      counter.countScope("f".repeat(64));
    }

    assertThat(all.snapshot().minus(before)).isEqualTo(later.snapshot());
    assertThat(before.minus(all.snapshot()).requests()).as("no negative counts").isZero();
    assertThat(before.minus(all.snapshot()).embeddingTime()).isZero();
    assertThat(all.snapshot().minus(all.snapshot()).requests()).isZero();
  }
}
