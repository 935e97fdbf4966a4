package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.migration.StoreMigration;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Labels;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.verify.PairVerifier;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Labels of prompts and answers, and lookups with a filter on them. */
@Timeout(60)
class LabelTest extends CacheFixture {
  private static final Labels.Filter BILLING = Labels.Filter.anyOf("topic", "billing");
  private static final Labels.Filter CHEAP = Labels.Filter.range("price", 0, 10);
  private static final Labels BILLING_LABELS =
      Labels.none().with("topic", "billing").with("price", 5);

  private final Prompt paris = Prompt.of(PARIS);
  private final Prompt paraphrase = Prompt.of(PARIS_PARAPHRASE);
  private final SemanticCache semantic = builder().maxDistance(distance(30)).build();

  @Test
  void labelsAreReturnedWithTheAnswer() {
    Answer answered = semantic.ask(paris.labels(BILLING_LABELS));
    Answer exact = semantic.ask(paris);
    Answer paraphrased = semantic.ask(paraphrase.label("topic", "of the second prompt"));

    assertThat(answered.source()).isEqualTo(Answer.Source.MODEL);
    assertThat(answered.labels()).isEqualTo(BILLING_LABELS);
    assertThat(exact.source()).isEqualTo(Answer.Source.EXACT);
    assertThat(exact.labels()).isEqualTo(BILLING_LABELS);
    assertThat(paraphrased.source()).isEqualTo(Answer.Source.SEMANTIC);
    assertThat(paraphrased.labels().text("topic")).contains("billing");
    assertThat(paraphrased.labels().number("price")).hasValue(5);
    assertThat(semantic.ask(PYTHON).labels().isEmpty()).isTrue();
  }

  @Test
  void exactEntryThatDoesNotMeetTheFilterIsAMiss() {
    semantic.put(paris.label("topic", "geography"), "Paris");

    assertThat(semantic.lookup(paris.where(Labels.Filter.anyOf("topic", "geography")))).isPresent();
    assertThat(semantic.lookup(paris.where(BILLING))).isEmpty();
    assertThat(semantic.lookup(paraphrase.where(BILLING))).isEmpty();
    assertThat(semantic.explain(paraphrase.where(BILLING)).candidates()).isEmpty();
    assertThat(semantic.lookup(paris)).isPresent();
    assertThat(semantic.stats().missesByReason()).isEqualTo(Map.of(MissReason.NO_NEIGHBOR, 2L));
  }

  @Test
  void filterSelectsAmongNearEntries() {
    semantic.put(paris.label("topic", "geography").label("price", 20), "Paris");
    embedder.place("What is France's capital?", 10);
    semantic.put(Prompt.of("What is France's capital?").labels(BILLING_LABELS), "Paris, billed");

    assertThat(semantic.lookup(paris.where(BILLING)).orElseThrow().text())
        .isEqualTo("Paris, billed");
    assertThat(semantic.lookup(paris.where(CHEAP)).orElseThrow().source())
        .isEqualTo(Answer.Source.SEMANTIC);
    assertThat(semantic.lookup(paris.where(BILLING.and(CHEAP)))).isPresent();
    assertThat(semantic.lookup(paris.where(BILLING.and(Labels.Filter.range("price", 6, 9)))))
        .isEmpty();
    assertThat(semantic.lookupNearest(paris.where(CHEAP), 5)).hasSize(1);
    assertThat(semantic.lookupNearest(paris, 5)).hasSize(2);
  }

  @Test
  void promptsOfABatchHaveTheirOwnFilters() {
    semantic.put(paris.label("topic", "geography"), "Paris");

    assertThat(
            semantic.lookupAll(
                List.of(
                    paris,
                    paris.where(BILLING),
                    paris.where(Labels.Filter.exists("topic")),
                    paraphrase.where(BILLING),
                    paraphrase)))
        .map(answer -> answer.map(Answer::text).orElse("miss"))
        .containsExactly("Paris", "miss", "Paris", "miss", "Paris");
  }

  @Test
  void promptsOfABatchHaveTheirOwnMaximumAges() {
    semantic.put(paris, "Paris");
    time.advance(Duration.ofMinutes(1));

    assertThat(
            semantic.lookupAll(
                List.of(
                    paris.maxAge(Duration.ofSeconds(1)), paris, paris.maxAge(Duration.ofDays(1)))))
        .map(answer -> answer.map(Answer::text).orElse("miss"))
        .containsExactly("miss", "Paris", "Paris");
  }

