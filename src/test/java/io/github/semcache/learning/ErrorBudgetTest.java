package io.github.semcache.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.policy.Decision;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.LabeledDecision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.policy.Verdict;
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
  private final ErrorBudget policy = HitPolicy.errorBudget(0.02).warmUp(200);

  @Test
  void newPolicyIsColdAndServesNothing() {
    assertThat(policy.state()).isEqualTo(PolicyState.COLD);
    assertThat(policy.decide(query(1), List.of())).isEqualTo(Decision.miss(MissReason.NO_NEIGHBOR));
    assertThat(policy.decide(query(1), matches(0))).isEqualTo(Decision.miss(MissReason.LEARNING));
  }

  @Test
  void conservativeRuleServesUntilThePolicyHasLearned() {
    ErrorBudget cautious = policy.conservative(HitPolicy.maxDistance(0.01).unguarded());

    long hits =
        IntStream.range(0, 200)
            .filter(i -> cautious.decide(query(i), matches(0.005)) instanceof Decision.Hit)
            .count();

    assertThat(hits).isBetween(170L, 199L);
    assertThat(cautious.decide(query(1), matches(0.02)))
        .isEqualTo(Decision.miss(MissReason.LEARNING));
  }

  @Test
  void learnedPolicyHitsOftenWithinItsBudget() {
    SyntheticStream traffic = new SyntheticStream(policy, 40, 0, 1);
    traffic.run(2_500);

    assertThat(policy.state()).isEqualTo(PolicyState.SERVING);
    assertThat(traffic.hits).isGreaterThan(800);
    assertThat(traffic.wrong).isLessThanOrEqualTo(50);
    assertThat((double) traffic.audits / (traffic.hits + traffic.audits)).isBetween(0.03, 0.07);
  }

  @Test
  void sameStreamGivesTheSameDecisions() {
    SyntheticStream once = new SyntheticStream(policy, 40, 0, 2);
    SyntheticStream again = new SyntheticStream(HitPolicy.errorBudget(0.02).warmUp(200), 40, 0, 2);
    once.run(1_000);
    again.run(1_000);

    assertThat(again.hits).isEqualTo(once.hits).isPositive();
    assertThat(again.wrong).isEqualTo(once.wrong);
  }

  @Test
  void decidingChangesNothing() {
    new SyntheticStream(policy, 40, 0, 3).run(1_000);

    List<Decision> decisions =
        IntStream.range(0, 50).mapToObj(i -> policy.decide(query(7), matches(0.05))).toList();

    assertThat(decisions).containsOnly(decisions.get(0));
  }

  @Test
  void floodOfUnexpectedWrongVerdictsTripsThePolicy() {
    new SyntheticStream(policy, 40, 0, 4).run(1_200);
    assertThat(policy.state()).isEqualTo(PolicyState.SERVING);

    for (int i = 0; i < 60 && policy.state() == PolicyState.SERVING; i++) {
      learn(Decision.audit(matches(0.001).get(0), 0.05), Verdict.DIFFERENT, i);
    }

    assertThat(policy.state()).isEqualTo(PolicyState.TRIPPED);
    assertThat(policy.decide(query(1), matches(0.001)))
        .isEqualTo(Decision.miss(MissReason.LEARNING));
  }

  @Test
  void trippedPolicyServesAgainOnceItHasLearnedAnew() {
    SyntheticStream before = new SyntheticStream(policy, 40, 0, 4);
    before.run(1_200);
    for (int i = 0; i < 60 && policy.state() == PolicyState.SERVING; i++) {
      learn(Decision.audit(matches(0.001).get(0), 0.05), Verdict.DIFFERENT, i);
    }

    SyntheticStream after = before.then(1_000);
    after.run(1_200);

    assertThat(policy.state()).isEqualTo(PolicyState.SERVING);
    assertThat(after.hits).isGreaterThan(200);
    assertThat(after.wrong).isLessThanOrEqualTo(40);
  }

  @Test
  void auditsWithoutVerdictsStopTheServing() {
    new SyntheticStream(policy, 40, 0, 5).run(1_200);
    List<Match> near = alone(0.02);
    assertThat(policy.decide(query(1), near)).isNotInstanceOf(Decision.Miss.class);

    for (int i = 0; i < 20; i++) {
      learn(Decision.audit(near.get(0), 0.05), Verdict.UNKNOWN, i);
    }
    assertThat(policy.decide(query(1), near)).isEqualTo(Decision.miss(MissReason.LEARNING));

    learn(Decision.miss(MissReason.TOO_RISKY), Verdict.SAME, 21);
    assertThat(policy.decide(query(1), near)).isNotInstanceOf(Decision.Miss.class);
  }

  @Test
  void promptsOwnMaxDistanceIsHonoured() {
    new SyntheticStream(policy, 40, 0, 5).run(1_200);
    Prompt strict = Prompt.of("question 1 about topic1").maxDistance(0.01);

    assertThat(policy.decide(Query.of(strict, Normalizer.none(), Map.of()), alone(0.02)))
        .isEqualTo(Decision.miss(MissReason.TOO_FAR));
  }

  @Test
  void learnedStateCarriesOverToAnotherInstance() {
    new SyntheticStream(policy, 40, 0, 6).run(1_200);
    ErrorBudget next = HitPolicy.errorBudget(0.02).warmUp(200);

    next.merge(policy.learned());

    assertThat(next.state()).isEqualTo(PolicyState.SERVING);
    assertThat(next.learned()).isEqualTo(policy.learned());
  }

  @Test
  void mergingTwiceChangesNothing() {
    new SyntheticStream(policy, 40, 0, 6).run(1_000);
    byte[] learned = policy.learned();
    policy.merge(learned);

    assertThat(policy.learned()).isEqualTo(learned);
  }

  @Test
  void twoInstancesShareWhatBothHaveLearned() {
    ErrorBudget other = HitPolicy.errorBudget(0.02).warmUp(200);
    new SyntheticStream(policy, 40, 0, 7).run(150);
    new SyntheticStream(other, 40, 400, 8).run(150);
    assertThat(policy.state()).isEqualTo(PolicyState.LEARNING);

    policy.merge(other.learned());

    assertThat(policy.state()).isEqualTo(PolicyState.SERVING);
  }

  @Test
  void damagedStateIsRefusedAndChangesNothing() {
    new SyntheticStream(policy, 40, 0, 6).run(1_000);
    byte[] before = policy.learned();
    byte[] damaged = new byte[100];
    new Random(1).nextBytes(damaged);

    assertThatThrownBy(() -> policy.merge(damaged)).isInstanceOf(IllegalArgumentException.class);
    assertThat(policy.learned()).isEqualTo(before);
  }

  @Test
  void praiseOfRightHitsLoosensNothing() {
    SyntheticStream silent = reportedOn(0, 0);
    SyntheticStream praised = reportedOn(1, 0);

    assertThat(silent.hits).isPositive();
    assertThat(praised.hits).isEqualTo(silent.hits);
    assertThat(praised.wrong).isEqualTo(silent.wrong);
  }

  @Test
  void blameOfWrongHitsMakesNoMoreOfThem() {
    assertThat(reportedOn(0, 1).wrong).isLessThanOrEqualTo(reportedOn(0, 0).wrong);
  }

  /** Traffic with wrong hits that nothing tells apart from right ones, of which people speak. */
  private static SyntheticStream reportedOn(double praised, double blamed) {
    SyntheticStream traffic = new SyntheticStream(HitPolicy.errorBudget(0.02), 40, 0, 1);
    traffic.singular = 0.12;
    traffic.praised = praised;
    traffic.blamed = blamed;
    traffic.run(4_000);
    return traffic;
  }

  @Test
  void sameReportTwiceCountsOnceAndTheLastOneHolds() {
    new SyntheticStream(policy, 40, 0, 4).run(100);
    Decision served = Decision.hit(matches(0.001).get(0));
    learn(served, Verdict.SAME, 1);
    byte[] once = policy.learned();
    for (int i = 0; i < 500; i++) {
      policy.learn(report(Verdict.SAME, i));
    }

    assertThat(policy.learned()).isEqualTo(once);
    assertThat(policy.decide(query(1), matches(0.001))).isNotInstanceOf(Decision.Miss.class);

    policy.learn(report(Verdict.DIFFERENT, 501));
    assertThat(policy.learned()).hasSameSizeAs(once);
    assertThat(policy.decide(query(1), matches(0.001))).isInstanceOf(Decision.Miss.class);
  }

  @Test
  void reportsOfManyPromptsNeitherWarmUpNorTrip() {
    for (int i = 0; i < 500; i++) {
      learn(Decision.hit(matches(0.001).get(0)), Verdict.DIFFERENT, i);
    }
    assertThat(policy.state()).isEqualTo(PolicyState.COLD);

    new SyntheticStream(policy, 40, 0, 4).run(1_200);
    for (int i = 0; i < 500; i++) {
      learn(Decision.hit(matches(0.001).get(0)), Verdict.DIFFERENT, 1_000 + i);
    }
    assertThat(policy.state()).isEqualTo(PolicyState.SERVING);
  }

  @Test
  void laterReportOfAnotherInstanceHolds() {
    ErrorBudget other = HitPolicy.errorBudget(0.02).warmUp(200);
    policy.learn(report(Verdict.DIFFERENT, 1));
    other.learn(report(Verdict.SAME, 2));

    policy.merge(other.learned());
    other.merge(policy.learned());

    assertThat(other.learned()).isEqualTo(policy.learned());
    assertThat(policy.decide(query(1), matches(0.001))).isNotInstanceOf(Decision.Miss.class);
  }

  private static LabeledDecision report(Verdict verdict, int at) {
    List<Match> matches = matches(0.001);
    Match served = matches.get(0);
    Instant time = Instant.ofEpochMilli(200_000 + at);
    return new LabeledDecision(query(1), matches, served, Decision.hit(served), verdict, time);
  }

  @Test
  void freshPolicyHasTheOptionsAndHasLearnedNothing() {
    new SyntheticStream(policy, 40, 0, 7).run(1_000);

    ErrorBudget fresh = policy.fresh();
    assertThat(fresh.state()).isEqualTo(PolicyState.COLD);
    assertThat(policy.state()).isEqualTo(PolicyState.SERVING);

    SyntheticStream second = new SyntheticStream(fresh, 40, 0, 7);
    second.run(1_000);
    assertThat(fresh.learned()).isEqualTo(policy.learned());
  }

  @Test
  void optionsOutsideTheirBoundsAreRefused() {
    assertThatThrownBy(() -> HitPolicy.errorBudget(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("budget is 0.0; it must be above 0 and below 1");
    assertThatThrownBy(() -> policy.confidence(1)).hasMessageContaining("confidence is 1.0");
    assertThatThrownBy(() -> policy.auditShare(Double.NaN)).hasMessageContaining("auditShare");
    assertThatThrownBy(() -> policy.warmUp(19)).hasMessageContaining("warmUp is 19");
    assertThatThrownBy(() -> policy.window(19)).hasMessageContaining("window is 19");
  }

  @Test
  void optionsThatDoNotGoTogetherAreRefusedByTheCacheInAnyOrder() {
    policy.window(100).warmUp(50).begin();
    policy.warmUp(5_000).window(6_000).begin();

    assertThatThrownBy(() -> policy.window(199).begin())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("window is 199; it must be at least the warmUp, 200");
  }

  private void learn(Decision decision, Verdict verdict, int at) {
    List<Match> matches =
        decision instanceof Decision.Audit audit ? List.of(audit.match()) : matches(0.001);
    policy.learn(
        new LabeledDecision(
            query(at),
            matches,
            matches.get(0),
            decision,
            verdict,
            Instant.ofEpochMilli(100_000 + at)));
  }

  private static Query query(int number) {
    return Query.of(Prompt.of("question " + number + " about topic1"), Normalizer.none(), Map.of());
  }

  /** Ten entries of one answer group. */
  private static List<Match> alone(double distance) {
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
