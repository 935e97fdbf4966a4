package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.policy.CacheSettings;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.testing.FaultyStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The settings of a running cache. */
@Timeout(60)
class SettingsTest extends CacheFixture {
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final CacheSettings NONE = CacheSettings.none();

  private final Prompt paris = Prompt.of(PARIS);
  private final Prompt paraphrase = Prompt.of(PARIS_PARAPHRASE);
  private final InMemoryVectorStore store =
      InMemoryVectorStore.builder(embedder).timeSource(time).build();

  /** The reads that were scheduled and not run. */
  private final Deque<Runnable> background = new ArrayDeque<>();

  private SemanticCache sharing() {
    return builder().store(store).executor(background::add).sharedSettings(INTERVAL).build();
  }

  private void runBackground() {
    while (!background.isEmpty()) {
      background.remove().run();
    }
  }

  @Test
  void thresholdOfARunningCacheIsChanged() {
    cache.put(paris, "Paris");
    assertThat(cache.lookup(paraphrase)).isPresent();

    cache.update(NONE.maxDistance(0.01));

    assertThat(cache.settings()).isEqualTo(NONE.maxDistance(0.01));
    assertThat(cache.lookup(paraphrase)).isEmpty();
    assertThat(cache.lookup(paraphrase.maxDistance(0.1))).as("of the prompt").isPresent();
    assertThat(cache.explain(paraphrase).decision().toString()).contains("too-far");
    assertThat(cache.stats().missesByReason()).containsOnlyKeys(MissReason.TOO_FAR);
    cache.update(NONE);
    assertThat(cache.lookup(paraphrase)).as("of the builder").isPresent();
    assertThat(cache.stats().settingsChanges()).isEqualTo(2);
    assertThat(events)
        .contains(
            new CacheEvent.SettingsChanged(NONE, NONE.maxDistance(0.01)),
            new CacheEvent.SettingsChanged(NONE.maxDistance(0.01), NONE));
  }

  @Test
  void listenerMayWaitForAnotherThreadThatChangesTheSettings() {
    CompletableFuture<SemanticCache> changed = new CompletableFuture<>();
    CacheSettings other = NONE.maxDistance(0.02);
    SemanticCache reacting =
        builder()
            .listener(
                event -> {
                  if (event instanceof CacheEvent.SettingsChanged change
                      && !change.now().equals(other)) {
                    CompletableFuture.runAsync(() -> changed.join().update(other)).join();
                  }
                })
            .build();
    changed.complete(reacting);

    reacting.update(NONE.maxDistance(0.01));

    assertThat(reacting.settings()).isEqualTo(other);
    assertThat(reacting.stats().settingsChanges()).isEqualTo(2);
    reacting.close();
  }

  @Test
  void timeToLiveOfARunningCacheIsChanged() {
    cache.ask(paris);
    cache.update(NONE.timeToLive(Duration.ofMinutes(1)));
    cache.ask(Prompt.of(PYTHON));
    cache.put(Prompt.of("put"), "answer");
    cache.put(Prompt.of("own"), "answer", Duration.ofHours(1));

    time.advance(Duration.ofMinutes(1));

    assertThat(cache.lookup(paris)).as("stored before").isPresent();
    assertThat(cache.lookup(Prompt.of(PYTHON))).isEmpty();
    assertThat(cache.lookup(Prompt.of("put"))).isEmpty();
    assertThat(cache.lookup(Prompt.of("own"))).isPresent();
  }

  @Test
  void timeToLiveOfACacheWithoutExpiryIsSet() {
    SemanticCache unlimited = builder().noExpiry().build();
    unlimited.update(NONE.timeToLive(Duration.ofMinutes(1)));
    unlimited.put(paris, "Paris");
    time.advance(Duration.ofMinutes(1));

    assertThat(unlimited.lookup(paris)).isEmpty();
  }

  @Test
  void deadlineOfARunningCacheIsChanged() {
    CountDownLatch never = new CountDownLatch(1);
    SemanticCache slow =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(chat)
            .deadline(Duration.ofMinutes(10))
            .build();
    embedder.beforeEmbedding(
        () -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });

    slow.update(NONE.deadline(Duration.ofMillis(20)));

