package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.RejectedTextException;
import io.github.semcache.prompt.CacheMode;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.stats.StatsCounter;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testing.FaultyStore.Call;
import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** What the counts promise, whatever is asked and whatever fails. */
class CacheStatsPropertyTest {

  /** What can happen to a cache. */
  enum Kind {
    ASK,
    ASK_AGAIN,
    ASK_FOR_A_STREAM,
    LOOK_UP,
    COMPLETE,
    FAIL,
    ABANDON,
    INVALIDATE,
    LOOKUPS_BREAK,
    SEARCHES_BREAK,
    WRITES_BREAK,
    STORE_RECOVERS,
    EMBEDDER_BREAKS,
    EMBEDDER_REJECTS,
    EMBEDDER_RECOVERS,
    MODEL_BREAKS,
    MODEL_RECOVERS,
    PARTS_BREAK,
    PARTS_RECOVER
  }

  record Step(Kind kind, int prompt, CacheMode mode) {}

  private static List<Step> steps(Values values) {
    return values.listOf(
        0,
        60,
        () ->
            new Step(
                values.oneOf(List.of(Kind.values())),
                values.intBetween(0, 4),
                values.intBetween(1, 7) == 1
                    ? values.oneOf(List.of(CacheMode.values()))
                    : CacheMode.USE));
  }

  @Property(tries = 300)
  void countsAgreeWithWhatHappened(Values values) {
    List<Step> steps = steps(values);
    boolean shadow = values.anyBoolean();
    World world = new World(shadow);

    steps.forEach(world::take);

    CacheStats stats = world.cache.stats();
    assertThat(stats.hits() + stats.misses()).isEqualTo(stats.requests());
    assertThat(stats.requests()).isEqualTo(world.requests.get());
    assertThat(stats.misses() - world.missedLookups.get()).isEqualTo(stats.modelCalls());
    assertThat(stats.coalesced()).isZero();
    assertThat(stats.modelCalls()).isEqualTo(world.chat.calls() + world.leads.get());
    assertThat(stats.modelErrors()).isEqualTo(world.modelErrors.get());
    assertThat(stats.writes()).isEqualTo(world.store.written().size());
    assertThat(stats.embeddings()).isEqualTo(world.embedder.embedded().size());
    assertThat(stats.storeErrors()).isEqualTo(world.store.failures());
    assertThat(stats.quality().shadowHits()).isLessThanOrEqualTo(stats.requests());
    assertThat(shadow ? stats.hits() : stats.quality().shadowHits()).isZero();
    assertThat(stats).isEqualTo(world.listener.snapshot());
  }

  @Property(tries = 10)
  void countsAgreeWhenManyThreadsAsk(Values values) {
    List<Step> first = steps(values);
    List<Step> second = steps(values);
    World world = new World(false);

    CompletableFuture.allOf(
            Stream.of(first, second, first, second)
                .map(
                    steps ->
                        CompletableFuture.runAsync(
                            () -> steps.forEach(world::take), task -> new Thread(task).start()))
                .toArray(CompletableFuture[]::new))
        .join();

    CacheStats stats = world.cache.stats();
    assertThat(stats.hits() + stats.misses()).isEqualTo(stats.requests());
    assertThat(stats.requests()).isEqualTo(world.requests.get());
    assertThat(stats.misses() - world.missedLookups.get())
        .isEqualTo(stats.modelCalls() + stats.coalesced());
    assertThat(stats.modelCalls()).isEqualTo(world.chat.calls() + world.leads.get());
    assertThat(stats.writes()).isEqualTo(world.store.written().size());
    assertThat(stats.embeddings()).isEqualTo(world.embedder.embedded().size());
    assertThat(stats).isEqualTo(world.listener.snapshot());
  }

  /** A cache, what is around it, and counts of what was done to it. */
  private static final class World {
    private static final Map<String, String> SETTINGS = Map.of("model", "fake-model");

    final AtomicInteger requests = new AtomicInteger();
    final AtomicInteger missedLookups = new AtomicInteger();
    final AtomicInteger leads = new AtomicInteger();
    final AtomicInteger modelErrors = new AtomicInteger();
    final FakeEmbedder embedder = new FakeEmbedder();
    final FakeChatClient chat = new FakeChatClient();
    final FaultyStore store = new FaultyStore(InMemoryVectorStore.of(embedder));
    final StatsCounter listener = new StatsCounter();
    final SemanticCache cache;
    private volatile boolean broken;

    World(boolean shadow) {
      for (int i = 0; i < 5; i++) {
        embedder.place("prompt " + i, 13 * i);
      }
      SemanticCacheBuilder builder =
          SemanticCache.builder()
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
      if (broken) {
        throw new IllegalStateException("broken");
      }
      return text;
    }

    void take(Step step) {
      Prompt prompt = Prompt.of("prompt " + step.prompt()).mode(step.mode());
      switch (step.kind()) {
        case ASK, ASK_AGAIN -> ask(() -> cache.ask(prompt));
        case ASK_FOR_A_STREAM -> ask(() -> cache.ask(prompt, text -> {}));
        case LOOK_UP -> lookUp(prompt);
        case COMPLETE, FAIL, ABANDON -> begin(prompt, step.kind());
        case INVALIDATE -> invalidate(prompt);
        case LOOKUPS_BREAK -> store.fail(Call.FIND);
        case SEARCHES_BREAK -> store.fail(Call.NEAREST);
        case WRITES_BREAK -> store.fail(Call.PUT);
        case STORE_RECOVERS -> store.recover();
        case EMBEDDER_BREAKS -> embedder.failWith(new EmbedderException("down"));
        case EMBEDDER_REJECTS -> embedder.failWith(new RejectedTextException("too long"));
        case EMBEDDER_RECOVERS -> embedder.recover();
        case MODEL_BREAKS -> chat.failingWith(new IllegalStateException("model down"));
        case MODEL_RECOVERS ->
            chat.replying(asked -> ChatReply.of("answer").usage(FakeChatClient.USAGE));
        case PARTS_BREAK -> broken = true;
        case PARTS_RECOVER -> broken = false;
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

    private void lookUp(Prompt prompt) {
      requests.incrementAndGet();
      if (cache.lookup(prompt).isEmpty()) {
        missedLookups.incrementAndGet();
      }
    }

    private void begin(Prompt prompt, Kind end) {
      requests.incrementAndGet();
      CacheCall call = cache.begin(prompt, SETTINGS);
      if (!(call instanceof CacheCall.Lead lead)) {
        return;
      }
      leads.incrementAndGet();
      if (end == Kind.COMPLETE) {
        lead.complete(ChatReply.of("answer"));
      } else if (end == Kind.FAIL) {
        modelErrors.incrementAndGet();
        lead.fail(new IllegalStateException("model down"));
      } else {
        lead.abandon();
      }
    }

    private void invalidate(Prompt prompt) {
      if (!broken) {
        cache.invalidate(prompt);
      }
    }
  }
}
