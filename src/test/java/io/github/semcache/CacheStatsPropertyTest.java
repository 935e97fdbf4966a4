package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testing.FaultyStore.Call;
import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Property tests of the relations between the statistics, for random calls and failures. */
class CacheStatsPropertyTest {

  /** The kinds of steps. */
  enum Kind {
    ASK,
    ASK_REPEATED,
    ASK_STREAMING,
    LOOKUP,
    COMPLETE,
    FAIL,
    ABANDON,
    INVALIDATE,
    FIND_FAILS,
    SEARCH_FAILS,
    WRITE_FAILS,
    STORE_RECOVERS,
    EMBEDDER_FAILS,
    EMBEDDER_REJECTS,
    EMBEDDER_RECOVERS,
    MODEL_FAILS,
    MODEL_RECOVERS,
    CALLBACKS_FAIL,
    CALLBACKS_RECOVER
  }

  record Step(Kind kind, int prompt, Prompt.Mode mode) {}

  private static List<Step> steps(Values values) {
    return values.listOf(
        0,
        60,
        () ->
            new Step(
                values.oneOf(List.of(Kind.values())),
                values.intBetween(0, 4),
                values.intBetween(1, 7) == 1
                    ? values.oneOf(List.of(Prompt.Mode.values()))
                    : Prompt.Mode.USE));
  }

  @Property(tries = 300)
  void statisticsMatchTheCalls(Values values) {
    List<Step> steps = steps(values);
    boolean shadow = values.anyBoolean();
    Scenario scenario = new Scenario(shadow);

    steps.forEach(scenario::run);

    CacheStats stats = scenario.cache.stats();
    assertThat(stats.hits() + stats.misses()).isEqualTo(stats.requests());
    assertThat(stats.requests()).isEqualTo(scenario.requests.get());
    assertThat(stats.misses() - scenario.missedLookups.get()).isEqualTo(stats.modelCalls());
    assertThat(stats.coalesced()).isZero();
    assertThat(stats.modelCalls()).isEqualTo(scenario.chat.calls() + scenario.leads.get());
    assertThat(stats.modelErrors()).isEqualTo(scenario.modelErrors.get());
    assertThat(stats.writes()).isEqualTo(scenario.store.written().size());
    assertThat(stats.embeddings()).isEqualTo(scenario.embedder.embedded().size());
    assertThat(stats.storeErrors()).isEqualTo(scenario.store.failures());
    assertThat(stats.quality().shadowHits()).isLessThanOrEqualTo(stats.requests());
    assertThat(shadow ? stats.hits() : stats.quality().shadowHits()).isZero();
    assertThat(eventCounts(stats)).isEqualTo(eventCounts(scenario.listener.snapshot()));
  }

  @Property(tries = 10)
  void statisticsMatchTheCallsOfConcurrentThreads(Values values) {
    List<Step> first = steps(values);
    List<Step> second = steps(values);
    Scenario scenario = new Scenario(false);

    CompletableFuture.allOf(
            Stream.of(first, second, first, second)
                .map(
                    steps ->
                        CompletableFuture.runAsync(
                            () -> steps.forEach(scenario::run), task -> new Thread(task).start()))
                .toArray(CompletableFuture[]::new))
        .join();

    CacheStats stats = scenario.cache.stats();
    assertThat(stats.hits() + stats.misses()).isEqualTo(stats.requests());
    assertThat(stats.requests()).isEqualTo(scenario.requests.get());
    assertThat(stats.misses() - scenario.missedLookups.get())
        .as("a request that follows an abandoned call and then leads is one miss")
        .isLessThanOrEqualTo(stats.modelCalls() + stats.coalesced())
        .isGreaterThanOrEqualTo(stats.modelCalls());
    assertThat(stats.modelCalls()).isEqualTo(scenario.chat.calls() + scenario.leads.get());
    assertThat(stats.writes()).isEqualTo(scenario.store.written().size());
    assertThat(stats.embeddings()).isEqualTo(scenario.embedder.embedded().size());
    assertThat(eventCounts(stats)).isEqualTo(eventCounts(scenario.listener.snapshot()));
  }

