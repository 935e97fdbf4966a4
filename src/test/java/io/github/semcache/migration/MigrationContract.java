package io.github.semcache.migration;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Labels;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.Listable;
import io.github.semcache.store.VectorStore.Listable.ListedEntry;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.verify.PairVerifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests of a cache whose store replaces an old one with another embedding model, and of the
 * migration of the entries.
 *
 * @param <S> the type of the stores
 */
public abstract class MigrationContract<S extends VectorStore & Listable> {
  private static final String PARIS = "What is the capital of France?";
  private static final String PARIS_PARAPHRASE = "Which city serves as France's capital?";
  private static final String PYTHON = "How do I reverse a string in Python?";
  private static final Map<String, Double> ANGLES =
      Map.of(PARIS, 0.0, PARIS_PARAPHRASE, 20.0, PYTHON, 90.0);
  private static final Duration TOLERANCE = Duration.ofSeconds(30);

  private final List<String> embedded = new CopyOnWriteArrayList<>();
  private volatile Consumer<String> beforeEmbedding = text -> {};
  private final Embedder oldEmbedder = Embedder.of("old-model", 4, text -> vector(text, 4));
  private final Embedder embedder =
      Embedder.of(
          "new-model",
          8,
          text -> {
            beforeEmbedding.accept(text);
            embedded.add(text);
            return vector(text, 8);
          });
  private final AtomicLong ticker = new AtomicLong();
  private final FakeChatClient chat = new FakeChatClient();
  private final List<SemanticCache> caches = new ArrayList<>();
  private S oldStore;
  private S store;

  /**
   * Opens an empty store.
   *
   * @param space the vector space
   * @return the store
   */
  protected abstract S open(EmbeddingSpace space) throws Exception;

  protected abstract void close(S opened);

  /** Waits until changes by other instances are visible. By default they are at once. */
  protected void awaitStaleness() {}

  /** Returns whether both stores have the same versions of dependencies. */
  protected boolean sharesVersions() {
    return false;
  }

  private static float[] vector(String text, int dimension) {
    double angle = Math.toRadians(ANGLES.getOrDefault(text, 180.0 + text.hashCode() % 60));
    float[] vector = new float[dimension];
    vector[0] = (float) Math.cos(angle);
    vector[1] = (float) Math.sin(angle);
    return vector;
  }

  @BeforeEach
  void openStores() throws Exception {
    oldStore = open(EmbeddingSpace.of(oldEmbedder));
    store = open(EmbeddingSpace.of(embedder));
  }

  @AfterEach
  void closeStores() {
    caches.forEach(SemanticCache::close);
    close(store);
    close(oldStore);
  }

  private SemanticCacheBuilder builder() {
    return SemanticCache.builder()
        .chatClient(chat)
        .verifier(PairVerifier.none())
        .noGuards()
        .maxDistance(0.1)
        .ticker(ticker::get);
  }

  private SemanticCache built(SemanticCacheBuilder builder) {
    SemanticCache cache = builder.build();
    caches.add(cache);
    return cache;
  }

  private SemanticCache oldCache() {
    return built(builder().embedder(oldEmbedder).store(oldStore));
  }

  /** Returns a cache of the new version without the old store. */
  private SemanticCache newCache() {
    return built(builder().embedder(embedder).store(store));
  }

  private SemanticCacheBuilder transition() {
    return builder().embedder(embedder).store(store);
  }

  private SemanticCache exactTransition() {
    return built(transition().previousStore(oldStore));
  }

  private SemanticCache fullTransition() {
    return built(transition().previousStore(oldStore, withMaxDistance(oldEmbedder)));
  }

  private static Embedder withMaxDistance(Embedder embedder) {
    return new Embedder() {
      @Override
      public List<Embedding> embed(List<String> texts) {
        return embedder.embed(texts);
      }

      @Override
      public String modelId() {
        return embedder.modelId();
      }

      @Override
      public int dimension() {
        return embedder.dimension();
      }

      @Override
      public OptionalDouble maxDistance() {
        return OptionalDouble.of(0.1);
      }
    };
  }

