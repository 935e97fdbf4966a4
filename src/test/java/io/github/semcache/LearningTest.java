package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.FinishReason;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.MissReason;
import io.github.semcache.policy.Verdict;
import io.github.semcache.policy.budget.BudgetState;
import io.github.semcache.policy.budget.ErrorBudget;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.HitQuality;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testing.FakeChatClient;
import io.github.semcache.testing.FakeEmbedder;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Judging, shadow mode and people's feedback, through the facade. */
class LearningTest {
  private final FakeEmbedder embedder = new FakeEmbedder();
  private final FakeChatClient chat =
      new FakeChatClient()
          .replying(prompt -> ChatReply.of(topic(prompt.text())).usage(FakeChatClient.USAGE));
  private final InMemoryVectorStore store = InMemoryVectorStore.of(embedder);
  private final ErrorBudget budget = HitPolicy.errorBudget(0.1).warmUp(20);
  private SemanticCache cache = learning(AnswerJudge.sameText()).build();

  private SemanticCacheBuilder builder() {
    return SemanticCache.builder().embedder(embedder).chatClient(chat).store(store);
  }

  private SemanticCacheBuilder learning(AnswerJudge judge) {
    return builder().hitPolicy(budget).judge(judge);
  }

  @AfterEach
  void closeCache() {
    cache.close();
  }

  /** Prompts are called "topic.number"; those of a topic lie close together. */
  private static String topic(String prompt) {
    return prompt.substring(0, prompt.indexOf('.'));
  }

  private Answer ask(int topic, int number) {
    String text = topic + "." + number;
    embedder.place(text, topic * 60 + number * 0.1);
    return cache.ask(text);
  }

  private HitQuality quality() {
    return cache.stats().quality();
  }

  private void awaitJudged(long count) {
    await().until(() -> quality().judged() + quality().dropped() >= count);
  }

  @Test
  void policyThatLearnsNeedsAJudge() {
    assertThatThrownBy(() -> builder().hitPolicy(budget).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("judge is missing; a policy that learns needs one");
  }

  @Test
  void missesAreJudgedUntilThePolicyServes() {
    cache.close();
    cache = learning(AnswerJudge.sameText()).judgeExecutor(Runnable::run).build();
    for (int i = 0; i < 60; i++) {
      ask(i % 3, i);
    }
    assertThat(budget.state()).isEqualTo(BudgetState.SERVING);

    // One or two of them may be audited.
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
  void judgeThatThrowsIsCountedAndHarmsNothing() {
    cache.close();
    cache =
        learning(
                comparison -> {
                  throw new IllegalStateException("no judgement today");
                })
            .build();

    ask(1, 0);
    assertThat(ask(1, 1).text()).isEqualTo("1");

    await().until(() -> cache.stats().policyErrors() == 1);
    await().until(() -> quality().unknown() == 1);
    assertThat(budget.state()).isEqualTo(BudgetState.COLD);
  }

  @SuppressWarnings("NullAway") // a judge may break its contract
  @Test
  void judgeThatAnswersNullIsCountedAndHarmsNothing() {
    cache.close();
    cache = learning(comparison -> null).build();

    ask(1, 0);
    ask(1, 1);

    await().until(() -> quality().unknown() == 1);
    assertThat(cache.stats().policyErrors()).isEqualTo(1);
  }

  @Test
  void differentIsBelievedOnlyIfConfirmed() {
    cache.close();
    boolean[] asked = new boolean[1];
    cache =
        learning(
                comparison -> {
                  asked[0] = !asked[0];
                  return asked[0] ? Verdict.DIFFERENT : Verdict.SAME;
                })
            .build();

    ask(1, 0);
    ask(1, 1);

    await().until(() -> quality().unknown() == 1);
    assertThat(budget.state()).isEqualTo(BudgetState.COLD);
  }

  @Test
  void fullQueueDropsAndCountsWithoutBlocking() {
    CountDownLatch release = new CountDownLatch(1);
    cache.close();
    cache = learning(waitingFor(release)).judgeQueue(2).build();

    for (int i = 0; i < 9; i++) {
      ask(1, i);
    }

    // Of eight comparisons one is under way and two wait.
    assertThat(quality().dropped()).isBetween(5L, 6L);
    release.countDown();
    awaitJudged(8);
    assertThat(chat.calls()).isEqualTo(9);
  }

  @Test
  void givenExecutorRunsTheJudge() {
    cache.close();
    cache = learning(AnswerJudge.sameText()).judgeExecutor(Runnable::run).build();

    ask(1, 0);
    ask(1, 1);

    assertThat(quality().judged()).isEqualTo(1);
  }

  @Test
  void whatAGivenExecutorRejectsIsDropped() {
    cache.close();
    cache =
        learning(AnswerJudge.sameText())
            .judgeExecutor(
                task -> {
                  throw new RejectedExecutionException("full");
                })
            .build();

    ask(1, 0);

    assertThat(ask(1, 1).text()).isEqualTo("1");
    assertThat(quality().dropped()).isEqualTo(1);
  }

  @Test
  void givenExecutorExcludesTheLimitsOfTheOwnThread() {
    SemanticCacheBuilder both = learning(AnswerJudge.sameText()).judgeExecutor(Runnable::run);

    assertThatThrownBy(() -> both.judgeQueue(5).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("judgeExecutor was given with judgeQueue or judgeTimeLimit");
  }

  @Test
  void judgeThatHangsIsInterrupted() {
    cache.close();
    cache =
        learning(waitingFor(new CountDownLatch(1))).judgeTimeLimit(Duration.ofMillis(20)).build();

    ask(1, 0);
    ask(1, 1);

    await().until(() -> quality().unknown() == 1);
    assertThat(cache.stats().policyErrors()).isEqualTo(1);
  }

  @Test
  void closingLeavesNoThreadBehind() {
    cache.close();
    CountDownLatch asked = new CountDownLatch(1);
    AnswerJudge hanging = waitingFor(new CountDownLatch(1));
    cache =
        learning(
                comparison -> {
                  asked.countDown();
                  return hanging.judge(comparison);
                })
            .build();
    ask(1, 0);
    ask(1, 1);
    await().until(() -> asked.getCount() == 0);

    cache.close();

    await()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith("semcache-judge")));
  }

  private static AnswerJudge waitingFor(CountDownLatch latch) {
    return comparison -> {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted", e);
      }
      return Verdict.SAME;
    };
  }

