package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeClock;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests that neither a reported answer nor another answer of its answer group is served for the
 * prompt again.
 */
class ReportWrongTest {
  private static final Prompt FIRST = Prompt.of("What is the capital of France?");
  private static final Prompt SECOND = Prompt.of("Which city is France's capital?");
  private static final Prompt THIRD = Prompt.of("France's capital?");
  private static final Prompt ASKED = Prompt.of("Tell me the capital of France");

  private final FakeEmbedder embedder =
      new FakeEmbedder()
          .place(FIRST.text(), 0)
          .place(SECOND.text(), 1)
          .place(THIRD.text(), 2)
          .place(ASKED.text(), 3);
  private final FakeClock time = new FakeClock();
  private final InMemoryVectorStore store = InMemoryVectorStore.of(embedder);
  private final FaultyStore faulty = new FaultyStore(store);
  private final SemanticCache cache = newCache();
  private String group = "";

  private SemanticCache newCache() {
    return SemanticCache.builder()
        .verifier(PairVerifier.none())
        .embedder(embedder)
        .chatClient(new FakeChatClient())
        .store(faulty)
        .noGuards()
        .ticker(time::nanos)
        .build();
  }

  /** Stores one answer group of three entries. */
  @BeforeEach
  void storeOneGroup() {
    cache.put(FIRST, "Lyon");
    group = entryOf(FIRST).key();
    cache.put(SECOND, "Lyon.");
    joinGroup(SECOND);
    cache.put(THIRD, "It is Lyon.");
    joinGroup(THIRD);
  }

  @AfterEach
  void closeCache() {
    cache.close();
  }

  private CacheEntry entryOf(Prompt prompt) {
    return cache.explain(prompt).exact().orElseThrow();
  }

  private void joinGroup(Prompt prompt) {
    store.updateAttributes(entryOf(prompt).key(), entry -> entry.group(group));
  }

  @Test
  void reportOfAnExactAnswerConcernsTheOtherEntriesOfItsGroup() {
    Answer exact = cache.ask(SECOND);
    assertThat(exact.source()).isEqualTo(Answer.Source.EXACT);

    cache.reportWrong(exact);

    assertThat(cache.lookup(SECOND)).isEmpty();
    assertThat(cache.ask(SECOND).source()).isEqualTo(Answer.Source.MODEL);
    assertThat(cache.ask(SECOND).source()).as("the new answer").isEqualTo(Answer.Source.EXACT);
  }

  @Test
  void reportOfAModelAnswerConcernsTheGroupThatItsEntryJoined() {
    Answer answer = cache.ask(SECOND.refresh());
    joinGroup(SECOND);

    cache.reportWrong(answer);

    assertThat(cache.lookup(SECOND)).isEmpty();
  }

  @Test
  void groupIsNotServedAfterTheReportedEntryIsRemoved() {
    cache.invalidate(FIRST);
    Answer near = cache.ask(ASKED);
    assertThat(near.entryId()).contains(entryOf(THIRD).key());

    cache.reportWrong(near);
    cache.invalidate(THIRD);

    assertThat(cache.lookup(ASKED)).isEmpty();
    assertThat(cache.explain(ASKED).candidates()).isEmpty();
  }

  @Test
  void reportOfARemovedEntryConcernsTheEntriesThatJoinedIt() {
    store.remove(new EntrySelector.ByKey(entryOf(SECOND).key()));
    store.remove(new EntrySelector.ByKey(entryOf(THIRD).key()));
    Answer near = cache.ask(ASKED);
    cache.put(THIRD, "It is Lyon.");
    joinGroup(THIRD);
    cache.invalidate(FIRST);

    cache.reportWrong(near);

    assertThat(cache.lookup(ASKED)).isEmpty();
  }

  @Test
  void groupIsNotServedIfTheEntryWasRemovedBeforeTheReport() {
    Answer exact = cache.ask(SECOND);
    store.remove(new EntrySelector.ByKey(exact.entryId().orElseThrow()));

    cache.reportWrong(exact);

    assertThat(cache.lookup(SECOND)).isEmpty();
  }

  @Test
  void groupIsNotServedByThisInstanceIfTheStoreFailsDuringTheReport() {
    Answer exact = cache.ask(SECOND);
    faulty.fail(FaultyStore.Call.FIND);

    assertThatThrownBy(() -> cache.reportWrong(exact)).isInstanceOf(StoreException.class);

    faulty.recover();
    assertThat(cache.lookup(SECOND)).as("neither exactly nor from its group").isEmpty();
  }

  @Test
  void reportTakesEffectInOtherInstancesWithTheirNextLookup() {
    try (SemanticCache other = newCache()) {
      assertThat(other.lookup(ASKED)).isPresent();

      cache.reportWrong(cache.ask(ASKED));

      assertThat(other.lookup(ASKED)).isEmpty();
      assertThat(other.lookup(SECOND)).isPresent();
    }
  }

  @Test
  void entryThatJoinsTheGroupLaterInheritsTheReport() {
    store.remove(new EntrySelector.ByKey(entryOf(THIRD).key()));
    cache.reportWrong(cache.ask(ASKED));
    cache.put(THIRD, "It is Lyon.");
    joinGroup(THIRD);

    assertThat(cache.lookup(ASKED)).isEmpty();
  }

