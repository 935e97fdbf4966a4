package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.Verdict;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeClock;
import io.github.semcache.testkit.FakeEmbedder;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An entry that joins an answer group is written again, but lives no longer for that. */
@Timeout(60)
class AnswerGroupTest {
  private static final Set<Thread.State> AT_REST =
      EnumSet.of(Thread.State.WAITING, Thread.State.TERMINATED);

  private final FakeEmbedder embedder =
      new FakeEmbedder().place("first", 0).place("second", 1).place("third", 90);
  private final FakeClock time = new FakeClock();
  private final CountDownLatch judgeAnswers = new CountDownLatch(1);
  private FaultyStore store = storeWithClock(time);
  private SemanticCache cache = cache();

  private FaultyStore storeWithClock(FakeClock clock) {
    return new FaultyStore(
        InMemoryVectorStore.builder(EmbeddingSpace.of(embedder)).timeSource(clock).build());
  }

  private SemanticCache cache() {
    return SemanticCache.builder()
        .embedder(embedder)
        .chatClient(new FakeChatClient().replying(prompt -> ChatReply.of("answer")))
        .store(store)
        .timeSource(time)
        .timeToLive(Duration.ofSeconds(60))
        .hitPolicy(HitPolicy.errorBudget(0.1).conservative(HitPolicy.never()))
        .judge(comparison -> judge())
        .build();
  }

  private Verdict judge() {
    try {
      judgeAnswers.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return Verdict.SAME;
  }

  @AfterEach
  void closeCache() {
    cache.close();
  }

  private String ask(String prompt) {
    return cache.ask(prompt).entryId().orElseThrow();
  }

  private Optional<CacheEntry> find(String key) {
    return store.find(key);
  }

  @Test
  void joiningDoesNotRenewTheTimeToLive() {
    String first = ask("first");
    String second = ask("second");
    time.advance(Duration.ofSeconds(50));
    judgeAnswers.countDown();
    await().until(() -> find(second).orElseThrow().group().equals(first));

    time.advance(Duration.ofSeconds(9));
    assertThat(find(second)).isPresent();
    time.advance(Duration.ofSeconds(1));
    assertThat(find(second)).isEmpty();
  }

  @Test
  void entryWhoseTimeIsOverDoesNotJoin() {
    cache.close();
    store = storeWithClock(new FakeClock());
    cache = cache();
    ask("first");
    String second = ask("second");
    time.advance(Duration.ofSeconds(60));
    ask("third");
    judgeAnswers.countDown();

    await().until(() -> cache.stats().quality().judged() == 2);
    assertThat(find(second).orElseThrow().group()).isEqualTo(second);
  }

  @Test
  void entryThatIsInvalidatedAsItJoinsIsGone() throws Exception {
    ask("first");
    String second = ask("second");
    CompletableFuture<Thread> removal = new CompletableFuture<>();
    store.onFind(
        found -> {
          if (Thread.currentThread().getName().equals("semcache-judge") && !removal.isDone()) {
            removal.complete(startAndAwait(() -> cache.invalidate(Prompt.of("second"))));
          }
          return found;
        });

    judgeAnswers.countDown();
    removal.join().join();
    ask("third");
    await().until(() -> cache.stats().quality().judged() == 2);

    assertThat(find(second)).isEmpty();
  }

  @Test
  void answerThatIsReplacedAsItsEntryJoinsIsNotBroughtBack() throws Exception {
    ask("first");
    String second = ask("second");
    CompletableFuture<Thread> correction = new CompletableFuture<>();
    store.onFind(
        found -> {
          if (Thread.currentThread().getName().equals("semcache-judge") && !correction.isDone()) {
            correction.complete(
                startAndAwait(() -> cache.put(Prompt.of("second"), "corrected by a person")));
          }
          return found;
        });

    judgeAnswers.countDown();
    correction.join().join();
    ask("third");
    await().until(() -> cache.stats().quality().judged() == 2);

    assertThat(find(second).orElseThrow().answer()).isEqualTo("corrected by a person");
  }

  /** A task that has ended, or waits. */
  private static Thread startAndAwait(Runnable task) {
    Thread thread = new Thread(task);
    thread.start();
    await().until(() -> AT_REST.contains(thread.getState()));
    return thread;
  }
}
