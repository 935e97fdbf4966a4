package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.migration.StoreMigration;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Labels;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.Listable.ListedEntry;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testing.FaultyStore.Call;
import io.github.semcache.testkit.FakeEmbedder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests of failures of the previous store, and of options that it affects. */
class PreviousStoreTest extends CacheFixture {
  private final FakeEmbedder oldModel =
      new FakeEmbedder().place(PARIS, 0).place(PARIS_PARAPHRASE, 20).place(PYTHON, 90);
  private final FaultyStore old =
      new FaultyStore.OfListable(
          InMemoryVectorStore.builder(EmbeddingSpace.of(oldModel)).timeSource(time).build());
  private final Map<String, Integer> places = new ConcurrentHashMap<>();

  /** A model in which no two texts are similar. */
  private final Embedder model =
      Embedder.of(
          "new-model",
          32,
          text -> {
            float[] vector = new float[32];
            vector[places.computeIfAbsent(text, unknown -> places.size())] = 1;
            return vector;
          });

  private final InMemoryVectorStore currentEntries =
      InMemoryVectorStore.builder(EmbeddingSpace.of(model)).timeSource(time).build();

  private final FaultyStore current = new FaultyStore(currentEntries);

  private SemanticCacheBuilder transition() {
    return builder()
        .embedder(model)
        .maxDistance(0.01)
        .noGuards()
        .store(current)
        .previousStore(old, oldModel);
  }

  private void putOld(String text, String answer) {
    try (SemanticCache oldCache = builder().embedder(oldModel).store(old).build()) {
      oldCache.put(Prompt.of(text), answer);
    }
  }

  private void awaitCopy() {
    await().atMost(Duration.ofSeconds(30)).until(() -> current.count(new EntrySelector.All()) == 1);
  }

  @Test
  void failingPreviousStoreIsAMissAndItsOwnCircuitOpens() {
    SemanticCache cache = transition().build();
    old.fail(Call.FIND, Call.NEAREST, Call.REMOVE);

    for (int i = 0; i < 6; i++) {
      assertThat(cache.ask("question " + i).source()).isEqualTo(Answer.Source.MODEL);
    }

    assertThat(cache.openCircuits())
        .containsExactly("previous-find", "previous-search", "previous-write");
    assertThat(cache.stats().storeErrors()).isPositive();
    assertThat(cache.ask("question 0").source()).isEqualTo(Answer.Source.EXACT);
    int calls = old.calls().size();
    assertThat(cache.ask("another question").missReason()).contains(MissReason.TOO_FAR);
    assertThat(old.calls()).hasSize(calls);
    cache.close();
  }