  @Test
  void refusedAndTruncatedAnswersAreNotJudged() {
    ask(1, 0);
    chat.replying(prompt -> ChatReply.of("cut o").finishReason(FinishReason.LENGTH));
    ask(1, 1);
    cache.close();

    assertThat(quality().judged()).isZero();
  }

  @Test
  void learnedStateSurvivesARestart() {
    teach();
    cache.close();

    ErrorBudget next = HitPolicy.errorBudget(0.1).warmUp(20);
    cache = builder().hitPolicy(next).judge(AnswerJudge.sameText()).build();

    assertThat(next.state()).isEqualTo(BudgetState.SERVING);
    assertThat(cache.stats().policyErrors()).isZero();
  }

  private void teach() {
    for (int i = 0; i < 60 && budget.state() != BudgetState.SERVING; i++) {
      ask(i % 3, i);
    }
    await().until(() -> budget.state() == BudgetState.SERVING);
  }

  @Test
  void damagedStateIsPassedOver() {
    teach();
    cache.close();
    byte[] state = store.load("policy").orElseThrow();
    state[state.length / 2] ^= 1;
    store.save("policy", state);

    ErrorBudget next = HitPolicy.errorBudget(0.1).warmUp(20);
    cache = builder().hitPolicy(next).judge(AnswerJudge.sameText()).build();

    assertThat(next.state()).isEqualTo(BudgetState.COLD);
    assertThat(cache.stats().policyErrors()).isEqualTo(1);
    assertThat(ask(1, 100).text()).isEqualTo("1");
  }

  @Test
  void stateOfAnotherModelIsRefused() {
    LearnedState theirs = new LearnedState(store, "policy", new EmbeddingSpace("other", 64));
    theirs.save(new byte[] {1, 2, 3});
    LearnedState ours = new LearnedState(store, "policy", EmbeddingSpace.of(embedder));

    assertThatThrownBy(ours::load)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("learned with EmbeddingSpace[modelId=other");
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
  void wrongAnswerToThePromptItselfIsRemoved() {
    Answer made = ask(1, 0);

    cache.reportWrong(made);
    assertThat(store.find(made.entryId().orElseThrow())).isEmpty();

    ask(1, 0);
    Answer exact = ask(1, 0);
    assertThat(exact.source()).isEqualTo(Answer.Source.EXACT);
    cache.reportWrong(exact);
    assertThat(store.find(made.entryId().orElseThrow())).isEmpty();
  }

  @Test
  void reportsTeachThePolicy() {
    ErrorBudget cautious =
        HitPolicy.errorBudget(0.1)
            .auditShare(0.001)
            .conservative(HitPolicy.maxDistance(0.1).unguarded());
    cache.close();
    cache = builder().hitPolicy(cautious).judge(AnswerJudge.sameText()).build();
    ask(1, 0);
    Answer hit = ask(1, 1);
    assertThat(hit.source()).isEqualTo(Answer.Source.SEMANTIC);
    byte[] before = cautious.learned();

    cache.reportRight(hit);

    assertThat(cautious.learned()).isNotEqualTo(before);
    assertThat(quality().reportedRight()).isEqualTo(1);
  }

  @Test
  void shadowModeDecidesButTheModelAnswers() {
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
    assertThat(quality().shadowTokensSaved()).isEqualTo(30);
    assertThat(quality().right()).isEqualTo(1);
  }

  @Test
  void shadowModeCountsWrongHits() {
    cache.close();
    cache =
        builder().maxDistance(0.1).noGuards().judge(AnswerJudge.sameText()).shadowMode().build();
    ask(1, 0);
    embedder.place("2.0", 61);

    cache.ask("2.0");
    awaitJudged(1);

    assertThat(quality().wrong()).isEqualTo(1);
    assertThat(quality().precision()).isZero();
    assertThat(quality().precisionAtMost()).isBetween(0.5, 0.9);
  }

  @Test
  void policyLearnsInShadowMode() {
    cache.close();
    cache = learning(AnswerJudge.sameText()).shadowMode().build();

    for (int i = 0; i < 120; i++) {
      assertThat(ask(i % 3, i).source()).isEqualTo(Answer.Source.MODEL);
    }

    await().until(() -> budget.state() == BudgetState.SERVING);
    ask(1, 200);
    await().until(() -> quality().right() > 0 || quality().shadowHits() == 0);
  }

  @Test
  void lookupServesWhatWouldBeAudited() {
    ErrorBudget auditor =
        HitPolicy.errorBudget(0.1)
            .auditShare(0.999)
            .conservative(HitPolicy.maxDistance(0.1).unguarded());
    cache.close();
    cache = builder().hitPolicy(auditor).judge(AnswerJudge.sameText()).build();
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
