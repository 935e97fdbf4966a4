package io.github.semcache.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.policy.CacheSettings;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.prompt.Labels;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.verify.PairVerifier;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * End-to-end tests of a {@link SemanticCache} on the store under test. A subclass opens the store.
 */
public abstract class CacheOnStoreContract {
  private static final String PARIS = "What is the capital of France?";
  private static final String PARIS_PARAPHRASE = "Which city serves as France's capital?";
  private static final String PYTHON = "How do I reverse a string in Python?";
  private static final int SCOPE_PAIRS = 200;

  /** The names of the states that a cache may store, now or in earlier versions. */
  private static final List<String> STATES = List.of("policy", "blocked-pairs", "embedding-scale");

  /** For subclasses. */
  protected CacheOnStoreContract() {}

  /**
   * Opens the store of this test. A persistent store contains the entries that it had when the same
   * test closed it; any other store is empty.
   *
   * @param space the vector space
   * @return the store
   */
  protected abstract VectorStore open(EmbeddingSpace space);

  /**
   * Returns whether the store under test is persistent.
   *
   * @return whether entries are present after the store is closed and opened again
   */
  protected abstract boolean isPersistent();

  @Test
  void confirmationsAndCuratedAnswersApplyToAllCachesOnTheStore() {
    Embedder embedder = parisEmbedder();
    FakeChatClient chat = new FakeChatClient().replying(prompt -> ChatReply.of("Paris"));
    SemanticCacheBuilder builder =
        SemanticCache.builder().embedder(embedder).chatClient(chat).verifier(PairVerifier.none());
    try (VectorStore store = open(EmbeddingSpace.of(embedder));
        SemanticCache plain = builder.store(store).build();
        SemanticCache confirming = builder.confirmations(1).judgeExecutor(Runnable::run).build()) {
      confirming.ask(Prompt.of(PARIS).contributor("a"));
      assertThat(plain.lookup(Prompt.of(PARIS_PARAPHRASE))).isEmpty();
      confirming.ask(Prompt.of(PARIS_PARAPHRASE).contributor("b"));
      assertThat(plain.lookup(Prompt.of(PARIS))).isPresent();
      assertThat(plain.lookup(Prompt.of(PARIS_PARAPHRASE))).isPresent();

      plain.put(Prompt.of(PYTHON).curated(), "s[::-1]");
      plain.ask(Prompt.of(PYTHON).refresh());
      assertThat(plain.ask(PYTHON).text()).isEqualTo("s[::-1]");
      assertThat(plain.ask(PYTHON).isCurated()).isTrue();
    }
  }

  @Test
  void curatedAnswerThatIsStoredWhileTheModelAnswersIsNotReplaced() {
    Embedder embedder = parisEmbedder();
    FakeChatClient chat = new FakeChatClient();
    SemanticCacheBuilder builder = SemanticCache.builder().embedder(embedder).chatClient(chat);
    try (VectorStore store = open(EmbeddingSpace.of(embedder));
        SemanticCache other = builder.store(store).build();
        SemanticCache cache = builder.store(store).build()) {
      chat.replying(
          prompt -> {
            other.put(Prompt.of(PARIS).curated(), "curated");
            return ChatReply.of("of the model");
          });

      assertThat(cache.ask(PARIS).text()).isEqualTo("of the model");
      assertThat(cache.ask(Prompt.of(PARIS).refresh()).text()).isEqualTo("of the model");

      assertThat(cache.ask(PARIS).text()).isEqualTo("curated");
      assertThat(cache.ask(PARIS).isCurated()).isTrue();
    }
  }

  @Test
  void answerThatIsStoredWhileTheModelAnswersIsReplacedUnlessItIsCurated() {
    Embedder embedder = parisEmbedder();
    FakeChatClient chat = new FakeChatClient();
    SemanticCacheBuilder builder = SemanticCache.builder().embedder(embedder).chatClient(chat);
    try (VectorStore store = open(EmbeddingSpace.of(embedder));
        SemanticCache other = builder.store(store).build();
        SemanticCache cache = builder.store(store).build()) {
      chat.replying(
          prompt -> {
            other.put(Prompt.of(PARIS), "in the meantime");
            return ChatReply.of("of the model");
          });

      assertThat(cache.ask(PARIS).entryId()).isPresent();
      assertThat(other.lookup(Prompt.of(PARIS)).map(Answer::text)).contains("of the model");
    }
  }

  @Test
  void paraphraseIsASemanticHit() {
    assertParaphraseIsASemanticHit(parisEmbedder());
  }