  @Test
  void answerIsStoredIfTheLabelsOfThePromptMeetItsFilter() {
    Prompt labeled = paris.labels(BILLING_LABELS).where(BILLING);
    semantic.put(paris.label("topic", "geography"), "Paris");

    assertThat(semantic.ask(labeled).source()).isEqualTo(Answer.Source.MODEL);
    assertThat(semantic.ask(labeled).source()).isEqualTo(Answer.Source.EXACT);
    assertThat(semantic.ask(paraphrase.where(BILLING)).source()).isEqualTo(Answer.Source.SEMANTIC);
    assertThat(semantic.size()).isEqualTo(1);
  }

  @Test
  void answerIsNotStoredIfThePromptWouldNotFindIt() {
    semantic.put(paris.label("topic", "geography"), "Paris");

    Answer answer = semantic.ask(paris.where(BILLING));
    assertThat(answer.source()).isEqualTo(Answer.Source.MODEL);
    assertThat(answer.entryId()).isEmpty();
    assertThat(semantic.lookup(paris).orElseThrow().labels().text("topic")).contains("geography");
    assertThat(semantic.stats().writes()).isEqualTo(1);
  }

  @Test
  void answersAreCountedAndInvalidatedByLabels() {
    semantic.put(paris.tag("tenant", "a").labels(BILLING_LABELS), "1");
    semantic.put(paris.tag("tenant", "b").labels(BILLING_LABELS.with("price", 50)), "2");
    semantic.put(paris, "3");

    assertThat(semantic.count(EntrySelector.labels(BILLING))).isEqualTo(2);
    assertThat(semantic.count(EntrySelector.labels(Labels.Filter.exists("topik")))).isZero();
    assertThat(semantic.invalidate(EntrySelector.labels(BILLING.and(CHEAP)))).isEqualTo(1);
    assertThat(semantic.invalidate(EntrySelector.labels(BILLING))).isEqualTo(1);
    assertThat(semantic.lookup(paris)).isPresent();
  }

  @Test
  void labelsSurviveChangesOfTheEntry() {
    String id = semantic.ask(paris.labels(BILLING_LABELS)).entryId().orElseThrow();

    semantic.replaceAnswer(id, ChatReply.of("changed"));
    semantic.expireAfter(id, Duration.ofDays(2));
    semantic.reportWrong(semantic.lookup(paraphrase).orElseThrow());

    assertThat(semantic.lookup(paris.where(BILLING)).orElseThrow().text()).isEqualTo("changed");
    assertThat(semantic.lookup(paris).orElseThrow().labels()).isEqualTo(BILLING_LABELS);
    assertThat(semantic.ask(paris.refresh()).labels().isEmpty()).isTrue();
    assertThat(semantic.lookup(paris.where(BILLING))).isEmpty();
  }

  @Test
  void reportConcernsEntriesWithAnyLabels() {
    semantic.put(paris.label("topic", "geography"), "Paris");
    Answer answer =
        semantic.lookup(paraphrase.where(Labels.Filter.anyOf("topic", "geography"))).orElseThrow();

    semantic.reportWrong(answer);

    assertThat(semantic.lookup(paraphrase)).isEmpty();
  }

  @Test
  void refreshedAnswerKeepsTheLabelsOfTheEntry() {
    Deque<Runnable> background = new ArrayDeque<>();
    SemanticCache refreshing =
        builder()
            .maxDistance(distance(30))
            .executor(background::add)
            .staleWhileRevalidate(Duration.ofHours(1))
            .build();
    for (Prompt asked : List.of(paris.where(BILLING), paris, paraphrase)) {
      refreshing.put(paris.labels(BILLING_LABELS), "old");
      time.advance(Duration.ofHours(1));

      assertThat(refreshing.ask(asked).isStale()).isTrue();
      while (!background.isEmpty()) {
        background.remove().run();
      }

      Answer fresh = refreshing.lookup(paris.where(BILLING.and(CHEAP))).orElseThrow();
      assertThat(fresh.text()).startsWith("answer");
      assertThat(fresh.labels()).isEqualTo(BILLING_LABELS);
    }
  }

