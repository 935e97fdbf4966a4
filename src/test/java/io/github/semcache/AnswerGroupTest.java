package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.judge.AnswerJudge.Verdict;
import io.github.semcache.learning.ErrorBudget;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeClock;
import io.github.semcache.testkit.FakeEmbedder;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Tests that an entry joins an answer group without a new time to live, and only if it still
 * exists.
 */
@Timeout(60)
class AnswerGroupTest {
  private final FakeEmbedder embedder =
      new FakeEmbedder().place("first", 0).place("second", 1).place("third", 90);
  private final FakeClock time = new FakeClock();
  private final CountDownLatch judgeAnswers = new CountDownLatch(1);
  private final FaultyStore store =
      new FaultyStore(
          InMemoryVectorStore.builder(EmbeddingSpace.of(embedder)).timeSource(time).build());
  private final SemanticCache cache = newCache();

  private SemanticCache newCache() {
    return SemanticCache.builder()
        .embedder(embedder)
        .chatClient(new FakeChatClient().replying(prompt -> ChatReply.of("answer")))
        .store(store)
        .timeSource(time)
        .timeToLive(Duration.ofSeconds(60))
        .hitPolicy(ErrorBudget.of(0.1).fallback(HitPolicy.never()))
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
  void joiningAGroupDoesNotExtendTheTimeToLive() {
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
  void expiredEntryDoesNotJoinAGroup() {
    ask("first");
    String second = ask("second");
    time.advance(Duration.ofSeconds(60));
    judgeAnswers.countDown();

    await().until(() -> cache.stats().quality().judged() == 1);
    assertThat(find(second)).isEmpty();
    assertThat(cache.stats().policyErrors()).isZero();
  }

  @Test
  void entryInvalidatedBeforeJoiningIsNotRestored() {
    ask("first");
    String second = ask("second");
    store.beforeUpdate(() -> cache.invalidate(Prompt.of("second")));

    judgeAnswers.countDown();
    ask("third");
    await().until(() -> cache.stats().quality().judged() == 2);

    assertThat(find(second)).isEmpty();
  }

  @Test
  void answerReplacedBeforeItsEntryJoinsIsNotOverwritten() {
    ask("first");
    String second = ask("second");
    store.beforeUpdate(() -> cache.put(Prompt.of("second"), "corrected by a user"));

    judgeAnswers.countDown();
    ask("third");
    await().until(() -> cache.stats().quality().judged() == 2);

    assertThat(find(second).orElseThrow().answer()).isEqualTo("corrected by a user");
    assertThat(find(second).orElseThrow().group()).isEqualTo(second);
  }
}