  /**
   * Asserts that three questions, of which two are paraphrases of each other, make two model calls.
   *
   * @param embedder an embedder with which the paraphrases have a distance of 0.05 to 0.15
   */
  protected final void assertParaphraseIsASemanticHit(Embedder embedder) {
    FakeChatClient chat = new FakeChatClient();
    SemanticCacheBuilder builder = SemanticCache.builder().embedder(embedder).chatClient(chat);
    try (SemanticCache cache = builder.ownedStore(open(EmbeddingSpace.of(embedder))).build()) {
      Answer first = cache.ask(PARIS);
      Answer second = cache.ask(PARIS_PARAPHRASE);
      Answer third = cache.ask(PYTHON);

      assertThat(List.of(first.source(), second.source(), third.source()))
          .containsExactly(Answer.Source.MODEL, Answer.Source.SEMANTIC, Answer.Source.MODEL);
      assertThat(second.reply()).isEqualTo(first.reply());
      assertThat(second.matchedPrompt()).contains(PARIS);
      assertThat(second.distance().orElseThrow()).isBetween(0.05, 0.15);
      assertThat(cache.ask(PYTHON).source()).isEqualTo(Answer.Source.EXACT);
      assertThat(cache.stats().requests()).isEqualTo(4);
      assertThat(cache.stats().modelCalls()).isEqualTo(2);
      assertThat(cache.stats().semanticHits()).isEqualTo(1);
      assertThat(cache.stats().writes()).isEqualTo(2);
    }
    assertThat(chat.calls()).isEqualTo(2);
    if (isPersistent()) {
      try (SemanticCache cache = builder.ownedStore(open(EmbeddingSpace.of(embedder))).build()) {
        assertThat(cache.ask(PARIS).source()).isEqualTo(Answer.Source.EXACT);
        assertThat(cache.ask(PARIS_PARAPHRASE).source()).isEqualTo(Answer.Source.SEMANTIC);
        assertThat(chat.calls()).isEqualTo(2);
      }
    }
  }

  @Test
  void answersOfATagAreInvalidatedWhateverElseIsInTheirScopes() {
    try (SemanticCache cache = acceptingCache()) {
      cache.ask(Prompt.of(PARIS).tag("tenant", "acme").system("Be brief."));
      cache.ask(Prompt.of(PYTHON).tag("tenant", "acme").tag("user", "1"));
      Prompt other = Prompt.of(PARIS).tag("tenant", "other");
      cache.ask(other);

      assertThat(cache.count(EntrySelector.tag("tenant", "acme"))).isEqualTo(2);
      assertThat(cache.count(EntrySelector.tag("tennant"))).isZero();
      assertThat(cache.invalidate(EntrySelector.tag("tenant", "acme"))).isEqualTo(2);
      assertThat(cache.invalidate(EntrySelector.tag("tenant", "acme"))).isZero();
      assertThat(cache.ask(other).source()).isEqualTo(Answer.Source.EXACT);
      assertThat(cache.ask(Prompt.of(PYTHON).tag("tenant", "acme").tag("user", "1")).source())
          .isEqualTo(Answer.Source.MODEL);
    }
  }

  @Test
  void answersAreFoundAndInvalidatedByLabels() {
    Labels.Filter billing = Labels.Filter.anyOf("topic", "billing", "refunds");
    Labels.Filter cheap = Labels.Filter.range("price", 0, 12.5);
    Labels labels = Labels.none().with("topic", "billing").with("price", 12.5);
    try (SemanticCache cache = acceptingCache()) {
      Answer answered = cache.ask(Prompt.of(PARIS).labels(labels));
      assertThat(answered.labels()).isEqualTo(labels);
      cache.ask(Prompt.of(PYTHON).label("topic", "code"));

      for (int i = 0; i < 2; i++) { // the second time from a near cache, if there is one
        Answer exact = cache.lookup(Prompt.of(PARIS).where(billing.and(cheap))).orElseThrow();
        assertThat(exact.source()).isEqualTo(Answer.Source.EXACT);
        assertThat(exact.labels()).isEqualTo(labels);
        assertThat(cache.lookup(Prompt.of(PARIS).where(Labels.Filter.range("price", 13, 14))))
            .isEmpty();
      }
      Answer semantic = cache.lookup(Prompt.of(PARIS_PARAPHRASE).where(cheap)).orElseThrow();
      assertThat(semantic.source()).isEqualTo(Answer.Source.SEMANTIC);
      assertThat(semantic.labels()).isEqualTo(labels);
      assertThat(cache.lookup(Prompt.of(PARIS_PARAPHRASE).where(Labels.Filter.anyOf("topic", "x"))))
          .isEmpty();
      assertThat(cache.count(EntrySelector.labels(Labels.Filter.exists("topic")))).isEqualTo(2);
      assertThat(cache.invalidate(EntrySelector.labels(billing.and(cheap)))).isEqualTo(1);
      assertThat(cache.lookup(Prompt.of(PARIS))).isEmpty();
      assertThat(cache.lookup(Prompt.of(PYTHON))).isPresent();
    }
  }

