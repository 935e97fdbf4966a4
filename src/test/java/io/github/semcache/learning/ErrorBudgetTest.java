package io.github.semcache.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.judge.AnswerJudge.Verdict;
import io.github.semcache.learning.LearningPolicy.Learner;
import io.github.semcache.learning.LearningPolicy.Learner.LabeledDecision;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class ErrorBudgetTest {
  private final ErrorBudget policy = ErrorBudget.of(0.02).warmUp(200);
  private final Learner learner = policy.newLearner();

  @Test
  void newLearnerIsColdAndServesNothing() {
    assertThat(learner.state()).isEqualTo(Learner.State.COLD);
    assertThat(decide(query(1), List.of())).isEqualTo(Decision.miss(MissReason.NO_NEIGHBOR));
    assertThat(decide(query(1), matches(0))).isEqualTo(Decision.miss(MissReason.LEARNING));
  }

  @Test
  void fallbackDecidesUntilAModelIsFitted() {
    ErrorBudget withFallback = policy.fallback(HitPolicy.maxDistance(0.01).unguarded());

    HitPolicy untrained = withFallback.newLearner().policy();

    long hits =
        IntStream.range(0, 200)
            .filter(i -> untrained.decide(query(i), matches(0.005)) instanceof Decision.Hit)
            .count();

    assertThat(hits).isBetween(170L, 199L);
    assertThat(untrained.decide(query(1), matches(0.02)))
        .isEqualTo(Decision.miss(MissReason.LEARNING));
  }

  @Test
  void trainedPolicyServesManyHitsWithinItsBudget() {
    SyntheticStream traffic = new SyntheticStream(learner, 40, 0, 1);
    traffic.run(2_500);

    assertThat(learner.state()).isEqualTo(Learner.State.SERVING);
    assertThat(traffic.hits).isGreaterThan(800);
    assertThat(traffic.wrong).isLessThanOrEqualTo(50);
    assertThat((double) traffic.audits / (traffic.hits + traffic.audits)).isBetween(0.03, 0.07);
  }

  @Test
  void sameStreamGivesTheSameDecisions() {
    SyntheticStream once = new SyntheticStream(learner, 40, 0, 2);
    SyntheticStream again = new SyntheticStream(policy.newLearner(), 40, 0, 2);
    once.run(1_000);
    again.run(1_000);

    assertThat(again.hits).isEqualTo(once.hits).isPositive();
    assertThat(again.wrong).isEqualTo(once.wrong);
  }

  @Test
  void decideHasNoSideEffect() {
    new SyntheticStream(learner, 40, 0, 3).run(1_000);

    List<Decision> decisions =
        IntStream.range(0, 50).mapToObj(i -> decide(query(7), matches(0.05))).toList();

    assertThat(decisions).containsOnly(decisions.get(0));
  }

  @Test
  void unexpectedWrongVerdictsTripThePolicy() {
    new SyntheticStream(learner, 40, 0, 4).run(1_200);
    assertThat(learner.state()).isEqualTo(Learner.State.SERVING);

    for (int i = 0; i < 60 && learner.state() == Learner.State.SERVING; i++) {
      update(Decision.audit(matches(0.001).get(0), 0.05), Verdict.DIFFERENT, i);
    }

    assertThat(learner.state()).isEqualTo(Learner.State.TRIPPED);
    assertThat(decide(query(1), matches(0.001))).isEqualTo(Decision.miss(MissReason.LEARNING));
  }

  @Test
  void trippedPolicyServesAgainAfterNewVerdicts() {
    SyntheticStream before = new SyntheticStream(learner, 40, 0, 4);
    before.run(1_200);
    for (int i = 0; i < 60 && learner.state() == Learner.State.SERVING; i++) {
      update(Decision.audit(matches(0.001).get(0), 0.5), Verdict.DIFFERENT, i);
    }

    SyntheticStream after = before.then(1_000);
    after.run(3_000);

    assertThat(learner.state()).isEqualTo(Learner.State.SERVING);
    assertThat(after.hits).isGreaterThan(200);
    assertThat(after.wrong).isLessThanOrEqualTo(40);
  }

  @Test
  void fallbackDecidesAfterTwentyAuditsWithoutVerdict() {
    new SyntheticStream(learner, 40, 0, 5).run(1_200);
    List<Match> near = oneGroup(0.02);
    assertThat(decide(query(1), near)).isNotInstanceOf(Decision.Miss.class);

    for (int i = 0; i < 20; i++) {
      update(Decision.audit(near.get(0), 0.05), Verdict.UNKNOWN, i);
    }
    assertThat(decide(query(1), near)).isEqualTo(Decision.miss(MissReason.LEARNING));

    update(Decision.miss(MissReason.TOO_RISKY), Verdict.SAME, 21);
    assertThat(decide(query(1), near)).isNotInstanceOf(Decision.Miss.class);
  }

  @Test
  void maxDistanceOfThePromptIsApplied() {
    new SyntheticStream(learner, 40, 0, 5).run(1_200);
    Prompt strict = Prompt.of("question 1 about topic1").maxDistance(0.01);

    assertThat(decide(Query.of(strict, Normalizer.none(), Map.of()), oneGroup(0.02)))
        .isEqualTo(Decision.miss(MissReason.TOO_FAR));
  }

  @Test
  void snapshotTransfersTheStateToAnotherLearner() {
    new SyntheticStream(learner, 40, 0, 6).run(1_200);
    Learner next = policy.newLearner();

    next.merge(learner.snapshot());

    assertThat(next.state()).isEqualTo(Learner.State.SERVING);
    assertThat(next.snapshot()).isEqualTo(learner.snapshot());
  }

  @Test
  void mergingTwiceChangesNothing() {
    new SyntheticStream(learner, 40, 0, 6).run(1_000);
    byte[] snapshot = learner.snapshot();
    learner.merge(snapshot);

    assertThat(learner.snapshot()).isEqualTo(snapshot);
  }

  @Test
  void mergeCombinesTheVerdictsOfTwoLearners() {
    Learner other = policy.newLearner();
    new SyntheticStream(learner, 40, 0, 7).run(150);
    new SyntheticStream(other, 40, 400, 8).run(150);
    assertThat(learner.state()).isEqualTo(Learner.State.LEARNING);

    learner.merge(other.snapshot());

    assertThat(learner.state()).isEqualTo(Learner.State.SERVING);
  }

  @Test
  void damagedSnapshotIsRejectedAndChangesNothing() {
    new SyntheticStream(learner, 40, 0, 6).run(1_000);
    byte[] before = learner.snapshot();
    byte[] damaged = new byte[100];
    new Random(1).nextBytes(damaged);

    assertThatThrownBy(() -> learner.merge(damaged)).isInstanceOf(IllegalArgumentException.class);
    assertThat(learner.snapshot()).isEqualTo(before);
  }

  @Test
  void reportsOfRightHitsDoNotRaiseTheThreshold() {
    SyntheticStream unreported = runWithReports(0, 0);
    SyntheticStream confirmed = runWithReports(1, 0);

    assertThat(unreported.hits).isPositive();
    assertThat(confirmed.hits).isEqualTo(unreported.hits);
    assertThat(confirmed.wrong).isEqualTo(unreported.wrong);
  }

  @Test
  void reportsOfWrongHitsDoNotIncreaseTheirNumber() {
    assertThat(runWithReports(0, 1).wrong).isLessThanOrEqualTo(runWithReports(0, 0).wrong);
  }

  /** Runs traffic with wrong hits that no feature can predict. Users report some of them. */
  private static SyntheticStream runWithReports(double confirmedRate, double rejectedRate) {
    SyntheticStream traffic = new SyntheticStream(ErrorBudget.of(0.02).newLearner(), 40, 0, 1);
    traffic.maxUniqueRate = 0.12;
    traffic.confirmedRate = confirmedRate;
    traffic.rejectedRate = rejectedRate;
    traffic.run(4_000);
    return traffic;
  }

  @Test
  void repeatedReportCountsOnceAndTheLatestTakesPrecedence() {
    new SyntheticStream(learner, 40, 0, 4).run(100);
    Decision served = Decision.hit(matches(0.001).get(0));
    update(served, Verdict.SAME, 1);
    byte[] once = learner.snapshot();
    for (int i = 0; i < 500; i++) {
      learner.update(report(Verdict.SAME, i));
    }

    assertThat(learner.snapshot()).isEqualTo(once);
    assertThat(decide(query(1), matches(0.001))).isNotInstanceOf(Decision.Miss.class);

    learner.update(report(Verdict.DIFFERENT, 501));
    assertThat(learner.snapshot()).hasSameSizeAs(once);
    assertThat(decide(query(1), matches(0.001))).isInstanceOf(Decision.Miss.class);
  }

  @Test
  void reportsNeitherWarmUpNorTripThePolicy() {
    for (int i = 0; i < 500; i++) {
      update(Decision.hit(matches(0.001).get(0)), Verdict.DIFFERENT, i);
    }
    assertThat(learner.state()).isEqualTo(Learner.State.COLD);

    new SyntheticStream(learner, 40, 0, 4).run(1_200);
    for (int i = 0; i < 500; i++) {
      update(Decision.hit(matches(0.001).get(0)), Verdict.DIFFERENT, 1_000 + i);
    }
    assertThat(learner.state()).isEqualTo(Learner.State.SERVING);
  }

  @Test
  void laterReportOfAnotherInstanceTakesPrecedence() {
    Learner other = policy.newLearner();
    learner.update(report(Verdict.DIFFERENT, 1));
    other.update(report(Verdict.SAME, 2));

    learner.merge(other.snapshot());
    other.merge(learner.snapshot());

    assertThat(other.snapshot()).isEqualTo(learner.snapshot());
    assertThat(decide(query(1), matches(0.001))).isNotInstanceOf(Decision.Miss.class);
  }

  private static LabeledDecision report(Verdict verdict, int at) {
    List<Match> matches = matches(0.001);
    Match served = matches.get(0);
    Instant time = Instant.ofEpochMilli(200_000 + at);
    return new LabeledDecision(query(1), matches, served, Decision.hit(served), verdict, time);
  }

  @Test
  void learnersOfOnePolicyAreIndependent() {
    new SyntheticStream(learner, 40, 0, 7).run(1_000);

    Learner other = policy.newLearner();
    assertThat(other.state()).isEqualTo(Learner.State.COLD);
    assertThat(learner.state()).isEqualTo(Learner.State.SERVING);

    new SyntheticStream(other, 40, 0, 7).run(1_000);
    assertThat(other.snapshot()).isEqualTo(learner.snapshot());
  }

  @Test
  void policyReturnedBeforeAnUpdateDoesNotChange() {
    new SyntheticStream(learner, 40, 0, 5).run(1_200);
    List<Match> near = oneGroup(0.02);
    HitPolicy before = learner.policy();
    Decision decision = before.decide(query(1), near);

    new SyntheticStream(learner, 40, 400, 9).run(1_000);

    assertThat(before.decide(query(1), near)).isEqualTo(decision);
  }

  @Test
  void optionsOutOfRangeAreRejected() {
    assertThatThrownBy(() -> ErrorBudget.of(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("budget is 0.0; it must be above 0 and below 1");
    assertThatThrownBy(() -> policy.confidence(1)).hasMessageContaining("confidence is 1.0");
    assertThatThrownBy(() -> policy.auditRate(Double.NaN)).hasMessageContaining("auditRate");
    assertThatThrownBy(() -> policy.warmUp(19)).hasMessageContaining("warmUp is 19");
    assertThatThrownBy(() -> policy.window(19)).hasMessageContaining("window is 19");
  }

  @Test
  void contradictoryOptionsAreRejectedInAnyOrder() {
    policy.window(100).warmUp(50).newLearner();
    policy.warmUp(5_000).window(6_000).newLearner();

    assertThatThrownBy(() -> policy.window(199).newLearner())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("window is 199; it must be at least the warmUp, 200");
  }

  private void update(Decision decision, Verdict verdict, int at) {
    List<Match> matches =
        decision instanceof Decision.Audit audit ? List.of(audit.match()) : matches(0.001);
    learner.update(
        new LabeledDecision(
            query(at),
            matches,
            matches.get(0),
            decision,
            verdict,
            Instant.ofEpochMilli(100_000 + at)));
  }

  private Decision decide(Query query, List<Match> matches) {
    return learner.policy().decide(query, matches);
  }

  private static Query query(int number) {
    return Query.of(Prompt.of("question " + number + " about topic1"), Normalizer.none(), Map.of());
  }

  /** Ten entries of one answer group. */
  private static List<Match> oneGroup(double distance) {
    return IntStream.range(0, 10)
        .mapToObj(i -> new Match(matches(distance).get(0).entry(), distance + i * 1e-4))
        .toList();
  }

  private static List<Match> matches(double distance) {
    Query query = Query.of(Prompt.of("question about topic1"), Normalizer.none(), Map.of());
    CacheEntry entry =
        new CacheEntry(
            query.key(), query.scope().hash(), query.text(), "1", Map.of(), Instant.EPOCH);
    return List.of(new Match(entry, distance));
  }
}
