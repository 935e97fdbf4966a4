package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.learning.LearningPolicy.Learner;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Labels;
import io.github.semcache.prompt.Prompt;
import org.junit.jupiter.api.Test;

/** Tests of {@link SemanticCacheBuilder#shadowMode}. */
class ShadowModeTest extends LearningFixture {
  @Test
  void modelAnswersEveryRequestAndHitsAreCountedAsShadowHits() {
    cache.close();
    cache =
        builder().maxDistance(0.1).noGuards().judge(AnswerJudge.sameText()).shadowMode().build();
    ask(1, 0);

    Answer near = ask(1, 1);
    Answer exact = ask(1, 0);
    awaitJudged(1);

    assertThat(near.source()).isEqualTo(Answer.Source.MODEL);
    assertThat(near.missReason()).contains(MissReason.SHADOW);
    assertThat(near.entryId()).isEmpty();
    assertThat(exact.source()).isEqualTo(Answer.Source.MODEL);
    assertThat(chat.calls()).isEqualTo(3);
    assertThat(cache.stats().hits()).isZero();
    assertThat(cache.stats().requests()).isEqualTo(3);
    assertThat(quality().shadowHits()).isEqualTo(2);
    assertThat(cache.stats().shadowHitRate()).isEqualTo(2.0 / 3);
    assertThat(quality().shadowTokensSaved()).isEqualTo(30);
    assertThat(quality().right()).isEqualTo(1);
  }

  @Test
  void wrongShadowHitIsCounted() {
    cache.close();
    cache =
        builder().maxDistance(0.1).noGuards().judge(AnswerJudge.sameText()).shadowMode().build();
    ask(1, 0);
    embedder.place("2.0", 61);

    cache.ask("2.0");
    awaitJudged(1);

    assertThat(quality().wrong()).isEqualTo(1);
    assertThat(quality().precision()).isZero();
    assertThat(quality().precisionUpperBound()).isBetween(0.5, 0.9);
  }

  @Test
  void policyLearnsInShadowMode() {
    cache.close();
    cache = learning(AnswerJudge.sameText()).shadowMode().build();

    for (int i = 0; i < 120; i++) {
      assertThat(ask(i % 3, i).source()).isEqualTo(Answer.Source.MODEL);
    }

    await().until(() -> budget.state() == Learner.State.SERVING);
    ask(1, 200);
    await().until(() -> quality().right() > 0 || quality().shadowHits() == 0);
  }

  @Test
  void hitOfAPromptWhoseAnswerIsNotStoredIsJudged() {
    cache.close();
    cache =
        builder().maxDistance(0.1).noGuards().judge(AnswerJudge.sameText()).shadowMode().build();
    embedder.place("1.0", 0).place("1.1", 1);
    cache.ask(Prompt.of("1.0").label("kind", "a"));

    Answer answer = cache.ask(Prompt.of("1.1").where(Labels.Filter.exists("kind")));
    awaitJudged(1);

    assertThat(answer.entryId()).isEmpty();
    assertThat(quality().right()).isEqualTo(1);
    assertThat(cache.size()).isEqualTo(1);
  }
}