  @Test
  void settingsAreSharedIfTheStoreHoldsStates() {
    VectorStore opened = open(EmbeddingSpace.of(parisEmbedder()));
    try (opened) {
      if (opened instanceof StateStore states) {
        CacheSettings.update(states, old -> CacheSettings.none().maxDistance(0.001));
        try (SemanticCache cache =
            SemanticCache.builder()
                .embedder(parisEmbedder())
                .verifier(PairVerifier.none())
                .maxDistance(0.2)
                .noGuards()
                .deadline(Duration.ofMinutes(1))
                .store(opened)
                .sharedSettings(Duration.ofSeconds(10))
                .build()) {
          cache.put(Prompt.of(PARIS), "Paris");
          assertThat(cache.lookup(Prompt.of(PARIS_PARAPHRASE))).isEmpty();
          cache.update(CacheSettings.none());
          assertThat(cache.lookup(Prompt.of(PARIS_PARAPHRASE))).isPresent();
          assertThat(CacheSettings.load(states)).isEqualTo(CacheSettings.none());
        }
      }
    }
  }

  @Test
  void invalidatedDependencyInvalidatesExactAndSemanticHits() {
    String prices = "prices " + System.nanoTime();
    try (SemanticCache cache = acceptingCache()) {
      Prompt paris = Prompt.of(PARIS).dependsOn(prices);
      Prompt paraphrase = Prompt.of(PARIS_PARAPHRASE).dependsOn(prices);
      Prompt independent = Prompt.of(PARIS);
      cache.ask(paris);
      cache.ask(independent);
      assertThat(cache.ask(paris).source()).isEqualTo(Answer.Source.EXACT);
      assertThat(cache.ask(paraphrase).source()).isEqualTo(Answer.Source.SEMANTIC);
      assertThat(cache.countDependents(prices)).isEqualTo(1);

      cache.invalidateDependents(prices);

      assertThat(cache.countDependents(prices)).isZero();
      assertThat(cache.lookup(paraphrase)).isEmpty();
      assertThat(cache.lookup(paris)).isEmpty();
      assertThat(cache.ask(independent).source()).isEqualTo(Answer.Source.EXACT);
      assertThat(cache.ask(paris).source()).isEqualTo(Answer.Source.MODEL);
      assertThat(cache.ask(paris).source()).isEqualTo(Answer.Source.EXACT);
      assertThat(cache.lookup(paraphrase)).isPresent();
      assertThat(cache.countDependents(prices)).isEqualTo(1);
    }
  }