  @Test
  void hangingPreviousStoreDelaysARequestUntilItsDeadline() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    old.before(
        call -> {
          try {
            end.await();
          } catch (InterruptedException e) {
            throw new StoreException("interrupted", e);
          }
        });
    long start = System.nanoTime();
    try (SemanticCache cache =
        transition()
            .deadline(Duration.ofMillis(200))
            .storeTimeout(Duration.ofMillis(200))
            .ticker(System::nanoTime)
            .build()) {
      Answer answer = cache.ask(PARIS);

      assertThat(answer.source()).isEqualTo(Answer.Source.MODEL);
      assertThat(answer.missReason()).contains(MissReason.DEADLINE);
      assertThat(answer.entryId()).isPresent();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    } finally {
      end.countDown();
    }
  }

  @Test
  void previousStoreServesWhileTheStoreFails() {
    putOld(PARIS, "Paris");
    SemanticCache cache = transition().build();
    current.fail(Call.FIND, Call.PUT, Call.NEAREST);

    assertThat(cache.ask(PARIS).source()).isEqualTo(Answer.Source.EXACT);
    assertThat(cache.ask(PYTHON).source()).isEqualTo(Answer.Source.MODEL);
    cache.close();
  }

  @Test
  void failingOldEmbedderIsAMiss() {
    putOld(PARIS, "Paris");
    SemanticCache cache = transition().build();
    oldModel.failWith(new EmbedderException("down", null));

    assertThat(cache.ask(PARIS_PARAPHRASE).source()).isEqualTo(Answer.Source.MODEL);

    assertThat(cache.stats().embedderErrors()).isEqualTo(1);
    assertThat(cache.ask(PARIS).source()).isEqualTo(Answer.Source.EXACT);
    cache.close();
  }

  @Test
  void removalThatFailsInThePreviousStoreIsMadeInTheStoreAndThrown() {
    SemanticCache cache = transition().build();
    cache.ask(PARIS);
    old.fail(Call.REMOVE, Call.RENEW);

    assertThatThrownBy(() -> cache.invalidate(Prompt.of(PARIS))).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> cache.put(Prompt.of(PYTHON), "reversed()"))
        .isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> cache.invalidateDependents("atlas"))
        .isInstanceOf(StoreException.class);

    assertThat(cache.lookup(Prompt.of(PARIS))).isEmpty();
    assertThat(cache.lookup(Prompt.of(PYTHON))).map(Answer::text).contains("reversed()");
    assertThat(current.calls()).contains(Call.RENEW);
    cache.close();
  }

  @Test
  void embeddingsOfTheOldModelAreNeverStored() {
    putOld(PARIS, "Paris");
    SemanticCache cache = transition().build();
    old.fail(Call.NEAREST);

    cache.ask(PARIS_PARAPHRASE);
    cache.ask(PYTHON);

    assertThat(current.written()).hasSize(2);
    assertThat(current.written())
        .allSatisfy(entry -> assertThat(entry.embedding().orElseThrow().dimension()).isEqualTo(32));
    cache.close();
  }

  @Test
  void embeddingOfTheCallerIsNotUsedInTheOldSpace() {
    putOld(PARIS, "Paris");
    SemanticCache cache = transition().build();

    Prompt prompt = Prompt.of(PARIS_PARAPHRASE).embedding(model.embed(List.of("any")).get(0));

    assertThat(cache.lookup(prompt)).map(Answer::source).contains(Answer.Source.SEMANTIC);
    cache.close();
  }

  @Test
  void hitsOfThePreviousStoreAreCounted() {
    putOld(PARIS, "Paris");
    SemanticCache cache = transition().build();

    cache.ask(PARIS_PARAPHRASE);
    cache.ask(PARIS);
    cache.ask(PYTHON);

    assertThat(cache.stats().requests()).isEqualTo(3);
    assertThat(cache.stats().semanticHits()).isEqualTo(1);
    assertThat(cache.stats().exactHits()).isEqualTo(1);
    assertThat(cache.stats().misses()).isEqualTo(1);
    cache.close();
  }

  @Test
  void shadowModeServesAndCopiesNothing() {
    putOld(PARIS, "Paris");
    SemanticCache cache = transition().shadowMode().build();

    assertThat(cache.ask(PARIS).source()).isEqualTo(Answer.Source.MODEL);

    assertThat(cache.stats().shadowHitRate()).isEqualTo(1);
    assertThat(current.count(new EntrySelector.All())).isZero();
    cache.close();
  }

  @Test
  void bypassedAndRefreshedPromptsAreNotLookedUp() {
    putOld(PARIS, "Paris");
    SemanticCache cache = transition().build();
    int calls = old.calls().size();

    assertThat(cache.ask(Prompt.of(PARIS).bypass()).source()).isEqualTo(Answer.Source.MODEL);
    assertThat(old.calls()).hasSize(calls);
    assertThat(cache.ask(Prompt.of(PARIS).refresh()).source()).isEqualTo(Answer.Source.MODEL);
    assertThat(old.calls()).last().isEqualTo(Call.REMOVE);
    cache.close();
  }

  @Test
  void tooOldAnswerOfThePreviousStoreIsNotServed() {
    putOld(PARIS, "Paris");
    time.advance(Duration.ofHours(2));
    SemanticCache cache = transition().build();

    assertThat(cache.lookup(Prompt.of(PARIS).maxAge(Duration.ofHours(1)))).isEmpty();
    assertThat(cache.lookup(Prompt.of(PARIS_PARAPHRASE).maxAge(Duration.ofHours(1)))).isEmpty();
    assertThat(cache.lookup(Prompt.of(PARIS))).isPresent();
    cache.close();
  }

  @Test
  void copyExpiresWithItsOriginal() {
    putOld(PARIS, "Paris");
    time.advance(Duration.ofHours(23));
    SemanticCache cache = transition().build();
    assertThat(cache.lookup(Prompt.of(PARIS))).isPresent();
    awaitCopy();

    time.advance(Duration.ofMinutes(61));

    assertThat(cache.lookup(Prompt.of(PARIS))).isEmpty();
    assertThat(StoreMigration.builder(old, current, model).timeSource(time).build().run().copied())
        .isZero();
    cache.close();
  }

  @Test
  void exactOnlyCacheUsesAPreviousStore() {
    putOld(PARIS, "Paris");
    SemanticCache cache =
        SemanticCache.builder()
            .exactOnly()
            .chatClient(chat)
            .timeSource(time)
            .store(current)
            .previousStore(old)
            .build();

    assertThat(cache.lookup(Prompt.of(PARIS))).map(Answer::source).contains(Answer.Source.EXACT);

    assertThat(cache.lookup(Prompt.of(PARIS_PARAPHRASE))).isEmpty();
    cache.close();
    // A copy without an embedding would never be found by caches that compare embeddings.
    assertThat(current.count(new EntrySelector.All())).isZero();
  }

  @Test
  void exactOnlyCacheCopiesToAStoreWithoutEmbeddings() {
    putOld(PARIS, "Paris");
    InMemoryVectorStore store =
        InMemoryVectorStore.builder(EmbeddingSpace.none()).timeSource(time).build();
    try (SemanticCache cache =
        SemanticCache.builder()
            .exactOnly()
            .chatClient(chat)
            .timeSource(time)
            .store(store)
            .previousStore(old)
            .build()) {
      assertThat(cache.lookup(Prompt.of(PARIS))).isPresent();

      await().atMost(Duration.ofSeconds(30)).until(() -> store.count(new EntrySelector.All()) == 1);
    }
  }

  @Test
  void severalPromptsTakeOneLookupByKeyAndOneSearchInThePreviousStore() {
    putOld(PARIS, "Paris");
    putOld(PYTHON, "reversed()");
    SemanticCache cache = transition().build();
    long finds = old.calls(Call.FIND);

    List<Optional<Answer>> answers =
        cache.lookupAll(
            List.of(
                Prompt.of(PARIS),
                Prompt.of(PYTHON),
                Prompt.of(PARIS_PARAPHRASE),
                Prompt.of("unknown 1"),
                Prompt.of("unknown 2").dependsOn("docs"),
                Prompt.of("unknown 3").dependsOn("prices")));

    assertThat(answers.stream().map(answer -> answer.map(Answer::source)))
        .containsExactly(
            Optional.of(Answer.Source.EXACT),
            Optional.of(Answer.Source.EXACT),
            Optional.of(Answer.Source.SEMANTIC),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    assertThat(old.batches()).containsExactly("findAll 6", "nearestAll 4");
    assertThat(old.calls(Call.FIND)).isEqualTo(finds + 1);
    assertThat(old.calls(Call.VERSIONS)).isEqualTo(2); // by key, and for the search
    cache.close();
  }

  @Test
  void replacedAnswerThatCouldNotBeRemovedIsNotServedAgain() {
    putOld(PARIS, "old");
    try (SemanticCache cache = transition().build()) {
      old.fail(Call.REMOVE);
      assertThat(cache.ask(Prompt.of(PARIS).refresh().timeToLive(Duration.ofMinutes(1))).entryId())
          .isPresent();
      old.recover();
      time.advance(Duration.ofMinutes(2));

      Answer answer = cache.ask(PARIS);

      assertThat(answer.source()).isEqualTo(Answer.Source.MODEL);
      assertThat(cache.lookup(Prompt.of(PARIS_PARAPHRASE))).isEmpty();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                time.advance(Duration.ofSeconds(1));
                assertThat(cache.lookup(Prompt.of("unknown"))).isEmpty();
                return old.count(new EntrySelector.All()) == 0;
              });
    }
  }

  @Test
  void anotherProcessRemovesTheReplacedAnswer() {
    putOld(PARIS, "old");
    try (SemanticCache cache = transition().build()) {
      old.fail(Call.REMOVE);
      assertThatThrownBy(() -> cache.put(Prompt.of(PARIS), "new"))
          .isInstanceOf(StoreException.class);
      await().atMost(Duration.ofSeconds(30)).until(this::isMarked);
    }
    old.recover();
    try (SemanticCache cache = transition().build()) {
      assertThat(cache.lookup(Prompt.of(PARIS)).map(Answer::text)).contains("new");

      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> old.count(new EntrySelector.All()) == 0 && !isMarked());
    }
  }

  private boolean isMarked() {
    try (Stream<ListedEntry> entries = currentEntries.entries()) {
      return entries.anyMatch(
          listed -> listed.entry().attributes().containsKey("replaces_previous"));
    }
  }

  @Test
  void answersOfTheModelDoNotReplaceACuratedAnswerOfThePreviousStore() {
    Prompt dependent = Prompt.of(PYTHON).dependsOn("docs");
    try (SemanticCache oldCache = builder().embedder(oldModel).store(old).build()) {
      oldCache.put(Prompt.of(PARIS).label("topic", "geography").curated(), "curated");
      oldCache.put(dependent.curated(), "curated");
    }
    time.advance(Duration.ofHours(2));
    SemanticCache cache = transition().build();

    assertThat(
            List.of(
                Prompt.of(PARIS).label("topic", "x").where(Labels.Filter.anyOf("topic", "x")),
                Prompt.of(PARIS).maxAge(Duration.ofHours(1)),
                Prompt.of(PARIS).refresh(),
                dependent.refresh()))
        .allSatisfy(
            prompt -> {
              Answer answer = cache.ask(prompt);
              assertThat(answer.source()).isEqualTo(Answer.Source.MODEL);
              assertThat(answer.entryId()).isEmpty();
            });

    assertThat(cache.ask(PARIS).text()).isEqualTo("curated");
    assertThat(cache.ask(dependent).text()).isEqualTo("curated");
    cache.close();
  }

  @Test
  void migrationDoesNotReplaceACuratedAnswerByOneThatIsNotCurated() {
    SemanticCache cache = transition().build();
    cache.put(Prompt.of(PARIS).curated(), "curated");
    time.advance(Duration.ofHours(1));
    putOld(PARIS, "of an instance of the old version");

    StoreMigration.Result result =
        StoreMigration.builder(old, current, model).timeSource(time).build().run();

    assertThat(result.present()).isEqualTo(1);
    assertThat(cache.ask(PARIS).text()).isEqualTo("curated");
    cache.close();
  }

  @Test
  void putReplacingRemovesAnswersOfThePreviousStore() {
    putOld(PARIS_PARAPHRASE, "outdated");
    putOld(PYTHON, "reversed()");
    SemanticCache cache = transition().build();

    Prompt prompt = Prompt.of(PARIS).embedding(model.embed(List.of(PARIS)).get(0));
    assertThat(cache.putReplacing(prompt, ChatReply.of("current"))).isEqualTo(1);

    assertThat(cache.lookup(Prompt.of(PARIS_PARAPHRASE))).isEmpty();
    assertThat(cache.lookup(Prompt.of(PARIS))).map(Answer::text).contains("current");
    assertThat(cache.lookup(Prompt.of(PYTHON))).isPresent();
    cache.close();
  }

  @Test
  void lateWriteRemovesTheReplacedAnswer() {
    putOld(PARIS, "old");
    CountDownLatch answered = new CountDownLatch(1);
    current.before(
        call -> {
          if (call == Call.PUT) {
            awaitUninterruptibly(answered);
          }
        });
    try (SemanticCache cache = transition().storeTimeout(Duration.ofSeconds(1)).build()) {
      assertThat(cache.ask(Prompt.of(PARIS).refresh()).entryId()).isEmpty();
      answered.countDown();

      await().until(() -> old.count(new EntrySelector.All()) == 0);
      assertThat(cache.ask(PARIS).text()).isEqualTo("answer 1");
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // The store ignores interrupts.
      }
    }
  }

  /** A store that blocks, and stores the state of a migration. */
  private final class StoreWithState extends FaultyStore implements StateStore {
    StoreWithState() {
      super(currentEntries);
    }

    @Override
    public Optional<byte[]> load(String name) {
      return currentEntries.load(name);
    }

    @Override
    public void update(String name, Function<Optional<byte[]>, byte[]> change) {
      currentEntries.update(name, change);
    }
  }

  @Test
  void executorThatCannotReadTheStateOfTheMigrationFailsNoRequest() {
    InternalError failure = new InternalError("unable to create native thread");
    SemanticCache cache =
        transition()
            .store(new StoreWithState())
            .executor(
                task -> {
                  throw failure;
                })
            .build();

    assertThat(cache.ask(PARIS).source()).isEqualTo(Answer.Source.MODEL);

    assertThat(events).contains(new CacheEvent.Failed(CacheEvent.Part.STORE, failure));
    cache.close();
  }

  @Test
  void optionsAreChecked() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().previousStore(current))
        .withMessageContaining("it must implement VectorStore.Listable");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                SemanticCache.builder()
                    .exactOnly()
                    .store(current)
                    .previousStore(old, oldModel)
                    .build())
        .withMessageContaining("exactOnly and the embedder of previousStore are both set");
  }
}