  @Test
  void callsWithDifferentFiltersDoNotWaitForEachOther() throws Exception {
    CountDownLatch modelAnswers = new CountDownLatch(1);
    ChatClient slow =
        ChatClient.of(
            "slow",
            prompt -> {
              await(modelAnswers);
              return "answer";
            });
    CompletableFuture<Answer> first = onNewThread(() -> semantic.ask(paris, slow));
    CompletableFuture<Answer> second = onNewThread(() -> semantic.ask(paris.where(BILLING), slow));
    CompletableFuture<Answer> third = onNewThread(() -> semantic.ask(paris.where(CHEAP), slow));
    CompletableFuture<Answer> follower = onNewThread(() -> semantic.ask(paris.where(CHEAP), slow));
    Awaitility.await()
        .until(() -> semantic.stats().misses() == 4 && semantic.stats().coalesced() == 1);
    modelAnswers.countDown();

    for (CompletableFuture<Answer> call : List.of(first, second, third, follower)) {
      assertThat(call.get().source()).isEqualTo(Answer.Source.MODEL);
    }
    assertThat(semantic.stats().modelCalls()).isEqualTo(3);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static CompletableFuture<Answer> onNewThread(Supplier<Answer> call) {
    return CompletableFuture.supplyAsync(call, task -> new Thread(task).start());
  }

  @Test
  void exactOnlyCacheObservesFilters() {
    SemanticCache exactOnly = SemanticCache.builder().exactOnly().chatClient(chat).build();
    exactOnly.put(paris.labels(BILLING_LABELS), "Paris");

    assertThat(exactOnly.lookup(paris.where(BILLING))).isPresent();
    assertThat(exactOnly.lookup(paris.where(Labels.Filter.range("price", 6, 7)))).isEmpty();
    assertThat(exactOnly.invalidate(EntrySelector.labels(CHEAP))).isEqualTo(1);
  }

  @Test
  void filteredHitIsNotStoredUnderTheKeyOfTheOtherPrompt() {
    InMemoryVectorStore store = InMemoryVectorStore.builder(embedder).timeSource(time).build();
    SemanticCache verified = builder().store(store).verifier(accepting()).build();
    verified.put(paris.labels(BILLING_LABELS), "billed");
    verified.put(paraphrase.label("topic", "geography"), "Paris");

    assertThat(verified.ask(paraphrase.where(BILLING)).text()).isEqualTo("billed");

    assertThat(verified.ask(paraphrase).text()).isEqualTo("Paris");
    assertThat(verified.size()).isEqualTo(2);
  }

  private static PairVerifier accepting() {
    return PairVerifier.chat(ChatClient.of("small", prompt -> "ACCEPT"));
  }

  @Test
  void copyHasTheLabelsOfItsEntry() {
    SemanticCache verified = builder().verifier(accepting()).build();
    verified.put(paris.labels(BILLING_LABELS), "Paris");
    verified.ask(paraphrase);

    assertThat(verified.ask(paraphrase).source()).isEqualTo(Answer.Source.EXACT);
    assertThat(verified.lookup(paraphrase.where(CHEAP)).orElseThrow().source())
        .isEqualTo(Answer.Source.EXACT);
    assertThat(verified.invalidate(EntrySelector.labels(BILLING))).isEqualTo(2);
  }

  @Test
  void filterAppliesToThePreviousStoreAndLabelsAreMigrated() {
    InMemoryVectorStore old = InMemoryVectorStore.builder(embedder).timeSource(time).build();
    InMemoryVectorStore current = InMemoryVectorStore.builder(embedder).timeSource(time).build();
    builder().store(old).build().put(paris.labels(BILLING_LABELS), "Paris");
    SemanticCache moved =
        builder()
            .maxDistance(distance(30))
            .noGuards()
            .store(current)
            .previousStore(old, embedder)
            .build();

    assertThat(moved.lookup(paris.where(Labels.Filter.range("price", 6, 7)))).isEmpty();
    assertThat(moved.lookup(paraphrase.where(Labels.Filter.anyOf("topic", "other")))).isEmpty();
    assertThat(moved.lookup(paris.where(CHEAP)).orElseThrow().labels()).isEqualTo(BILLING_LABELS);
    StoreMigration.Result result =
        StoreMigration.builder(old, current, embedder).timeSource(time).build().run();
    assertThat(result.isComplete()).isTrue();
    assertThat(current.count(EntrySelector.labels(BILLING.and(CHEAP)))).isEqualTo(1);
    assertThat(moved.invalidate(EntrySelector.labels(CHEAP))).isPositive();
    assertThat(moved.lookup(paris)).isEmpty();
  }
}
