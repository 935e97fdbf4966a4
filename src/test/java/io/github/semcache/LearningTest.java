package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.internal.learning.StateBlob;
import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.learning.ErrorBudget;
import io.github.semcache.learning.LearningPolicy.Learner;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.CacheEntry;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests of learning from verdicts and from users' reports. */
class LearningTest extends LearningFixture {

  @Test
  void learningPolicyRequiresAJudge() {
    assertThatThrownBy(() -> builder().hitPolicy(budget).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("judge is missing; a learning policy needs one");
  }

  @Test
  void policyServesHitsAfterEnoughMissesWereJudged() {
    cache.close();
    cache = learning(AnswerJudge.sameText()).judgeExecutor(Runnable::run).build();
    for (int i = 0; i < 60; i++) {
      ask(i % 3, i);
    }
    assertThat(budget.state()).isEqualTo(Learner.State.SERVING);

    // One or two of the hits may be audited.
    assertThat(IntStream.range(0, 10).filter(i -> ask(1, 100 + i).isHit())).isNotEmpty();
    assertThat(cache.stats().requests()).isEqualTo(70);
  }

  @Test
  void paraphraseJudgedTheSameJoinsTheAnswerGroup() {
    String first = ask(1, 0).entryId().orElseThrow();
    String second = ask(1, 1).entryId().orElseThrow();
    String other = ask(2, 0).entryId().orElseThrow();

    await().until(() -> entry(second).group().equals(first));
    awaitJudged(2);
    assertThat(entry(second).answer()).isEqualTo("1");
    assertThat(entry(first).group()).isEqualTo(first);
    assertThat(entry(other).group()).isEqualTo(other);
  }

  private CacheEntry entry(String key) {
    return store.find(key).orElseThrow();
  }

  @Test
  void learnedStateSurvivesARestart() {
    train();
    cache.close();

    CapturingPolicy next = CapturingPolicy.of(ErrorBudget.of(0.1).warmUp(20));
    cache = builder().hitPolicy(next).judge(AnswerJudge.sameText()).build();

    assertThat(next.state()).isEqualTo(Learner.State.SERVING);
    assertThat(cache.stats().policyErrors()).isZero();
  }

  private void train() {
    for (int i = 0; i < 60 && budget.state() != Learner.State.SERVING; i++) {
      ask(i % 3, i);
    }
    await().until(() -> budget.state() == Learner.State.SERVING);
  }

  @Test
  void damagedStateIsCountedAndIgnored() {
    train();
    cache.close();
    byte[] state = store.load("policy").orElseThrow();
    state[state.length / 2] ^= 1;
    store.save("policy", state);

    CapturingPolicy next = CapturingPolicy.of(ErrorBudget.of(0.1).warmUp(20));
    cache = builder().hitPolicy(next).judge(AnswerJudge.sameText()).build();

    assertThat(next.state()).isEqualTo(Learner.State.COLD);
    assertThat(cache.stats().policyErrors()).isEqualTo(1);
    assertThat(ask(1, 100).text()).isEqualTo("1");
  }

  @Test
  void stateOfAnotherModelIsRejected() {
    StateBlob theirs = new StateBlob(store, "policy", new EmbeddingSpace("other", 64));
    theirs.save(new byte[] {1, 2, 3});
    StateBlob ours = new StateBlob(store, "policy", EmbeddingSpace.of(embedder));

    assertThatThrownBy(ours::load)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("it belongs to EmbeddingSpace[modelId=other");
    assertThat(theirs.load()).contains(new byte[] {1, 2, 3});
  }

  @Test
  void reportedAnswerIsNeverServedToThatPromptAgain() {
    cache.close();
    cache = builder().maxDistance(0.1).noGuards().build();
    ask(1, 0);
    Answer wrong = ask(1, 1);
    assertThat(wrong.source()).isEqualTo(Answer.Source.SEMANTIC);

    cache.reportWrong(wrong);

    assertThat(cache.lookup(Prompt.of("1.1"))).isEmpty();
    assertThat(cache.explain(Prompt.of("1.1")).candidates()).isEmpty();
    assertThat(ask(1, 2).isHit()).isTrue();
    assertThat(ask(1, 1).source()).isEqualTo(Answer.Source.MODEL);
    assertThat(quality().reportedWrong()).isEqualTo(1);
  }

  @Test
  void reportSurvivesARestart() {
    cache.close();
    cache = builder().maxDistance(0.1).noGuards().build();
    ask(1, 0);
    cache.reportWrong(ask(1, 1));
    cache.close();

    cache = builder().maxDistance(0.1).noGuards().build();

    assertThat(cache.lookup(Prompt.of("1.1"))).isEmpty();
    embedder.place("1.2", 61);
    assertThat(cache.lookup(Prompt.of("1.2"))).isPresent();
  }

  @Test
  void entryOfTheReportedPromptIsRemoved() {
    Answer answer = ask(1, 0);

    cache.reportWrong(answer);
    assertThat(store.find(answer.entryId().orElseThrow())).isEmpty();

    ask(1, 0);
    Answer exact = ask(1, 0);
    assertThat(exact.source()).isEqualTo(Answer.Source.EXACT);
    cache.reportWrong(exact);
    assertThat(store.find(answer.entryId().orElseThrow())).isEmpty();
  }

  @Test
  void policyLearnsFromReports() {
    CapturingPolicy withFallback =
        CapturingPolicy.of(
            ErrorBudget.of(0.1).auditRate(0.001).fallback(HitPolicy.maxDistance(0.1).unguarded()));
    cache.close();
    cache = builder().hitPolicy(withFallback).judge(AnswerJudge.sameText()).build();
    ask(1, 0);
    Answer hit = ask(1, 1);
    assertThat(hit.source()).isEqualTo(Answer.Source.SEMANTIC);
    byte[] before = withFallback.snapshot();

    cache.reportRight(hit);

    assertThat(withFallback.snapshot()).isNotEqualTo(before);
    assertThat(quality().reportedRight()).isEqualTo(1);
  }

  @Test
  void lookupServesAHitThatAskWouldAudit() {
    ErrorBudget auditing =
        ErrorBudget.of(0.1).auditRate(0.999).fallback(HitPolicy.maxDistance(0.1).unguarded());
    cache.close();
    cache = builder().hitPolicy(auditing).judge(AnswerJudge.sameText()).build();
    ask(1, 0);
    Answer audited = ask(1, 1);

    embedder.place("1.2", 61);
    Optional<Answer> looked = cache.lookup(Prompt.of("1.2"));

    assertThat(audited.missReason()).contains(MissReason.AUDIT);
    assertThat(looked).isPresent();
    awaitJudged(1);
    assertThat(quality().right()).isEqualTo(1);
  }
}