  @Test
  void reportConcernsMembersBeyondTheCandidates() {
    try (SemanticCache oneCandidate =
        SemanticCache.builder()
            .verifier(PairVerifier.none())
            .embedder(embedder)
            .chatClient(new FakeChatClient())
            .store(store)
            .noGuards()
            .candidates(1)
            .build()) {
      oneCandidate.reportWrong(oneCandidate.lookup(ASKED).orElseThrow());
      cache.invalidate(THIRD);

      assertThat(oneCandidate.lookup(ASKED)).isEmpty();
    }
  }

  @Test
  void reportedEntriesDoNotHideTheOthers() {
    cache.clear();
    for (int i = 0; i < 12; i++) {
      String text = "stored " + i;
      embedder.place(text, 5 + i);
      cache.put(Prompt.of(text), "answer " + i);
    }

    for (int i = 0; i < 11; i++) {
      Answer near = cache.lookup(ASKED).orElseThrow();
      assertThat(near.text()).isEqualTo("answer " + i);
      cache.reportWrong(near);
    }

    assertThat(cache.lookup(ASKED).orElseThrow().text()).isEqualTo("answer 11");
    assertThat(cache.explain(ASKED).candidates()).hasSize(1);
  }

  @Test
  void reportConcernsItsPromptOnly() {
    cache.reportWrong(cache.ask(ASKED));

    assertThat(cache.lookup(SECOND)).isPresent();
    embedder.place("And the capital of France?", 4);
    assertThat(cache.lookup(Prompt.of("And the capital of France?"))).isPresent();
  }

  @Test
  void reportThatCannotBeStoredThrowsAndTakesEffectInThisInstance() {
    reportDuringStoreFailure();

    assertThat(cache.lookup(ASKED)).isEmpty();
  }

  /** Reports an answer while the store accepts no updates. */
  private void reportDuringStoreFailure() {
    Answer near = cache.ask(ASKED);
    faulty.fail(FaultyStore.Call.UPDATE);
    assertThatThrownBy(() -> cache.reportWrong(near)).isInstanceOf(StoreException.class);
    faulty.recover();
  }

  @Test
  void pendingReportIsStoredByALaterLookup() {
    reportDuringStoreFailure();

    time.advance(Duration.ofSeconds(30));
    cache.lookup(ASKED);

    try (SemanticCache other = newCache()) {
      await().until(() -> other.lookup(ASKED).isEmpty());
    }
  }

  @Test
  void pendingReportIsStoredOnClose() {
    reportDuringStoreFailure();

    cache.close();

    try (SemanticCache other = newCache()) {
      assertThat(other.lookup(ASKED)).isEmpty();
    }
  }

  @Test
  void failedRetryIsCountedAndTheReportRemainsInEffect() {
    Answer near = cache.ask(ASKED);
    faulty.fail(FaultyStore.Call.UPDATE);
    assertThatThrownBy(() -> cache.reportWrong(near)).isInstanceOf(StoreException.class);

    time.advance(Duration.ofSeconds(30));

    assertThat(cache.lookup(ASKED)).isEmpty();
    await().until(() -> cache.stats().policyErrors() == 1);
    assertThat(cache.lookup(ASKED)).isEmpty();
  }

  @Test
  void exactAnswerIsNotServedIfItsGroupIsReportedForThePrompt() {
    Answer near = cache.ask(ASKED);
    cache.put(ASKED, "Lyon!");
    joinGroup(ASKED);

    cache.reportWrong(near);

    assertThat(cache.lookup(ASKED)).isEmpty();
    assertThat(cache.ask(ASKED).source()).isEqualTo(Answer.Source.MODEL);
    assertThat(cache.ask(ASKED).source()).as("the new answer").isEqualTo(Answer.Source.EXACT);
  }

  @Test
  void answerToAPromptThatTheEmbedderRejectsCanBeReported() {
    embedder.reject("a prompt that is too long");
    Prompt rejected = Prompt.of("a prompt that is too long");
    cache.ask(rejected);
    long errors = cache.stats().embedderErrors();

    cache.reportWrong(cache.ask(rejected));

    assertThat(cache.lookup(rejected)).isEmpty();
    assertThat(cache.stats().embedderErrors())
        .as("one for the report and one for the lookup")
        .isEqualTo(errors + 2);
  }

  @Test
  void answerOfAnEntryThatBecameCorruptCanBeReported() {
    Answer exact = cache.ask(SECOND);
    faulty.onFind(
        found -> {
          throw new StoreException.CorruptEntry("a field is missing", null);
        });

    cache.reportWrong(exact);

    faulty.onFind(found -> found);
    assertThat(cache.lookup(SECOND)).isEmpty();
    assertThat(cache.stats().corruptEntries()).isEqualTo(1);
  }

  @Test
  void reportThatCouldNotBeStoredIsStoredAfterALaterLookupByKey() {
    SemanticCache exactOnly =
        SemanticCache.builder()
            .exactOnly()
            .chatClient(new FakeChatClient())
            .store(faulty)
            .ticker(time::nanos)
            .build();
    Answer answer = exactOnly.ask(FIRST);
    faulty.fail(FaultyStore.Call.REMOVE);
    assertThatThrownBy(() -> exactOnly.reportWrong(answer)).isInstanceOf(StoreException.class);
    faulty.recover();

    time.advance(Duration.ofSeconds(30));
    assertThat(exactOnly.lookup(THIRD)).isPresent();

    await().untilAsserted(() -> assertThat(store.find(answer.entryId().orElseThrow())).isEmpty());
    exactOnly.close();
  }
}
