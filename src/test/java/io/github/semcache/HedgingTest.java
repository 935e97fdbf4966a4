package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the option {@link SemanticCacheBuilder#hedging}. */
@Timeout(60)
class HedgingTest {
  private static final String PROMPT = "What is the capital of France?";
  private static final String NEAR = "Which city serves as France's capital?";

  private final FakeChatClient chat = new FakeChatClient();
  private final FakeEmbedder embedder = new FakeEmbedder().place(PROMPT, 0).place(NEAR, 10);
  private final CountDownLatch lookupEnds = new CountDownLatch(1);
  private final CountDownLatch modelAnswers = new CountDownLatch(1);
  private final SemanticCache cache =
      SemanticCache.builder()
          .embedder(embedder)
          .chatClient(chat)
          .deadline(Duration.ofMinutes(5))
          .storeTimeout(Duration.ofMinutes(5))
          .hedging()
          .build();

  @BeforeEach
  void warmUp() {
    for (int i = 0; i < 20; i++) {
      cache.ask("warm up " + i);
    }
    cache.put(Prompt.of(PROMPT), "cached");
  }

  @AfterEach
  void release() {
    lookupEnds.countDown();
    modelAnswers.countDown();
    cache.close();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void answerOfTheModelIsReturnedIfItArrivesBeforeTheLookup() {
    embedder.beforeEmbedding(() -> await(lookupEnds));
    chat.replying(prompt -> ChatReply.of("fresh"));

    Answer answer = cache.ask(NEAR);

    assertThat(answer.text()).isEqualTo("fresh");
    assertThat(answer.missReason()).contains(MissReason.HEDGED);
    assertThat(cache.stats().missesByReason()).containsEntry(MissReason.HEDGED, 1L);
    assertThat(cache.stats().requests()).isEqualTo(21);
  }

  @Test
  void hitIsReturnedIfTheLookupEndsBeforeTheModel() {
    embedder.beforeEmbedding(() -> await(lookupEnds));
    chat.replying(
        prompt -> {
          lookupEnds.countDown();
          await(modelAnswers);
          return ChatReply.of("late");
        });

    Answer answer = cache.ask(NEAR);

    assertThat(answer.text()).isEqualTo("cached");
    assertThat(answer.source()).isEqualTo(Answer.Source.SEMANTIC);
    assertThat(cache.stats().semanticHits()).isEqualTo(1);
    assertThat(cache.stats().requests()).isEqualTo(21);
    modelAnswers.countDown();
    Awaitility.await().until(() -> cache.ask(NEAR).text().equals("late"));
  }

  @Test
  void hitIsReturnedIfTheModelFails() {
    embedder.beforeEmbedding(() -> await(lookupEnds));
    chat.replying(
        prompt -> {
          lookupEnds.countDown();
          throw new IllegalStateException("down");
        });

    assertThat(cache.ask(NEAR).text()).isEqualTo("cached");
  }

  @Test
  void exceptionOfTheModelIsThrownIfTheLookupMisses() {
    embedder.beforeEmbedding(() -> await(lookupEnds));
    RuntimeException failure = new IllegalStateException("down");
    chat.replying(
        prompt -> {
          lookupEnds.countDown();
          throw failure;
        });

    assertThatThrownBy(() -> cache.ask("something else")).isSameAs(failure);
    assertThat(cache.stats().requests()).isEqualTo(21);
  }
}
