package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.semcache.adapter.CallDriver;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testing.FaultyStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The refresh of answers whose soft time to live has expired. */
@Timeout(60)
class StaleWhileRevalidateTest extends CacheFixture {
  private static final Duration SOFT = Duration.ofHours(1);
  private static final Prompt PROMPT = Prompt.of(PARIS);

  /** The refreshes that were scheduled and not run. */
  private final Deque<Runnable> background = new ArrayDeque<>();

  private final InMemoryVectorStore store =
      InMemoryVectorStore.builder(embedder).timeSource(time).build();
  private final SemanticCache refreshing = refreshing();

  private SemanticCache refreshing() {
    return builder()
        .store(store)
        .maxDistance(distance(30))
        .executor(background::add)
        .staleWhileRevalidate(SOFT)
        .build();
  }

  private void runBackground() {
    while (!background.isEmpty()) {
      background.remove().run();
    }
  }

  private CacheStats.Freshness freshness() {
    return refreshing.stats().freshness();
  }

  @Test
  void freshAnswerIsNotRefreshed() {
    refreshing.ask(PROMPT);
    time.advance(SOFT.multipliedBy(89).dividedBy(100));

    Answer answer = refreshing.ask(PROMPT);

    assertThat(answer.isStale()).isFalse();
    assertThat(background).isEmpty();
    assertThat(freshness()).isEqualTo(new CacheStats.Freshness(0, 0, 0, 0));
  }

  @Test
  void staleAnswerIsServedAndRefreshedInTheBackground() {
    refreshing.ask(PROMPT);
    time.advance(SOFT);

    Answer stale = refreshing.ask(PROMPT);
    assertThat(stale.text()).isEqualTo("answer 1");
    assertThat(stale.isStale()).isTrue();
    assertThat(stale.source()).isEqualTo(Answer.Source.EXACT);
    assertThat(chat.calls()).isEqualTo(1);
    runBackground();

    Answer fresh = refreshing.ask(PROMPT);
    assertThat(fresh.text()).isEqualTo("answer 2");
    assertThat(fresh.isStale()).isFalse();
    assertThat(freshness()).isEqualTo(new CacheStats.Freshness(1, 1, 0, 0));
    assertThat(refreshing.stats().requests()).isEqualTo(3);
    assertThat(refreshing.stats().misses()).isEqualTo(1);
    assertThat(refreshing.stats().modelCalls()).isEqualTo(2);
    assertThat(events)
        .filteredOn(CacheEvent.StaleHit.class::isInstance)
        .containsExactly(new CacheEvent.StaleHit(SOFT));
  }

  @Test
  void answersStoredTogetherAreRefreshedEarlyAtDifferentTimes() {
    List<String> prompts = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String prompt = "prompt " + i;
      embedder.place(prompt, 0);
      prompts.add(prompt);
      refreshing.put(Prompt.of(prompt), "old");
    }
    time.advance(SOFT.multipliedBy(95).dividedBy(100));

    for (String prompt : prompts) {
      assertThat(refreshing.ask(prompt).isStale()).isFalse();
      runBackground();
    }