  /** A cache with fake parts, and the number of calls made to it. */
  private static final class Scenario {
    private static final Map<String, String> SETTINGS = Map.of("model", "fake-model");

    final AtomicInteger requests = new AtomicInteger();
    final AtomicInteger missedLookups = new AtomicInteger();
    final AtomicInteger leads = new AtomicInteger();
    final AtomicInteger modelErrors = new AtomicInteger();
    final FakeEmbedder embedder = new FakeEmbedder();
    final FakeChatClient chat = new FakeChatClient();
    final FaultyStore store = new FaultyStore(InMemoryVectorStore.of(embedder));
    final CacheStats.Counter listener = CacheStats.counter();
    final SemanticCache cache;
    private volatile boolean callbacksFail;

    Scenario(boolean shadow) {
      for (int i = 0; i < 5; i++) {
        embedder.place("prompt " + i, 13 * i);
      }
      SemanticCacheBuilder builder =
          SemanticCache.builder()
              .verifier(PairVerifier.none())
              .embedder(embedder)
              .chatClient(chat)
              .store(store)
              .listener(listener)
              .normalizer(this::normalized)
              .admission((prompt, reply) -> !normalized(prompt.text()).endsWith("4"))
              .ticker(() -> 0);
      cache = shadow ? builder.shadowMode().build() : builder.build();
    }

    private String normalized(String text) {
      if (callbacksFail) {
        throw new IllegalStateException("injected failure");
      }
      return text;
    }

    void run(Step step) {
      Prompt prompt = Prompt.of("prompt " + step.prompt()).mode(step.mode());
      switch (step.kind()) {
        case ASK, ASK_REPEATED -> ask(() -> cache.ask(prompt));
        case ASK_STREAMING -> ask(() -> cache.ask(prompt, text -> {}));
        case LOOKUP -> lookup(prompt);
        case COMPLETE, FAIL, ABANDON -> begin(prompt, step.kind());
        case INVALIDATE -> invalidate(prompt);
        case FIND_FAILS -> store.fail(Call.FIND);
        case SEARCH_FAILS -> store.fail(Call.NEAREST);
        case WRITE_FAILS -> store.fail(Call.PUT);
        case STORE_RECOVERS -> store.recover();
        case EMBEDDER_FAILS -> embedder.failWith(new EmbedderException("down"));
        case EMBEDDER_REJECTS -> embedder.failWith(new EmbedderException.RejectedText("too long"));
        case EMBEDDER_RECOVERS -> embedder.recover();
        case MODEL_FAILS -> chat.failingWith(new IllegalStateException("model down"));
        case MODEL_RECOVERS ->
            chat.replying(asked -> ChatReply.of("answer").usage(FakeChatClient.USAGE));
        case CALLBACKS_FAIL -> callbacksFail = true;
        case CALLBACKS_RECOVER -> callbacksFail = false;
      }
    }

    private void ask(Runnable call) {
      requests.incrementAndGet();
      try {
        call.run();
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage("model down");
        modelErrors.incrementAndGet();
      }
    }

    private void lookup(Prompt prompt) {
      requests.incrementAndGet();
      if (cache.lookup(prompt).isEmpty()) {
        missedLookups.incrementAndGet();
      }
    }

    private void begin(Prompt prompt, Kind completion) {
      requests.incrementAndGet();
      CacheCall call = cache.begin(prompt, SETTINGS);
      if (!(call instanceof CacheCall.Lead lead)) {
        return;
      }
      leads.incrementAndGet();
      if (completion == Kind.COMPLETE) {
        lead.complete(ChatReply.of("answer"));
      } else if (completion == Kind.FAIL) {
        modelErrors.incrementAndGet();
        lead.fail(new IllegalStateException("model down"));
      } else {
        lead.abandon();
      }
    }

    private void invalidate(Prompt prompt) {
      try {
        cache.invalidate(prompt);
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage("injected failure");
      }
    }
  }

  /** Returns all counts except those of scopes, which are not published as events. */
  private static String eventCounts(CacheStats stats) {
    return stats.toString().replaceAll(", (scopes|singleUseScopeRate)=[^,}]*", "");
  }
}
