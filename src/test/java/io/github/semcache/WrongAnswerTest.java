package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.NewEntry;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeClock;
import io.github.semcache.testkit.FakeEmbedder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An answer that was reported is out of service to its prompt, with its whole answer group. */
class WrongAnswerTest {
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
  private final SometimesFailing states = new SometimesFailing(store);
  private final SemanticCache cache = cache();
  private String group = "";

  private SemanticCache cache() {
    return cache(store);
  }

  private SemanticCache cache(VectorStore store) {
    return SemanticCache.builder()
        .embedder(embedder)
        .chatClient(new FakeChatClient())
        .store(store)
        .stateStore(states)
        .noGuards()
        .ticker(time::nanos)
        .build();
  }

  /** One answer group of three entries. */
  @BeforeEach
  void keepOneAnswer() {
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
    Optional<Embedding> embedding = Optional.of(embedder.embed(List.of(prompt.text())).get(0));
    store.put(List.of(new NewEntry(entryOf(prompt).group(group), embedding, Optional.empty())));
  }

  @Test
  void exactAnswerIsNotServedAgainFromTheRestOfItsGroup() {
    Answer exact = cache.ask(SECOND);
    assertThat(exact.source()).isEqualTo(Answer.Source.EXACT);

    cache.reportWrong(exact);

    assertThat(cache.lookup(SECOND)).isEmpty();
    assertThat(cache.ask(SECOND).source()).isEqualTo(Answer.Source.MODEL);
    assertThat(cache.ask(SECOND).source()).as("the new answer").isEqualTo(Answer.Source.EXACT);
  }

  @Test
  void answerOfTheModelIsNotServedAgainFromTheGroupThatItJoined() {
    Answer answer = cache.ask(SECOND.refresh());
    joinGroup(SECOND);

    cache.reportWrong(answer);

    assertThat(cache.lookup(SECOND)).isEmpty();
  }

  @Test
  void groupStaysOutOfServiceWhenTheReportedEntryHasGone() {
    cache.invalidate(FIRST);
    Answer near = cache.ask(ASKED);
    assertThat(near.entryId()).contains(entryOf(THIRD).key());

    cache.reportWrong(near);
    cache.invalidate(THIRD);

    assertThat(cache.lookup(ASKED)).isEmpty();
    assertThat(cache.explain(ASKED).candidates()).isEmpty();
  }

  @Test
  void reportOfAnEntryThatHasGoneTakesThoseThatJoinedItOutOfService() {
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
  void groupOfAReportedAnswerStaysOutOfServiceThoughItsOwnEntryHasGone() {
    Answer exact = cache.ask(SECOND);
    store.remove(new EntrySelector.ByKey(exact.entryId().orElseThrow()));

    cache.reportWrong(exact);

    assertThat(cache.lookup(SECOND)).isEmpty();
  }

  @Test
  void groupOfAReportedAnswerStaysOutOfServiceThoughTheStoreCannotBeAsked() {
    FaultyStore faulty = new FaultyStore(store);
    try (SemanticCache other = cache(faulty)) {
      Answer exact = other.ask(SECOND);
      faulty.fail(FaultyStore.Call.FIND);

      assertThatThrownBy(() -> other.reportWrong(exact)).isInstanceOf(StoreException.class);

      faulty.recover();
      store.remove(new EntrySelector.ByKey(exact.entryId().orElseThrow()));
      assertThat(other.lookup(SECOND)).isEmpty();
    }
  }

  @Test
  void entriesThatWereReportedDoNotHideTheNextOnes() {
    cache.clear();
    for (int i = 0; i < 12; i++) {
      String text = "kept " + i;
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
  void otherPromptsAreStillAnswered() {
    cache.reportWrong(cache.ask(ASKED));

    assertThat(cache.lookup(SECOND)).isPresent();
    embedder.place("And the capital of France?", 4);
    assertThat(cache.lookup(Prompt.of("And the capital of France?"))).isPresent();
  }

  @Test
  void reportThatCannotBeSavedThrowsAndHoldsHere() {
    states.failing = true;
    Answer near = cache.ask(ASKED);

    assertThatThrownBy(() -> cache.reportWrong(near)).isInstanceOf(StoreException.class);

    assertThat(cache.lookup(ASKED)).isEmpty();
  }

  @Test
  void reportThatCouldNotBeSavedIsSavedLater() {
    states.failing = true;
    Answer near = cache.ask(ASKED);
    assertThatThrownBy(() -> cache.reportWrong(near)).isInstanceOf(StoreException.class);
    states.failing = false;

    time.advance(Duration.ofSeconds(30));
    cache.lookup(ASKED);

    await().until(() -> store.load("blocked-pairs").isPresent());
    assertThat(cache().lookup(ASKED)).isEmpty();
  }

  @Test
  void reportThatCouldNotBeSavedIsSavedAtTheEnd() {
    states.failing = true;
    Answer near = cache.ask(ASKED);
    assertThatThrownBy(() -> cache.reportWrong(near)).isInstanceOf(StoreException.class);
    states.failing = false;

    cache.close();

    assertThat(cache().lookup(ASKED)).isEmpty();
  }

  /** Keeps states in another store, when it can. */
  private static final class SometimesFailing implements StateStore {
    private final StateStore states;
    private volatile boolean failing;

    SometimesFailing(StateStore states) {
      this.states = states;
    }

    @Override
    public Optional<byte[]> load(String name) {
      return states.load(name);
    }

    @Override
    public void update(String name, Function<Optional<byte[]>, byte[]> change) {
      if (failing) {
        throw new StoreException("told to fail");
      }
      states.update(name, change);
    }
  }
}