    assertThat(slow.ask(paris).missReason()).contains(MissReason.DEADLINE);
    slow.close();
  }

  @Test
  void instancesShareTheirSettings() {
    SemanticCache first = sharing();
    SemanticCache second = sharing();
    first.put(paris, "Paris");

    first.update(NONE.maxDistance(0.01));

    assertThat(first.lookup(paraphrase)).isEmpty();
    time.advance(INTERVAL.minusNanos(1));
    assertThat(second.lookup(paraphrase)).as("within the interval").isPresent();
    assertThat(background).isEmpty();
    time.advance(Duration.ofNanos(1));
    assertThat(second.lookup(paraphrase)).as("while they are read").isPresent();
    assertThat(background).hasSize(1);
    runBackground();
    assertThat(second.lookup(paraphrase)).isEmpty();
    assertThat(background).as("one read per interval").isEmpty();
    assertThat(second.settings()).isEqualTo(NONE.maxDistance(0.01));
    assertThat(second.stats().settingsChanges()).isEqualTo(1);
    assertThat(sharing().lookup(paraphrase)).as("an instance that starts later").isEmpty();
  }

  @Test
  void changeDuringAReadIsNotReverted() {
    SemanticCache first = sharing();
    CacheSettings.update(store, old -> old.maxDistance(0.5));
    time.advance(INTERVAL);
    assertThat(first.settings()).isEqualTo(NONE);
    first.update(NONE.maxDistance(0.02));
    runBackground();

    assertThat(first.settings()).isEqualTo(NONE.maxDistance(0.02));
    assertThat(CacheSettings.load(store)).isEqualTo(NONE.maxDistance(0.02));
  }

  @Test
  void settingsThatCannotBeReadOrWrittenDoNotChange() {
    FaultyStore faulty =
        new FaultyStore(
            InMemoryVectorStore.builder(EmbeddingSpace.of(embedder)).timeSource(time).build());
    FailingStates states = new FailingStates();
    SemanticCache first =
        builder()
            .store(faulty)
            .stateStore(states)
            .executor(background::add)
            .sharedSettings(INTERVAL)
            .build();
    first.update(NONE.maxDistance(0.01));
    states.fails = true;

    assertThatThrownBy(() -> first.update(NONE)).isInstanceOf(StoreException.class);
    time.advance(INTERVAL);
    assertThat(first.lookup(paris)).isEmpty();
    runBackground();

    assertThat(first.settings()).isEqualTo(NONE.maxDistance(0.01));
    assertThat(first.stats().storeErrors()).isEqualTo(1);
    states.fails = false;
    states.save("settings", "maxDistance=x".getBytes(StandardCharsets.UTF_8));
    time.advance(INTERVAL);
    assertThat(first.lookup(paris)).isEmpty();
    runBackground();
    assertThat(first.settings()).as("damaged").isEqualTo(NONE.maxDistance(0.01));
    assertThat(first.stats().storeErrors()).isEqualTo(2);
    first.update(NONE.timeToLive(Duration.ofHours(1)));
    assertThat(CacheSettings.load(states)).isEqualTo(NONE.timeToLive(Duration.ofHours(1)));
  }

  private final class FailingStates implements StateStore {
    private boolean fails;

    private StateStore states() {
      if (fails) {
        throw new StoreException("down", null);
      }
      return store;
    }

    @Override
    public Optional<byte[]> load(String name) {
      return states().load(name);
    }

    @Override
    public void update(String name, Function<Optional<byte[]>, byte[]> change) {
      states().update(name, change);
    }
  }

  @Test
  void cacheWithoutSharedSettingsReadsNone() {
    CacheSettings.update(store, old -> old.maxDistance(0.01));
    SemanticCache alone = builder().store(store).executor(background::add).build();
    alone.put(paris, "Paris");
    time.advance(Duration.ofDays(1).minusMinutes(1));

    assertThat(alone.lookup(paraphrase)).isPresent();
    assertThat(background).isEmpty();
    alone.update(NONE.maxDistance(0.02));
    assertThat(CacheSettings.load(store)).isEqualTo(NONE.maxDistance(0.01));
  }

  @Test
  void settingsNeedAStoreAndAnOpenCache() {
    FaultyStore withoutStates =
        new FaultyStore(InMemoryVectorStore.builder(EmbeddingSpace.of(embedder)).build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().store(withoutStates).sharedSettings(INTERVAL).build())
        .withMessage("sharedSettings is set; it needs a stateStore, or a store that is one");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().sharedSettings(Duration.ZERO))
        .withMessage("sharedSettings is PT0S; it must be between 1 ms and 10 minutes");
    cache.close();
    assertThatThrownBy(() -> cache.update(NONE)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void changesAreReadOnThreadsOfTheCacheByDefault() {
    SemanticCache real =
        SemanticCache.builder()
            .embedder(embedder)
            .store(store)
            .sharedSettings(Duration.ofMillis(1))
            .build();
    CacheSettings.update(store, old -> old.deadline(Duration.ofSeconds(2)));

    await().until(() -> real.settings().deadline().isPresent());
    real.close();
  }

  @Test
  void requestIsAnsweredIfTheExecutorOfTheReadFails() {
    SemanticCache broken =
        builder()
            .store(store)
            .sharedSettings(INTERVAL)
            .executor(
                task -> {
                  throw new InternalError("unable to create native thread");
                })
            .build();
    time.advance(INTERVAL);

    assertThat(broken.ask(paris).source()).isEqualTo(Answer.Source.MODEL);
    assertThat(broken.stats().storeErrors()).isEqualTo(1);
    broken.close();
  }
}