    assertThat(freshness().refreshes()).isBetween(60L, 140L);
    time.advance(SOFT.multipliedBy(5).dividedBy(100));
    long stale = prompts.stream().filter(prompt -> refreshing.ask(prompt).isStale()).count();
    assertThat(stale).isEqualTo(200 - freshness().refreshes());
  }

  @Test
  void concurrentRequestsRefreshOnce() {
    refreshing.ask(PROMPT);
    time.advance(SOFT);
    for (int i = 0; i < 10; i++) {
      assertThat(refreshing.ask(PROMPT).isStale()).isTrue();
    }

    assertThat(background).hasSize(1);
    runBackground();

    assertThat(chat.calls()).isEqualTo(2);
  }

  @Test
  void oneOfTwoInstancesRefreshes() {
    SemanticCache other = refreshing();
    refreshing.ask(PROMPT);
    time.advance(SOFT);
    List<Boolean> nested = new ArrayList<>();
    chat.replying(
        prompt -> {
          // While one instance calls the model, the other one is asked and may not refresh.
          nested.add(other.ask(PROMPT).isStale());
          background.remove().run();
          return ChatReply.of("new");
        });

    refreshing.ask(PROMPT);
    runBackground();

    assertThat(nested).containsExactly(true);
    assertThat(chat.calls()).isEqualTo(2);
    assertThat(other.ask(PROMPT).text()).isEqualTo("new");
    assertThat(other.stats().freshness().refreshes()).isZero();
    other.close();
  }

  @Test
  void semanticHitRefreshesTheEntryWithItsOwnPrompt() {
    refreshing.ask(PROMPT);
    time.advance(SOFT);

    Answer stale = refreshing.ask(PARIS_PARAPHRASE);
    assertThat(stale.source()).isEqualTo(Answer.Source.SEMANTIC);
    assertThat(stale.isStale()).isTrue();
    runBackground();

    assertThat(chat.asked()).extracting(Prompt::text).containsExactly(PARIS, PARIS);
    assertThat(refreshing.ask(PARIS_PARAPHRASE).text()).isEqualTo("answer 2");
    assertThat(refreshing.ask(PARIS).source()).isEqualTo(Answer.Source.EXACT);
  }

  @Test
  void failedRefreshIsNotRepeatedAtOnce() {
    refreshing.ask(PROMPT);
    time.advance(SOFT);
    chat.failingWith(new IllegalStateException("model down"));

    for (int i = 0; i < 5; i++) {
      assertThat(refreshing.ask(PROMPT).text()).isEqualTo("answer 1");
      runBackground();
    }

    assertThat(chat.calls()).isEqualTo(2);
    assertThat(refreshing.stats().modelErrors()).isEqualTo(1);
  }

  @Test
  void answerThatIsChangedDuringItsRefreshIsNotReplaced() {
    String id = refreshing.ask(PROMPT).entryId().orElseThrow();
    time.advance(SOFT);
    refreshing.ask(PROMPT);
    chat.replying(
        prompt -> {
          assertThat(refreshing.replaceAnswer(id, ChatReply.of("corrected"))).isTrue();
          return ChatReply.of("of the model");
        });
    runBackground();

    assertThat(refreshing.ask(PROMPT).text()).isEqualTo("corrected");
    assertThat(freshness().superseded()).isEqualTo(1);
  }

  @Test
  void answerThatIsPutDuringItsRefreshIsNotReplacedInAStoreWithoutLeases() {
    SemanticCache plain =
        builder()
            .store(new FaultyStore(store))
            .executor(background::add)
            .staleWhileRevalidate(SOFT)
            .build();
    plain.ask(PROMPT);
    time.advance(SOFT);
    plain.ask(PROMPT);
    chat.replying(
        prompt -> {
          plain.put(PROMPT.curated(), "by hand");
          return ChatReply.of("of the model");
        });
    runBackground();

    assertThat(plain.ask(PROMPT).text()).isEqualTo("by hand");
    plain.close();
  }

  @Test
  void hardTimeToLiveRemovesTheAnswer() {
    refreshing.ask(PROMPT);
    time.advance(Duration.ofHours(24));

    assertThat(refreshing.ask(PROMPT).source()).isEqualTo(Answer.Source.MODEL);
  }

  @Test
  void answerThatMayNotBeCachedIsNotRefreshed() {
    Prompt volatilePrompt = Prompt.of("What is the weather in Rome?");
    refreshing.put(volatilePrompt, "by hand");
    time.advance(SOFT);

    assertThat(refreshing.ask(volatilePrompt).isStale()).isTrue();
    runBackground();

    assertThat(chat.calls()).isZero();
  }

  @Test
  void streamingCallRefreshesWithoutItsConsumer() {
    refreshing.ask(PROMPT);
    time.advance(SOFT);
    List<String> texts = new ArrayList<>();

    refreshing.ask(PROMPT, texts::add);
    runBackground();

    assertThat(texts).containsExactly("answer 1");
    assertThat(refreshing.ask(PROMPT).text()).isEqualTo("answer 2");
  }

  @Test
  void lookupServesAStaleAnswerAndRefreshesNothing() {
    refreshing.ask(PROMPT);
    time.advance(SOFT);

    assertThat(refreshing.lookup(PROMPT).orElseThrow().isStale()).isTrue();

    assertThat(background).isEmpty();
  }

  @Test
  void numberOfConcurrentRefreshesIsBounded() {
    for (int i = 0; i < 20; i++) {
      refreshing.put(Prompt.of("prompt " + i), "old");
    }
    time.advance(SOFT);

    for (int i = 0; i < 20; i++) {
      refreshing.ask("prompt " + i);
    }

    assertThat(background).hasSize(16);
    assertThat(freshness().refreshesDropped()).isEqualTo(4);
    runBackground();
    assertThat(freshness().refreshes()).isEqualTo(16);
    refreshing.ask("prompt 19");
    assertThat(background).hasSize(1);
  }

  @Test
  void rejectingExecutorDropsTheRefresh() {
    SemanticCache rejecting =
        builder()
            .store(store)
            .executor(
                task -> {
                  throw new RejectedExecutionException();
                })
            .staleWhileRevalidate(SOFT)
            .build();
    rejecting.ask(PROMPT);
    time.advance(SOFT);

    assertThat(rejecting.ask(PROMPT).text()).isEqualTo("answer 1");

    assertThat(rejecting.stats().freshness().refreshesDropped()).isEqualTo(1);
  }

  @Test
  void wrappedClientRefreshesExactHits() {
    CallDriver.Handler<String> handler = handler(PARIS);
    assertThat(CallDriver.run(refreshing, handler)).isEqualTo("from the model 1");
    time.advance(SOFT);

    assertThat(CallDriver.run(refreshing, handler)).isEqualTo("cached from the model 1");
    assertThat(CallDriver.run(refreshing, handler(PARIS_PARAPHRASE)))
        .isEqualTo("cached from the model 1");
    assertThat(background).hasSize(1);
    runBackground();

    assertThat(CallDriver.run(refreshing, handler)).isEqualTo("cached from the model 2");
  }

  private int leads;

  private CallDriver.Handler<String> handler(String text) {
    return new CallDriver.Handler<>() {
      @Override
      public CacheCall begin() {
        return refreshing.begin(Prompt.of(text), chat.settings());
      }

      @Override
      public String lead(CacheCall.Lead lead) {
        leads++;
        return lead.complete(ChatReply.of("from the model " + leads)).text();
      }

      @Override
      public String bypass() {
        throw new AssertionError();
      }

      @Override
      public Optional<String> join(CacheCall.Shared shared) {
        throw new AssertionError();
      }

      @Override
      public String answered(Answer answer) {
        return "cached " + answer.text();
      }
    };
  }

  @Test
  void refreshThatThrowsAbandonsItsLead() {
    refreshing.ask(PROMPT);
    time.advance(SOFT);
    CacheCall.Answered answered = (CacheCall.Answered) refreshing.begin(PROMPT, chat.settings());

    answered.refresh(
        lead -> {
          throw new IllegalStateException("thrown by the caller");
        });
    runBackground();

    assertThat(events).filteredOn(CacheEvent.Abandoned.class::isInstance).hasSize(1);
    assertThat(refreshing.ask(PROMPT).text()).isEqualTo("answer 1");
  }

  @Test
  void softTimeToLiveMustBeShorterThanTheHardOne() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().timeToLive(SOFT).staleWhileRevalidate(SOFT).build())
        .withMessage(
            "staleWhileRevalidate is PT1H; it must be less than timeToLive, which is PT1H");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().staleWhileRevalidate(Duration.ZERO))
        .withMessage("softTimeToLive is PT0S; it must be between 1 ms and 100 years");
    builder().noExpiry().staleWhileRevalidate(SOFT).build().close();
  }
}
