package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.chat.ChatReply.FinishReason;
import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.judge.AnswerJudge.Verdict;
import io.github.semcache.learning.LearningPolicy.Learner;
import io.github.semcache.testing.FaultyStore;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Tests when and on which thread the judge is called, and how its failures are handled. */
class JudgingTest extends LearningFixture {
  @Test
  void failureOfTheJudgeIsCountedAndTheAnswerReturned() {
    cache.close();
    cache =
        learning(
                comparison -> {
                  throw new IllegalStateException("injected failure");
                })
            .build();

    ask(1, 0);
    assertThat(ask(1, 1).text()).isEqualTo("1");

    await().until(() -> cache.stats().policyErrors() == 1);
    await().until(() -> quality().unknown() == 1);
    assertThat(budget.state()).isEqualTo(Learner.State.COLD);
  }

  @SuppressWarnings("NullAway") // a judge may break its contract
  @Test
  void nullVerdictIsCountedAsAFailureAndTheAnswerReturned() {
    cache.close();
    cache = learning(comparison -> null).build();

    ask(1, 0);
    ask(1, 1);

    await().until(() -> quality().unknown() == 1);
    assertThat(cache.stats().policyErrors()).isEqualTo(1);
  }

  @Test
  void unconfirmedDifferentVerdictIsUnknown() {
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
    assertThat(budget.state()).isEqualTo(Learner.State.COLD);
  }

  @Test
  void comparisonIsDroppedAndCountedIfTheQueueIsFull() {
    CountDownLatch release = new CountDownLatch(1);
    cache.close();
    cache = learning(waitingFor(release)).judgeQueue(2).build();

    for (int i = 0; i < 9; i++) {
      ask(1, i);
    }

    // One of eight comparisons is running and two are waiting.
    assertThat(quality().dropped()).isBetween(5L, 6L);
    release.countDown();
    awaitJudged(8);
    assertThat(chat.calls()).isEqualTo(9);
  }

  @Test
  void judgeRunsOnTheConfiguredExecutor() {
    cache.close();
    cache = learning(AnswerJudge.sameText()).judgeExecutor(Runnable::run).build();

    ask(1, 0);
    ask(1, 1);

    assertThat(quality().judged()).isEqualTo(1);
  }

  @Test
  void comparisonRejectedByTheExecutorIsDropped() {
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
  void judgeExecutorCannotBeCombinedWithAQueueLimit() {
    SemanticCacheBuilder both = learning(AnswerJudge.sameText()).judgeExecutor(Runnable::run);

    assertThatThrownBy(() -> both.judgeQueue(5).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("judgeExecutor is set together with judgeQueue or judgeTimeLimit");
  }

  @Test
  void judgeIsInterruptedAfterItsTimeLimit() {
    cache.close();
    cache =
        learning(waitingFor(new CountDownLatch(1))).judgeTimeLimit(Duration.ofMillis(20)).build();

    ask(1, 0);
    ask(1, 1);

    await().until(() -> quality().unknown() == 1);
    assertThat(cache.stats().policyErrors()).isEqualTo(1);
  }

  @Test
  void timeLimitOfTheJudgeDoesNotInterruptTheStore() {
    FaultyStore guarded = new FaultyStore(store);
    AtomicInteger updates = new AtomicInteger();
    AtomicInteger interrupted = new AtomicInteger();
    guarded.beforeUpdate(
        () -> {
          updates.incrementAndGet();
          interrupted.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0);
        });
    cache.close();
    cache =
        learning(ignoringTheInterrupt())
            .store(guarded)
            .judgeTimeLimit(Duration.ofMillis(20))
            .build();

    ask(1, 0);
    ask(1, 1);

    await().until(() -> updates.get() == 1);
    assertThat(interrupted).hasValue(0);
  }

  /** Returns a judge that is interrupted, but returns a verdict and leaves the flag set. */
  private static AnswerJudge ignoringTheInterrupt() {
    return comparison -> {
      while (!Thread.currentThread().isInterrupted()) {
        Thread.onSpinWait();
      }
      return Verdict.SAME;
    };
  }

  @Test
  void threadsOfTheJudgeEndOnClose() {
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
  void answersThatAreNotAdmittedAreNotJudged() {
    ask(1, 0);
    chat.replying(prompt -> ChatReply.of("truncat").finishReason(FinishReason.LENGTH));
    ask(1, 1);
    cache.close();

    assertThat(quality().judged()).isZero();
  }
}