  private StoreMigration.Builder migration() {
    return StoreMigration.builder(oldStore, store, embedder);
  }

  private static Optional<Answer.Source> source(SemanticCache cache, Prompt prompt) {
    return cache.lookup(prompt).map(Answer::source);
  }

  private List<ListedEntry> listed(S listable) {
    try (Stream<ListedEntry> entries = listable.entries()) {
      return entries.toList();
    }
  }

  private void awaitCopies(int count) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                listed(store).stream()
                        .filter(each -> "confirmed".equals(each.entry().attributes().get("copy")))
                        .count()
                    == count);
  }

  @Test
  void exactHitOfTheOldStoreIsServedAndCopied() {
    Prompt prompt =
        Prompt.of(PARIS).tag("tenant", "acme").dependsOn("atlas").timeToLive(Duration.ofHours(3));
    Answer original = oldCache().ask(prompt);
    SemanticCache cache = exactTransition();

    Answer answer = cache.ask(prompt);

    assertThat(answer.source()).isEqualTo(Answer.Source.EXACT);
    assertThat(answer.reply()).isEqualTo(original.reply());
    assertThat(chat.calls()).isEqualTo(1);
    awaitCopies(1);
    ListedEntry copy = listed(store).get(0);
    ListedEntry source = listed(oldStore).get(0);
    assertThat(copy.entry().createdAt()).isEqualTo(source.entry().createdAt());
    assertThat(copy.entry().attributes()).containsKeys("model_millis", "expires_at");
    assertThat(copy.terms().orElseThrow())
        .containsAll(prompt.scope().terms())
        .hasSize(source.terms().orElseThrow().size() + 2); // Two terms count the copies.
    assertThat(copy.expiresAt().orElseThrow())
        .isBetween(
            source.expiresAt().orElseThrow().minus(TOLERANCE),
            source.expiresAt().orElseThrow().plus(TOLERANCE));
    assertThat(source(newCache(), prompt)).contains(Answer.Source.EXACT);
    assertThat(cache.countDependents("atlas")).isEqualTo(1);
    assertThat(cache.invalidate(EntrySelector.tag("tenant", "acme"))).isEqualTo(1);
    assertThat(cache.lookup(prompt)).isEmpty();
    assertThat(cache.size()).isZero();
  }

  @Test
  void entryAndItsCopyCountAsOne() {
    Prompt labeled = Prompt.of(PARIS).tag("tenant", "acme").label("topic", "geography");
    SemanticCache old = oldCache();
    old.put(labeled, "Paris");
    old.put(Prompt.of(PYTHON), "reversed()");
    SemanticCache cache = exactTransition();
    assertThat(source(cache, labeled)).contains(Answer.Source.EXACT);
    awaitCopies(1);
    cache.put(Prompt.of(PARIS_PARAPHRASE), "Paris");

    assertThat(cache.size()).isEqualTo(3);
    EntrySelector topic = EntrySelector.labels(Labels.Filter.exists("topic"));
    for (EntrySelector selector :
        List.of(
            EntrySelector.tag("tenant", "acme"),
            topic,
            new EntrySelector.ByScope(
                listed(oldStore).stream()
                    .map(ListedEntry::entry)
                    .filter(entry -> entry.prompt().equals(PARIS))
                    .findFirst()
                    .orElseThrow()
                    .scope()))) {
      assertThat(cache.count(selector)).as("%s", selector).isEqualTo(1);
    }
    List<Long> progress = new ArrayList<>();
    assertThat(cache.invalidate(topic, progress::add)).isEqualTo(1);
    assertThat(progress).last().isEqualTo(1L);
    assertThat(cache.size()).isEqualTo(2);
    assertThat(cache.clear()).isEqualTo(2);
  }

  @Test
  void otherAnswersOfTheOldStoreFollowThoseOfTheNewOne() {
    SemanticCache old = oldCache();
    old.put(Prompt.of(PARIS), "old");
    old.put(Prompt.of(PARIS_PARAPHRASE), "old paraphrase");
    SemanticCache cache = fullTransition();
    cache.put(Prompt.of(PARIS), "new");

    assertThat(cache.lookupNearest(Prompt.of(PARIS), 3))
        .extracting(Answer::text)
        .containsExactly("new", "old paraphrase");
    assertThat(cache.lookupNearest(Prompt.of(PARIS), 1)).hasSize(1);
    assertThat(cache.stats().requests()).isEqualTo(2);
    awaitCopies(1);
    assertThat(cache.lookupNearest(Prompt.of(PARIS), 3))
        .extracting(Answer::text)
        .containsExactly("new", "old paraphrase");
    assertThat(exactTransition().lookupNearest(Prompt.of(PYTHON), 3)).isEmpty();
  }

  @Test
  void missInBothStoresIsAnsweredByTheModelAndStoredInTheNewStore() {
    SemanticCache cache = fullTransition();

    Answer answer = cache.ask(PARIS);

    assertThat(answer.source()).isEqualTo(Answer.Source.MODEL);
    assertThat(listed(oldStore)).isEmpty();
    assertThat(listed(store)).hasSize(1);
    assertThat(source(newCache(), Prompt.of(PARIS_PARAPHRASE))).contains(Answer.Source.SEMANTIC);
  }

  @Test
  void entryOfAnotherScopeIsNotServed() {
    oldCache().put(Prompt.of(PARIS).tag("tenant", "acme"), "Paris");

    assertThat(fullTransition().lookup(Prompt.of(PARIS).tag("tenant", "other"))).isEmpty();
    assertThat(fullTransition().lookup(Prompt.of(PARIS_PARAPHRASE).tag("tenant", "other")))
        .isEmpty();
  }

  @Test
  void oldVectorSpaceServesUntilTheMigrationIsComplete() {
    oldCache().ask(PARIS);
    SemanticCache cache = fullTransition();
    assertThat(source(cache, Prompt.of(PARIS_PARAPHRASE))).contains(Answer.Source.SEMANTIC);
    assertThat(source(exactTransition(), Prompt.of(PYTHON))).isEmpty();
    awaitCopies(1); // The entry that was served is not copied again within a minute.

    assertThat(migration().build().run().isComplete()).isTrue();
    store.remove(new EntrySelector.All());

    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              ticker.addAndGet(Duration.ofSeconds(5).toNanos());
              return cache.lookup(Prompt.of(PARIS_PARAPHRASE)).isEmpty();
            });
    // What instances of the old version store after the migration is found by its key.
    assertThat(source(cache, Prompt.of(PARIS))).contains(Answer.Source.EXACT);
  }

  @Test
  void severalPromptsAreLookedUpInBothStores() {
    oldCache().ask(PARIS);
    SemanticCache cache = fullTransition();
    cache.ask(PYTHON);

    assertThat(
            cache
                .lookupAll(
                    List.of(Prompt.of(PYTHON), Prompt.of(PARIS), Prompt.of(PARIS_PARAPHRASE)))
                .stream()
                .map(found -> found.map(Answer::source)))
        .containsExactly(
            Optional.of(Answer.Source.EXACT),
            Optional.of(Answer.Source.EXACT),
            Optional.of(Answer.Source.SEMANTIC));
    assertThat(cache.lookupNearest(Prompt.of(PARIS_PARAPHRASE), 3)).hasSize(1);
    assertThat(cache.explain(Prompt.of(PARIS)).exact()).isPresent();
  }

  @Test
  void migrationCopiesEntriesOnce() {
    SemanticCache old = oldCache();
    old.put(Prompt.of(PARIS).tag("tenant", "acme"), "Paris", Duration.ofHours(2));
    old.put(Prompt.of(PYTHON).dependsOn("docs"), "reversed()");
    List<StoreMigration.Result> progress = new ArrayList<>();

    StoreMigration.Result result = migration().onProgress(progress::add).build().run();

    assertThat(result).isEqualTo(new StoreMigration.Result(2, 2, 0, 0, 0, 0, true));
    assertThat(progress).last().isEqualTo(result);
    SemanticCache cache = newCache();
    assertThat(source(cache, Prompt.of(PYTHON).dependsOn("docs"))).contains(Answer.Source.EXACT);
    assertThat(source(cache, Prompt.of(PARIS_PARAPHRASE).tag("tenant", "acme")))
        .contains(Answer.Source.SEMANTIC);
    assertThat(cache.count(EntrySelector.tag("tenant", "acme"))).isEqualTo(1);
    assertThat(cache.countDependents("docs")).isEqualTo(1);
    embedded.clear();
    assertThat(migration().build().run())
        .isEqualTo(new StoreMigration.Result(2, 0, 2, 0, 0, 0, true));
    assertThat(embedded).isEmpty();
    cache.invalidateDependents("docs");
    assertThat(cache.lookup(Prompt.of(PYTHON).dependsOn("docs"))).isEmpty();
  }

  @Test
  void labelsAreCopied() {
    Prompt labeled = Prompt.of(PARIS).label("topic", "geography").label("confidence", 0.9);
    oldCache().put(labeled, "Paris");
    oldCache().put(Prompt.of(PYTHON), "reversed()");

    migration().build().run();

    SemanticCache cache = newCache();
    assertThat(cache.lookup(Prompt.of(PARIS)).orElseThrow().labels()).isEqualTo(labeled.labels());
    Labels.Filter filter =
        Labels.Filter.anyOf("topic", "geography").and(Labels.Filter.range("confidence", 0.5, 1));
    assertThat(cache.lookup(Prompt.of(PARIS_PARAPHRASE).where(filter))).isPresent();
    assertThat(cache.invalidate(EntrySelector.labels(filter))).isEqualTo(1);
  }

  @Test
  void dryRunOnlyCounts() {
    oldCache().put(Prompt.of(PARIS), "Paris");

    assertThat(migration().dryRun().build().run())
        .isEqualTo(new StoreMigration.Result(1, 1, 0, 0, 0, 0, false));

    assertThat(embedded).isEmpty();
    assertThat(listed(store)).isEmpty();
    assertThat(((StateStore) store).load("migration")).isEmpty();
  }

  private void putMany(SemanticCache cache, int count) {
    long unused =
        cache.putAll(
            IntStream.range(0, count)
                .mapToObj(i -> Map.entry(Prompt.of("question " + i), "answer " + i))
                .toList(),
            stored -> {});
  }

  @Test
  void canceledMigrationContinues() {
    putMany(oldCache(), 25);
    List<StoreMigration> running = new ArrayList<>();
    StoreMigration canceled =
        migration().batchSize(10).onProgress(result -> running.get(0).cancel()).build();
    running.add(canceled);

    StoreMigration.Result first = canceled.run();

    assertThat(first.copied()).isEqualTo(10);
    assertThat(first.isComplete()).isFalse();
    StoreMigration.Result second = migration().batchSize(10).build().run();
    assertThat(second).isEqualTo(new StoreMigration.Result(25, 15, 10, 0, 0, 0, true));
    assertThat(embedded).hasSize(25).doesNotHaveDuplicates();
  }

  @Test
  void failedMigrationContinues() {
    putMany(oldCache(), 25);
    beforeEmbedding =
        text -> {
          if (embedded.size() >= 12) {
            throw new EmbedderException("down", null);
          }
        };

    assertThatThrownBy(() -> migration().batchSize(5).build().run())
        .isInstanceOf(EmbedderException.class);
    assertThat(((StateStore) store).load("migration")).isEmpty();
    beforeEmbedding = text -> {};

    StoreMigration.Result second = migration().batchSize(5).build().run();
    assertThat(second.copied()).isEqualTo(15);
    assertThat(second.isComplete()).isTrue();
    assertThat(listed(store)).hasSize(25);
  }

  @Test
  void rateIsLimited() {
    putMany(oldCache(), 12);
    long start = System.nanoTime();

    StoreMigration.Result result = migration().batchSize(4).promptsPerSecond(20).build().run();

    assertThat(result.copied()).isEqualTo(12);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(590));
  }

  @Test
  void rejectedPromptIsCopiedForItsKeyOnly() {
    oldCache().put(Prompt.of(PARIS), "Paris");
    oldCache().put(Prompt.of(PYTHON), "reversed()");
    beforeEmbedding =
        text -> {
          if (text.equals(PARIS)) {
            throw new EmbedderException.RejectedText("too long", null);
          }
        };

    assertThat(migration().build().run().copied()).isEqualTo(2);
    beforeEmbedding = text -> {};

    assertThat(source(newCache(), Prompt.of(PARIS))).contains(Answer.Source.EXACT);
    assertThat(source(newCache(), Prompt.of(PARIS_PARAPHRASE))).isEmpty();
  }

  @Test
  void answerRemovedDuringTheCopyDoesNotComeBack() {
    SemanticCache old = oldCache();
    old.put(Prompt.of(PARIS).tag("tenant", "acme"), "Paris");
    old.put(Prompt.of(PYTHON), "reversed()");
    SemanticCache cache = fullTransition();
    beforeEmbedding =
        text -> {
          if (text.equals(PARIS)) {
            long unused = cache.invalidate(EntrySelector.tag("tenant", "acme"));
          }
        };

    StoreMigration.Result result = migration().build().run();

    assertThat(result).isEqualTo(new StoreMigration.Result(2, 1, 0, 1, 0, 0, true));
    assertThat(listed(store)).extracting(each -> each.entry().prompt()).containsExactly(PYTHON);
    assertThat(cache.lookup(Prompt.of(PARIS).tag("tenant", "acme"))).isEmpty();
  }

  @Test
  void answerReplacedDuringTheCopyIsNotOverwritten() {
    oldCache().put(Prompt.of(PARIS), "an old answer");
    SemanticCache cache = fullTransition();
    AtomicInteger calls = new AtomicInteger();
    beforeEmbedding =
        text -> {
          if (calls.getAndIncrement() == 0) {
            cache.put(Prompt.of(PARIS), "Paris");
          }
        };

    assertThat(migration().build().run().copied()).isZero();

    assertThat(newCache().lookup(Prompt.of(PARIS))).map(Answer::text).contains("Paris");
  }

  @Test
  void dependencyThatChangesDuringTheCopyInvalidatesIt() {
    Prompt prompt = Prompt.of(PARIS).dependsOn("atlas");
    oldCache().put(prompt, "Paris");
    SemanticCache cache = fullTransition();
    beforeEmbedding = text -> cache.invalidateDependents("atlas");

    assertThat(migration().build().run().copied()).isZero();
    beforeEmbedding = text -> {};

    assertThat(cache.lookup(prompt)).isEmpty();
    assertThat(newCache().lookup(prompt)).isEmpty();
    embedded.clear();
    assertThat(migration().build().run().expired()).isEqualTo(1);
    assertThat(embedded).as("not embedded again").isEmpty();
  }

  @Test
  void dependencyThatInstancesOfTheOldVersionChangeInvalidatesCopies() {
    if (!sharesVersions()) {
      return;
    }
    Prompt prompt = Prompt.of(PARIS).dependsOn("atlas");
    SemanticCache old = oldCache();
    old.put(prompt, "Paris");
    migration().build().run();
    SemanticCache cache = fullTransition();
    assertThat(source(cache, prompt)).contains(Answer.Source.EXACT);

    old.invalidateDependents("atlas");
    awaitStaleness();

    assertThat(cache.lookup(prompt)).isEmpty();
  }

  @Test
  void copyOfAnAnswerThatAnOldInstanceRemovedIsRemovedBeforeCompletion() {
    SemanticCache old = oldCache();
    old.put(Prompt.of(PARIS), "Paris");
    old.put(Prompt.of(PYTHON), "reversed()");
    SemanticCache cache = exactTransition();
    assertThat(source(cache, Prompt.of(PARIS))).contains(Answer.Source.EXACT);
    awaitCopies(1);
    cache.put(Prompt.of("another"), "stored by a new instance");
    old.invalidate(Prompt.of(PARIS));

    StoreMigration.Result result = migration().build().run();

    assertThat(result.removed()).isEqualTo(1);
    assertThat(cache.lookup(Prompt.of(PARIS))).isEmpty();
    assertThat(cache.lookup(Prompt.of("another"))).isPresent();
  }

  @Test
  void copiesRemainAfterTheOldStoreWasCleared() {
    oldCache().put(Prompt.of(PARIS), "Paris");
    migration().build().run();
    oldStore.remove(new EntrySelector.All());

    assertThat(migration().build().run().removed()).isZero();

    assertThat(newCache().lookup(Prompt.of(PARIS))).isPresent();
  }

  @Test
  void reportOfAnAnswerOfTheOldStoreTakesEffectBeforeAndAfterTheMigration() {
    SemanticCache old = oldCache();
    old.ask(PARIS);
    SemanticCache cache = fullTransition();
    Answer wrong = cache.lookup(Prompt.of(PARIS_PARAPHRASE)).orElseThrow();

    cache.reportWrong(wrong);

    assertThat(cache.lookup(Prompt.of(PARIS_PARAPHRASE))).isEmpty();
    assertThat(old.lookup(Prompt.of(PARIS_PARAPHRASE))).isEmpty();
    migration().build().run();
    assertThat(newCache().lookup(Prompt.of(PARIS_PARAPHRASE))).isEmpty();
    assertThat(source(newCache(), Prompt.of(PARIS))).contains(Answer.Source.EXACT);
  }

  @Test
  void reportMadeByAnOldInstanceIsAddedToTheCopy() {
    SemanticCache old = oldCache();
    old.ask(PARIS);
    migration().build().run();
    old.reportWrong(old.lookup(Prompt.of(PARIS_PARAPHRASE)).orElseThrow());

    migration().build().run();

    assertThat(newCache().lookup(Prompt.of(PARIS_PARAPHRASE))).isEmpty();
  }

  @Test
  void reportedExactAnswerIsRemovedFromBothStores() {
    SemanticCache old = oldCache();
    old.ask(PARIS);
    SemanticCache cache = exactTransition();

    cache.reportWrong(cache.lookup(Prompt.of(PARIS)).orElseThrow());

    assertThat(cache.lookup(Prompt.of(PARIS))).isEmpty();
    assertThat(old.lookup(Prompt.of(PARIS))).isEmpty();
  }

  @Test
  void refreshedAnswerReplacesTheOldOne() {
    oldCache().put(Prompt.of(PARIS), "an old answer");
    SemanticCache cache = exactTransition();

    cache.ask(Prompt.of(PARIS).refresh());
    store.remove(new EntrySelector.All()); // As if the new answer had expired.

    assertThat(cache.lookup(Prompt.of(PARIS))).isEmpty();
  }

  @Test
  void newerAnswerOfAnOldInstanceReplacesTheCopy() throws Exception {
    SemanticCache old = oldCache();
    old.put(Prompt.of(PARIS), "Lutetia");
    migration().build().run();
    Thread.sleep(2);
    old.put(Prompt.of(PARIS), "Paris");

    assertThat(migration().build().run().copied()).isEqualTo(1);

    assertThat(newCache().lookup(Prompt.of(PARIS))).map(Answer::text).contains("Paris");
  }

  @Test
  void clearRemovesTheEntriesOfBothStores() {
    oldCache().put(Prompt.of(PARIS), "Paris");
    SemanticCache cache = fullTransition();
    cache.put(Prompt.of(PYTHON), "reversed()");
    assertThat(cache.size()).isEqualTo(2);

    assertThat(cache.clear()).isEqualTo(2);

    assertThat(cache.lookup(Prompt.of(PARIS))).isEmpty();
    assertThat(cache.size()).isZero();
  }

  @Test
  void answersOfTheOldStoreCanBeChanged() {
    oldCache().put(Prompt.of(PARIS), "Lutetia");
    SemanticCache cache = exactTransition();
    String id = cache.lookup(Prompt.of(PARIS)).orElseThrow().entryId().orElseThrow();
    awaitCopies(1);

    assertThat(cache.replaceAnswer(id, ChatReply.of("Paris"))).isTrue();
    assertThat(cache.expireAfter(id, Duration.ofMinutes(5))).isTrue();

    assertThat(cache.lookup(Prompt.of(PARIS))).map(Answer::text).contains("Paris");
    for (S each : List.of(store, oldStore)) {
      ListedEntry changed = listed(each).get(0);
      assertThat(changed.entry().answer()).isEqualTo("Paris");
      assertThat(changed.expiresAt().orElseThrow())
          .isBefore(Instant.now().plus(Duration.ofMinutes(5)).plus(TOLERANCE));
    }
  }

  @Test
  void nothingThatIsRemovedComesBackWhileCopiesAreMade() throws Exception {
    int count = 120;
    putMany(oldCache(), count);
    SemanticCache cache = fullTransition();
    AtomicInteger next = new AtomicInteger();
    CompletableFuture<StoreMigration.Result> migrated =
        migration().batchSize(7).build().start(Executors.newSingleThreadExecutor());
    CompletableFuture<Void> reading =
        CompletableFuture.runAsync(
            () -> {
              while (next.get() < count) {
                for (int i = next.get(); i < count; i += 5) {
                  Optional<Answer> unused = cache.lookup(Prompt.of("question " + i));
                }
              }
            });

    List<Integer> returned = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Prompt prompt = Prompt.of("question " + i);
      boolean removed = cache.invalidate(prompt);
      assertThat(removed).isTrue();
      next.set(i + 1);
      for (int earlier = Math.max(0, i - 20); earlier <= i; earlier++) {
        if (isFoundByKey("question " + earlier, cache)) {
          returned.add(earlier);
        }
      }
    }
    reading.get();
    requireNonNull(migrated.get());

    assertThat(returned).isEmpty();
    await().atMost(Duration.ofSeconds(10)).until(() -> listed(store).isEmpty());
  }

  private static boolean isFoundByKey(String text, SemanticCache cache) {
    return cache
        .lookup(Prompt.of(text))
        .filter(answer -> answer.source() == Answer.Source.EXACT)
        .isPresent();
  }

  @Test
  void optionsAreChecked() {
    assertThatThrownBy(() -> StoreMigration.builder(store, store, embedder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("same store");
    assertThatThrownBy(() -> StoreMigration.builder(oldStore, store, oldEmbedder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the embedder returns those of");
    assertThatThrownBy(() -> migration().promptsPerSecond(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("promptsPerSecond is 0.0");
    assertThatThrownBy(() -> migration().promptsPerSecond(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> migration().batchSize(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("batchSize is 0");
    assertThatThrownBy(() -> transition().previousStore(oldStore, embedder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("its embedder returns those of");
    assertThatThrownBy(() -> transition().previousStore(store).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("previousStore is the store");
  }

  @Test
  void pendingCopyIsNotServed() {
    oldCache().put(Prompt.of(PARIS), "Paris");
    migration().build().run();
    CacheEntry copy = listed(store).get(0).entry();
    store.updateAttributes(
        copy.key(),
        entry -> {
          Map<String, String> attributes = new HashMap<>(entry.attributes());
          attributes.put("copy", "token of an interrupted migration");
          return entry.attributes(attributes);
        });

    assertThat(newCache().lookup(Prompt.of(PARIS))).isEmpty();
    assertThat(newCache().lookup(Prompt.of(PARIS_PARAPHRASE))).isEmpty();
    assertThat(source(fullTransition(), Prompt.of(PARIS))).contains(Answer.Source.EXACT);
    awaitCopies(1);
    assertThat(source(newCache(), Prompt.of(PARIS_PARAPHRASE))).contains(Answer.Source.SEMANTIC);
  }
}
