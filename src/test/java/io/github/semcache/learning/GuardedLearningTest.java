package io.github.semcache.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.guard.Guards;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GuardedLearningTest {
  private static final Query QUERY =
      Query.of(Prompt.of("When does the train to Berlin leave?"), Normalizer.none(), Map.of());
  private static final Match OTHER_CITY = match("When does the train to Prague leave?", 0.05);
  private static final Match SAME = match("When does the Berlin train leave?", 0.1);

  private final List<LabeledDecision> updates = new ArrayList<>();
  private final LearningPolicy guarded = new RecordingPolicy(updates).guardedBy(Guards.english());

  private static Match match(String prompt, double distance) {
    CacheEntry entry =
        new CacheEntry(prompt, QUERY.scope().hash(), prompt, "answer", Map.of(), Instant.EPOCH);
    return new Match(entry, distance);
  }

  private static LabeledDecision labeled(Match judged, Decision decision) {
    return new LabeledDecision(
        QUERY, List.of(judged), judged, decision, Verdict.SAME, Instant.EPOCH);
  }

  @Test
  void rejectedMatchIsAMissBeforeAndAfterLearning() {
    Decision rejected = Decision.miss(new MissReason("replaced-name"));

    assertThat(guarded.decide(QUERY, List.of(OTHER_CITY))).isEqualTo(rejected);
    assertThat(guarded.newLearner().policy().decide(QUERY, List.of(OTHER_CITY)))
        .isEqualTo(rejected);
    assertThat(guarded.newLearner().policy().decide(QUERY, List.of(SAME)))
        .isEqualTo(Decision.hit(SAME));
  }

  @Test
  void policyDoesNotLearnFromVerdictsOnRejectedMatches() {
    Learner learner = guarded.newLearner();
    Decision miss = Decision.miss(MissReason.TOO_FAR);

    learner.update(labeled(OTHER_CITY, miss));
    assertThat(updates).isEmpty();

    learner.update(labeled(SAME, miss));
    assertThat(updates).hasSize(1);
    assertThat(learner.snapshot()).containsExactly(7);
  }

  /** Hits on the nearest entry and records the updates of its learners. */
  private record RecordingPolicy(List<LabeledDecision> updates) implements LearningPolicy, Learner {
    @Override
    public Decision decide(Query query, List<Match> matches) {
      return Decision.hit(matches.get(0));
    }

    @Override
    public Learner newLearner() {
      return this;
    }

    @Override
    public HitPolicy policy() {
      return this;
    }

    @Override
    public Learner.State state() {
      return Learner.State.COLD;
    }

    @Override
    public void update(LabeledDecision decision) {
      updates.add(decision);
    }

    @Override
    public byte[] snapshot() {
      return new byte[] {7};
    }

    @Override
    public void merge(byte[] snapshot) {
      updates.clear();
    }
  }
}
