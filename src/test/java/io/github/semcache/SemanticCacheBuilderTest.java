package io.github.semcache;

import static io.github.semcache.testing.Nulls.absent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of the options and the rules that span options. */
class SemanticCacheBuilderTest {
  private final FakeEmbedder embedder = new FakeEmbedder();
  private final SemanticCacheBuilder builder =
      SemanticCache.builder().embedder(embedder).chatClient(new FakeChatClient());

  @Test
  void embedderIsRequired() {
    assertThatThrownBy(() -> SemanticCache.builder().build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("embedder is missing; a cache needs one unless it is exactOnly");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, 2.01, Double.NaN})
  void maxDistanceOutsideZeroToTwoIsRejected(double distance) {
    assertThatThrownBy(() -> builder.maxDistance(distance))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxDistance is " + distance + "; a cosine distance lies between 0 and 2");
    assertThatThrownBy(() -> HitPolicy.maxDistance(distance))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1})
  void nonPositiveTimeToLiveIsRejected(long millis) {
    assertThatThrownBy(() -> builder.timeToLive(Duration.ofMillis(millis)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("timeToLive is");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void jitterOutsideZeroToOneIsRejected(double fraction) {
    assertThatThrownBy(() -> builder.timeToLiveJitter(fraction))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("timeToLiveJitter is " + fraction);
  }

  @Test
  void candidatesOutOfRangeAreRejected() {
    assertThatThrownBy(() -> builder.candidates(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("candidates is 0; it must be between 1 and 1000");
    assertThatThrownBy(() -> builder.candidates(1_001))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("candidates is 1001; it must be between 1 and 1000");
  }

  @Test
  void nullsOfOptionalPartsAreRejectedByName() {
    assertThatNullPointerException()
        .isThrownBy(() -> builder.guards(absent()))
        .withMessage("guards");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.judgeTimeLimit(absent()))
        .withMessage("limit");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.circuitBreaker(5, absent()))
        .withMessage("pause");
    assertThatNullPointerException().isThrownBy(() -> builder.judge(absent())).withMessage("judge");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.judgeExecutor(absent()))
        .withMessage("executor");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.timeSource(absent()))
        .withMessage("time");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.ticker(absent()))
        .withMessage("nanos");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.stateStore(absent()))
        .withMessage("stateStore");
    assertThatNullPointerException()
        .isThrownBy(() -> builder.ownedStore(absent()))
        .withMessage("store");
  }

  @Test
  void judgeThatNothingUsesIsRejected() {
    AnswerJudge judge = AnswerJudge.sameText();
    assertThatThrownBy(() -> SemanticCache.builder().embedder(embedder).judge(judge).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "judge is set, but nothing uses it; it requires targetErrorRate, a learning policy,"
                + " shadowMode, or confirmations");
    assertThatThrownBy(() -> SemanticCache.builder().embedder(embedder).judgeQueue(1).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("judgeExecutor, judgeQueue, or judgeTimeLimit is set");
    SemanticCache.builder().embedder(embedder).judgeIfUsed(judge).judgeQueue(1).build().close();
    SemanticCache.builder().embedder(embedder).judge(judge).shadowMode().build().close();
    SemanticCache.builder().embedder(embedder).judge(judge).confirmations(1).build().close();
  }

  @Test
  void judgeTimeLimitBelowAMillisecondIsRejected() {
    assertThatThrownBy(() -> builder.judgeTimeLimit(Duration.ofNanos(999_999)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("judgeTimeLimit is PT0.000999999S; it must be at least 1 ms");
    builder.judgeTimeLimit(Duration.ofMillis(1));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void judgeQueueBelowOneIsRejected(int capacity) {
    assertThatThrownBy(() -> builder.judgeQueue(capacity))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("judgeQueue is " + capacity + "; it must be at least 1");
    builder.judgeQueue(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void circuitBreakerWithoutFailuresIsRejected(int failures) {
    assertThatThrownBy(() -> builder.circuitBreaker(failures, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("circuitBreaker failures is " + failures + "; it must be at least 1");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1})
  void circuitBreakerWithANonPositivePauseIsRejected(long nanos) {
    Duration pause = Duration.ofNanos(nanos);

    assertThatThrownBy(() -> builder.circuitBreaker(1, pause))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("circuitBreaker pause is " + pause + "; it must be positive");
  }

  @Test
  void moreThanOneHitRuleIsRejectedInAnyOrder() {
    assertBothRejected(it -> it.hitPolicy(HitPolicy.never()).maxDistance(0.1), "hitPolicy");
    assertBothRejected(it -> it.maxDistance(0.1).relativeDistance(0.1), "maxDistance");
    assertBothRejected(
        it -> it.hitPolicy(HitPolicy.never()).relativeDistance(0.1), "relativeDistance");
    assertBothRejected(it -> it.noGuards().hitPolicy(HitPolicy.never()), "guards");
    assertBothRejected(it -> it.targetErrorRate(0.1).maxDistance(0.1), "maxDistance");
    assertBothRejected(it -> it.targetErrorRate(0.1).relativeDistance(0.1), "relativeDistance");
    assertBothRejected(it -> it.targetErrorRate(0.1).hitPolicy(HitPolicy.never()), "hitPolicy");
    assertBothRejected(it -> it.noGuards().targetErrorRate(0.1), "guards");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, -0.1, Double.NaN})
  void targetErrorRateOutOfRangeIsRejected(double rate) {
    assertThatThrownBy(() -> builder.targetErrorRate(rate))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("targetErrorRate is " + rate + "; it must be above 0 and below 1");
  }

  private void assertBothRejected(Consumer<SemanticCacheBuilder> options, String option) {
    SemanticCacheBuilder both = SemanticCache.builder().embedder(embedder);
    options.accept(both);

    assertThatThrownBy(both::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(option, "are both set; only one of them can decide");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, 1.01, Double.NaN})
  void relativeDistanceOutsideZeroToOneIsRejected(double distance) {
    assertThatThrownBy(() -> builder.relativeDistance(distance))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("relativeDistance is " + distance + "; it must be between 0 and 1");
  }

  @Test
  void storeOfAnotherDimensionOrModelIsRejected() {
    for (EmbeddingSpace other :
        List.of(
            new EmbeddingSpace(embedder.modelId(), 3),
            new EmbeddingSpace("other", embedder.dimension()))) {
      builder.store(InMemoryVectorStore.builder(other).build());

      assertThatThrownBy(builder::build)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll(other.toString(), embedder.modelId());
    }
  }

  @Test
  void buildMayBeCalledTwice() {
    SemanticCache first = builder.build();
    SemanticCache second = builder.build();
    first.ask("prompt");

    assertThat(second.ask("prompt").source()).isEqualTo(Answer.Source.MODEL);
  }

  @Test
  void defaultMaxDistanceIsFifteenHundredths() {
    for (double distance : new double[] {0.1499, 0.1501}) {
      String near = "near " + distance;
      embedder.place("asked", 0).place(near, Math.toDegrees(Math.acos(1 - distance)));
      SemanticCache cache = builder.verifier(PairVerifier.none()).noGuards().build();
      cache.ask("asked");

      assertThat(cache.ask(near).isHit()).isEqualTo(distance < 0.15);
    }
  }

  @Test
  void policyReceivesTenCandidatesByDefault() {
    List<Integer> candidateCounts = new ArrayList<>();
    builder.hitPolicy(
        (query, matches) -> {
          candidateCounts.add(matches.size());
          return Decision.miss(MissReason.TOO_FAR);
        });
    askWithTwelveEntries(builder.build());
    askWithTwelveEntries(builder.candidates(3).build());
    askWithTwelveEntries(builder.candidates(11).build());

    assertThat(candidateCounts).containsExactly(10, 3, 11);
  }

  private static void askWithTwelveEntries(SemanticCache cache) {
    for (int i = 0; i < 12; i++) {
      cache.put(Prompt.of("stored " + i), "answer");
    }
    cache.ask("asked");
  }

  @Test
  void jitterShortensEachTimeToLiveByAtMostItsFraction() {
    FaultyStore store = new FaultyStore(InMemoryVectorStore.of(embedder));
    SemanticCache cache =
        builder.store(store).timeToLive(Duration.ofHours(10)).timeToLiveJitter(0.2).build();
    for (int i = 0; i < 100; i++) {
      cache.ask("prompt " + i);
    }

    List<Duration> timesToLive =
        store.written().stream().map(NewEntry::timeToLive).flatMap(Optional::stream).toList();
    assertThat(timesToLive)
        .hasSize(100)
        .allMatch(timeToLive -> timeToLive.compareTo(Duration.ofHours(8)) >= 0)
        .allMatch(timeToLive -> timeToLive.compareTo(Duration.ofHours(10)) <= 0);
    assertThat(timesToLive.stream().distinct().count()).isGreaterThan(50);
  }

  @Test
  void timeToLiveIsAtLeastAMillisecondWithFullJitter() {
    FaultyStore store = new FaultyStore(InMemoryVectorStore.of(embedder));
    SemanticCache cache =
        builder.store(store).timeToLive(Duration.ofMillis(1)).timeToLiveJitter(1).build();
    cache.ask("prompt");

    assertThat(store.written())
        .singleElement()
        .extracting(entry -> entry.timeToLive().orElseThrow())
        .isEqualTo(Duration.ofMillis(1));
  }

  @Test
  void nullsOfMainPartsAreRejectedByName() {
    assertThatThrownBy(() -> builder.embedder(absent())).hasMessage("embedder");
    assertThatThrownBy(() -> builder.store(absent())).hasMessage("store");
    assertThatThrownBy(() -> builder.chatClient(absent())).hasMessage("chatClient");
    assertThatThrownBy(() -> builder.hitPolicy(absent())).hasMessage("hitPolicy");
    assertThatThrownBy(() -> builder.normalizer(absent())).hasMessage("normalizer");
    assertThatThrownBy(() -> builder.cacheability(absent())).hasMessage("cacheability");
    assertThatThrownBy(() -> builder.admission(absent())).hasMessage("admission");
    assertThatThrownBy(() -> builder.listener(absent())).hasMessage("listener");
    assertThatThrownBy(() -> builder.executor(absent())).hasMessage("executor");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 999_999, 600_000_000_001L, -1})
  void timeLimitOutOfRangeIsRejected(long nanos) {
    Duration limit = Duration.ofNanos(nanos);
    String rule = " is " + limit + "; it must be between 1 ms and 10 minutes";

    assertThatThrownBy(() -> builder.deadline(limit))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("deadline" + rule);
    assertThatThrownBy(() -> builder.storeTimeout(limit))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("storeTimeout" + rule);
    assertThatThrownBy(() -> builder.maxWait(limit))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxWait" + rule);
  }

  @Test
  void verifierAfterMissWithoutAVerifierIsRejected() {
    SemanticCacheBuilder builder =
        SemanticCache.builder()
            .embedder(new FakeEmbedder())
            .verifier(PairVerifier.none())
            .verifierAfterMiss(pair -> Verification.accept());

    assertThatIllegalArgumentException()
        .isThrownBy(builder::build)
        .withMessage(
            "verifierAfterMiss is set without a verifier; it decides where the verifier is unsure");
  }
}