  @Test
  void answerComputedWhileADependencyChangesIsNotServed() {
    String prices = "prices " + System.nanoTime();
    Prompt prompt = Prompt.of(PARIS).dependsOn(prices);
    FakeEmbedder embedder = parisEmbedder();
    List<Runnable> changes = new CopyOnWriteArrayList<>();
    FakeChatClient chat =
        new FakeChatClient()
            .replying(
                asked -> {
                  changes.forEach(Runnable::run);
                  return ChatReply.of("computed before the change");
                });
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(chat)
            .ownedStore(open(EmbeddingSpace.of(embedder)))
            .build()) {
      changes.add(() -> cache.invalidateDependents(prices));
      cache.ask(prompt);
      assertThat(cache.lookup(prompt)).isEmpty();

      cache.ask(prompt.refresh());
      assertThat(cache.lookup(prompt)).isEmpty();

      cache.put(prompt, "current");
      assertThat(cache.lookup(prompt)).isPresent();
    }
  }

  @Test
  void severalPromptsAreLookedUpTogether() {
    try (SemanticCache cache = acceptingCache()) {
      Prompt dependent = Prompt.of(PYTHON).dependsOn("manual " + System.nanoTime());
      cache.put(Prompt.of(PARIS), "Paris");
      cache.put(Prompt.of(PARIS).tag("tenant", "acme"), "scoped");
      cache.put(dependent, "s[::-1]");

      List<Optional<Answer>> answers =
          cache.lookupAll(
              List.of(
                  Prompt.of(PARIS),
                  Prompt.of(PARIS_PARAPHRASE),
                  dependent,
                  Prompt.of("Who wrote Faust?"),
                  Prompt.of(PARIS_PARAPHRASE).tag("tenant", "acme")));

      assertThat(answers)
          .extracting(answer -> answer.map(found -> found.source() + " " + found.text()).orElse(""))
          .containsExactly("EXACT Paris", "SEMANTIC Paris", "EXACT s[::-1]", "", "SEMANTIC scoped");
      assertThat(cache.lookupNearest(Prompt.of(PARIS_PARAPHRASE), 3)).hasSize(1);
      assertThat(cache.size()).isEqualTo(3);
    }
  }

  @Test
  void entriesAreChangedByTheirId() {
    try (SemanticCache cache = acceptingCache()) {
      Answer first = cache.ask(PARIS);
      String id = first.entryId().orElseThrow();

      assertThat(cache.replaceAnswer(id, ChatReply.of("replaced"))).isTrue();
      assertThat(cache.ask(PARIS_PARAPHRASE).text()).isEqualTo("replaced");
      assertThat(cache.expireAfter(id, Duration.ofDays(365))).isTrue();
      assertThat(cache.putReplacing(Prompt.of(PARIS_PARAPHRASE), ChatReply.of("new"))).isEqualTo(1);
      assertThat(cache.replaceAnswer(id, ChatReply.of("late"))).isFalse();
      assertThat(cache.expireAfter(id, Duration.ofDays(1))).isFalse();
      assertThat(cache.ask(PARIS).text()).isEqualTo("new");
    }
  }

  @Test
  void exactOnlyCacheNeedsNoEmbedder() {
    SemanticCacheBuilder builder =
        SemanticCache.builder().exactOnly().chatClient(new FakeChatClient()).failOnCacheErrors();
    try (SemanticCache cache =
        builder.ownedStore(open(EmbeddingSpace.none())).failIfStoreUnreachable().build()) {
      assertThat(cache.ask(PARIS).source()).isEqualTo(Answer.Source.MODEL);
      assertThat(cache.ask(PARIS).source()).isEqualTo(Answer.Source.EXACT);
      assertThat(cache.ask(PARIS_PARAPHRASE).source()).isEqualTo(Answer.Source.MODEL);
      assertThat(cache.invalidate(Prompt.of(PARIS))).isTrue();
      assertThat(cache.clear()).isEqualTo(1);
    }
  }

  @Test
  void entryIsRenewedByHits() {
    FakeEmbedder embedder = parisEmbedder();
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(new FakeChatClient())
            .ownedStore(open(EmbeddingSpace.of(embedder)))
            .timeToLive(Duration.ofSeconds(2))
            .renewTimeToLiveOnHit()
            .build()) {
      cache.ask(PARIS);
      long end = System.nanoTime() + Duration.ofSeconds(3).toNanos();
      while (System.nanoTime() < end) {
        assertThat(cache.lookup(Prompt.of(PARIS))).isPresent();
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      }
    }
  }

  /** Returns a cache whose policy admits paraphrases, and whose candidates are not verified. */
  private SemanticCache acceptingCache() {
    FakeEmbedder embedder = parisEmbedder();
    return SemanticCache.builder()
        .embedder(embedder)
        .chatClient(new FakeChatClient())
        .ownedStore(open(EmbeddingSpace.of(embedder)))
        .hitPolicy(HitPolicy.maxDistance(0.15).unguarded())
        .verifier(PairVerifier.none())
        .failOnCacheErrors()
        .build();
  }

  @Test
  void answerIsNotServedToAScopeThatDiffersInOnePart() {
    FakeEmbedder embedder = new FakeEmbedder().place(PARIS, 0).place(PARIS_PARAPHRASE, 1);
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .ownedStore(open(EmbeddingSpace.of(embedder)))
            .hitPolicy(HitPolicy.maxDistance(2))
            .failOnCacheErrors()
            .build()) {
      for (long seed = 0; seed < SCOPE_PAIRS; seed++) {
        ScopePair pair = ScopePair.random(new Random(seed));
        cache.clear();
        cache.put(Prompt.of(PARIS).scope(pair.one()), "secret");

        for (String text : List.of(PARIS, PARIS_PARAPHRASE)) {
          Prompt prompt = Prompt.of(text);
          assertThat(cache.lookup(prompt.scope(pair.other())))
              .as("scopes differ in %s, seed %s", pair.difference(), seed)
              .isEmpty();
          assertThat(cache.lookup(prompt.scope(pair.one())))
              .as("same scope, seed %s", seed)
              .map(Answer::text)
              .contains("secret");
        }
        assertThat(cache.invalidate(pair.other())).isZero();
        assertThat(cache.invalidate(pair.one())).isEqualTo(1);
      }
    }
  }

  @Test
  void promptsOfAnyTextAreFound() {
    FakeEmbedder embedder = new FakeEmbedder();
    List<String> texts =
        List.of(
            "\0",
            "NUL \0 inside",
            "\"quotes' {braces} * : | @scope:{*}",
            "😀 漢字 \u202e \uffff",
            "word ".repeat(200_000));
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .ownedStore(open(EmbeddingSpace.of(embedder)))
            .failOnCacheErrors()
            .build()) {
      texts.forEach(text -> cache.put(Prompt.of(text).tag(text, text), "answer: " + text));

      for (String text : texts) {
        assertThat(cache.lookup(Prompt.of(text).tag(text, text)).map(Answer::text))
            .contains("answer: " + text);
        assertThat(cache.lookup(Prompt.of(text))).isEmpty();
      }
    }
  }

  @Test
  void plainCacheHasNoThreadAndNoStateAndCallsTheStoreForItsEntriesOnly() {
    FakeEmbedder embedder = parisEmbedder();
    VectorStore opened = open(EmbeddingSpace.of(embedder));
    RecordingStore store = new RecordingStore(opened);
    Set<Thread> threads = Thread.getAllStackTraces().keySet();
    try (SemanticCache cache = plainCache(embedder, store)) {
      cache.ask(PARIS);
      assertThat(cache.ask(PARIS).source()).isEqualTo(Answer.Source.EXACT);
      assertThat(cache.ask(PARIS_PARAPHRASE).source()).isEqualTo(Answer.Source.SEMANTIC);
      assertThat(cache.lookup(Prompt.of(PYTHON))).isEmpty();
      cache.explain(Prompt.of(PYTHON));

      assertThat(store.calls())
          .as("a miss, an exact hit, a semantic hit, a lookup, and an explanation")
          .isEqualTo(
              List.of(
                  "find", "nearest", "find", "put", "find", "find", "nearest", "find", "nearest",
                  "find", "nearest"));
      assertThat(newCacheThreads(threads)).isEmpty();
      assertNoState(opened);
      assertThat(cache.stats().policyErrors()).isZero();
    }
    assertThat(newCacheThreads(threads)).isEmpty();
  }

  @Test
  void reportWrongStartsNoThreadAndAskAsyncStartsOne() {
    FakeEmbedder embedder = parisEmbedder();
    VectorStore opened = open(EmbeddingSpace.of(embedder));
    RecordingStore store = new RecordingStore(opened);
    Set<Thread> threads = Thread.getAllStackTraces().keySet();
    try (SemanticCache cache = plainCache(embedder, store)) {
      cache.ask(PARIS);
      cache.reportWrong(cache.ask(PARIS_PARAPHRASE));

      assertThat(cache.lookup(Prompt.of(PARIS_PARAPHRASE))).isEmpty();
      assertThat(newCacheThreads(threads)).as("after reportWrong").isEmpty();

      assertThat(cache.askAsync(Prompt.of(PARIS)).join().source()).isEqualTo(Answer.Source.EXACT);

      assertThat(newCacheThreads(threads))
          .as("after askAsync")
          .singleElement()
          .satisfies(thread -> assertThat(thread.getName()).startsWith("semcache-async"));
      assertThat(store.calls()).noneMatch(call -> call.contains(" "));
      assertNoState(opened);
    }
  }

  private static FakeEmbedder parisEmbedder() {
    return new FakeEmbedder().place(PARIS, 0).place(PARIS_PARAPHRASE, 25).place(PYTHON, 90);
  }

  private static SemanticCache plainCache(Embedder embedder, VectorStore store) {
    return SemanticCache.builder()
        .embedder(embedder)
        .chatClient(new FakeChatClient())
        .ownedStore(store)
        .build();
  }

  /** Returns the live threads of caches that are not in a snapshot of threads. */
  private static List<Thread> newCacheThreads(Set<Thread> before) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread))
        .filter(
            thread ->
                thread.getName().startsWith("semcache-async")
                    || thread.getName().startsWith("semcache-judge"))
        .toList();
  }

  /** Asserts that a store, if it can store states, contains none of those of a cache. */
  private static void assertNoState(VectorStore store) {
    if (store instanceof StateStore states) {
      assertThat(STATES).allSatisfy(name -> assertThat(states.load(name)).isEmpty());
    }
  }
}
