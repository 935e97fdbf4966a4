package io.github.semcache.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.deadline.Deadline;
import io.github.semcache.testkit.FakeClock;
import io.github.semcache.testkit.FakeEmbedder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EmbeddingCacheTest {
  private final FakeEmbedder embedder = new FakeEmbedder();
  private final FakeClock clock = new FakeClock();
  private final EmbeddingCache cache =
      EmbeddingCache.builder(embedder)
          .maxEntries(3)
          .timeToLive(Duration.ofHours(1))
          .ticker(clock::nanos)
          .build();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void textIsEmbeddedOnce() {
    List<Embedding> first = cache.embed(List.of("a", "b", "a"));

    assertThat(first).hasSize(3);
    assertThat(first.get(0)).isEqualTo(first.get(2)).isEqualTo(embedder.embed(List.of("a")).get(0));
    assertThat(cache.embed(List.of("b", "c")).get(0)).isEqualTo(first.get(1));
    assertThat(embedder.embedded()).containsExactly("a", "b", "a", "c");
    assertThat(cache.stats()).isEqualTo(new EmbeddingCache.Stats(1, 0, 3, 0, 3));
    assertThat(cache.embed(List.of())).isEmpty();
  }

  @Test
  void leastRecentlyUsedEmbeddingIsDropped() {
    cache.embed(List.of("a"));
    cache.embed(List.of("b"));
    cache.embed(List.of("c"));
    cache.embed(List.of("a"));
    cache.embed(List.of("d"));

    cache.embed(List.of("a", "c", "d", "b"));

    assertThat(embedder.embedded()).containsExactly("a", "b", "c", "d", "b");
    assertThat(cache.stats().size()).isEqualTo(3);
  }

  @Test
  void moreTextsThanTheCacheHoldsAreEmbedded() {
    List<String> texts = List.of("a", "b", "c", "d", "e", "f", "g");

    assertThat(cache.embed(texts)).isEqualTo(new FakeEmbedder().embed(texts));
  }

  @Test
  void embeddingExpires() {
    cache.embed(List.of("a"));
    clock.advance(Duration.ofMinutes(59));
    cache.embed(List.of("a"));
    assertThat(embedder.embedded()).hasSize(1);

    clock.advance(Duration.ofMinutes(1));
    cache.embed(List.of("a"));
    assertThat(embedder.embedded()).hasSize(2);
    cache.clear();
    cache.embed(List.of("a"));
    assertThat(embedder.embedded()).hasSize(3);
  }

  @Test
  void textsWithUnpairedSurrogatesAreDistinguished() {
    cache.embed(List.of("\ud800a", "?a", "\ud801a"));

    assertThat(cache.stats().misses()).isEqualTo(3);
    assertThat(EmbeddingCalls.key("a")).hasSize(64).isNotEqualTo(EmbeddingCalls.key("\0a"));
  }

  @Test
  void propertiesAreThoseOfTheEmbedder() {
    assertThat(cache.modelId()).isEqualTo(embedder.modelId());
    assertThat(cache.dimension()).isEqualTo(embedder.dimension());
    assertThat(cache.maxDistance()).isEqualTo(embedder.maxDistance());
    assertThat(cache.coverage("text")).isEqualTo(1);
    assertThat(cache.isNonBlocking()).isFalse();
  }

  @Test
  void failureIsThrownAndNotCached() {
    embedder.failWith(new EmbedderException("down"));
    assertThatThrownBy(() -> cache.embed(List.of("a"))).hasMessage("down");
    embedder.recover();

    assertThat(cache.embed(List.of("a"))).hasSize(1);
  }

  @Test
  void invalidResultsAreRejectedAndNotCached() {
    EmbeddingCache tooFew = EmbeddingCache.of(new WrongEmbedder(texts -> List.of()));
    EmbeddingCache wrongDimension =
        EmbeddingCache.of(new WrongEmbedder(texts -> List.of(Embedding.of(1, 2, 3))));

    assertThatThrownBy(() -> tooFew.embed(List.of("a")))
        .hasMessage("the embedder returned 0 embeddings for 1 texts");
    assertThatThrownBy(() -> wrongDimension.embed(List.of("a")))
        .hasMessage("the embedder returned an embedding of dimension 3; its dimension is 2");
    assertThat(wrongDimension.stats().size()).isZero();
  }

  private record WrongEmbedder(java.util.function.Function<List<String>, List<Embedding>> result)
      implements Embedder {
    @Override
    public List<Embedding> embed(List<String> texts) {
      return result.apply(texts);
    }

    @Override
    public String modelId() {
      return "wrong";
    }

    @Override
    public int dimension() {
      return 2;
    }
  }

  @Test
  void concurrentCallsEmbedATextOnce() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    CountDownLatch release = new CountDownLatch(1);
    embedder.beforeEmbedding(
        () -> {
          calls.incrementAndGet();
          await(release);
        });
    List<CompletableFuture<List<Embedding>>> results = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      results.add(CompletableFuture.supplyAsync(() -> cache.embed(List.of("a")), threads));
    }
    while (calls.get() == 0) {
      Thread.onSpinWait();
    }
    release.countDown();

    for (CompletableFuture<List<Embedding>> result : results) {
      assertThat(result.get(10, TimeUnit.SECONDS)).hasSize(1);
    }
    assertThat(embedder.embedded()).containsExactly("a");
  }

  @Test
  void callsThatLeadTextsOfEachOtherDoNotDeadlock() throws Exception {
    for (int round = 0; round < 200; round++) {
      String x = "x" + round;
      String y = "y" + round;
      CompletableFuture<?> one =
          CompletableFuture.runAsync(() -> cache.embed(List.of(x, y)), threads);
      CompletableFuture<?> other =
          CompletableFuture.runAsync(() -> cache.embed(List.of(y, x)), threads);
      CompletableFuture.allOf(one, other).get(10, TimeUnit.SECONDS);
    }
    assertThat(embedder.embedded()).doesNotHaveDuplicates();
  }

  @Test
  void followerWaitsUntilItsDeadlineAndTheLateEmbeddingIsCached() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    embedder.beforeEmbedding(
        () -> {
          started.countDown();
          await(release);
        });
    CompletableFuture<List<Embedding>> leader =
        CompletableFuture.supplyAsync(() -> cache.embed(List.of("a")), threads);
    await(started);

    Deadline deadline = Deadline.after(Duration.ofMillis(30));
    assertThatThrownBy(() -> deadline.run(() -> cache.embed(List.of("a"))))
        .isInstanceOf(EmbedderException.class)
        .hasMessageContaining("deadline expired");

    release.countDown();
    leader.get(10, TimeUnit.SECONDS);
    assertThat(cache.embed(List.of("a"))).isEqualTo(leader.join());
    assertThat(embedder.embedded()).hasSize(1);
  }

  @Test
  void followerEmbedsTheTextItselfIfTheLeaderIsInterrupted() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    embedder.beforeEmbedding(
        () -> {
          if (calls.incrementAndGet() == 1) {
            started.countDown();
            try {
              Thread.sleep(60_000);
            } catch (InterruptedException e) {
              throw new EmbedderException("interrupted", e);
            }
          }
        });
    CompletableFuture<@Nullable Throwable> leader = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                cache.embed(List.of("a"));
                leader.complete(null);
              } catch (EmbedderException e) {
                leader.complete(e);
              }
            });
    thread.start();
    await(started);
    CompletableFuture<List<Embedding>> follower =
        CompletableFuture.supplyAsync(() -> cache.embed(List.of("a")), threads);
    Thread.sleep(20);
    thread.interrupt();

    assertThat(leader.get(10, TimeUnit.SECONDS)).isInstanceOf(EmbedderException.class);
    assertThat(follower.get(10, TimeUnit.SECONDS)).hasSize(1);
  }

  @Test
  void rejectionOfAnotherTextDoesNotReachFollowers() {
    embedder.reject("bad");
    assertThatThrownBy(() -> cache.embed(List.of("good", "bad")))
        .isInstanceOf(EmbedderException.RejectedText.class);

    assertThat(cache.embed(List.of("good"))).hasSize(1);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new EmbedderException("interrupted", e);
    }
  }

  private static final class SharedMap implements EmbeddingCache.Shared {
    final Map<String, Embedding> embeddings = new ConcurrentHashMap<>();
    final AtomicInteger calls = new AtomicInteger();
    volatile boolean failing;
    volatile Duration timeToLive = Duration.ZERO;

    @Override
    public EmbeddingSpace space() {
      return EmbeddingSpace.of(new FakeEmbedder());
    }

    @Override
    public Map<String, Embedding> findAll(Set<String> keys) {
      record();
      return embeddings;
    }

    @Override
    public void putAll(Map<String, Embedding> added, Duration expiry) {
      record();
      timeToLive = expiry;
      embeddings.putAll(added);
    }

    private void record() {
      calls.incrementAndGet();
      if (failing) {
        throw new IllegalStateException("tier down");
      }
    }
  }

  private EmbeddingCache sharing(SharedMap shared) {
    return EmbeddingCache.builder(embedder)
        .shared(shared)
        .timeToLive(Duration.ofHours(1))
        .ticker(clock::nanos)
        .build();
  }

  @Test
  void processesShareEmbeddings() {
    SharedMap shared = new SharedMap();
    Embedding computed = sharing(shared).embed(List.of("a")).get(0);
    EmbeddingCache other = sharing(shared);

    assertThat(other.embed(List.of("a", "b")).get(0)).isEqualTo(computed);
    assertThat(embedder.embedded()).containsExactly("a", "b");
    assertThat(other.stats()).isEqualTo(new EmbeddingCache.Stats(0, 1, 1, 0, 2));
    assertThat(shared.timeToLive).isEqualTo(Duration.ofHours(1));
    assertThat(shared.embeddings).hasSize(2).doesNotContainKey("a");
  }

  @Test
  void failingTierIsSkippedForASecond() {
    SharedMap shared = new SharedMap();
    EmbeddingCache sharing = sharing(shared);
    shared.failing = true;
    for (int i = 0; i < 5; i++) {
      assertThat(sharing.embed(List.of("text " + i))).hasSize(1);
    }
    assertThat(shared.calls).hasValue(1);
    assertThat(sharing.stats().sharedErrors()).isEqualTo(1);

    clock.advance(Duration.ofSeconds(1));
    shared.failing = false;
    sharing.embed(List.of("next"));
    assertThat(shared.embeddings).hasSize(1);
  }

  @Test
  void embeddingOfAnotherDimensionInTheTierIsIgnored() {
    SharedMap shared = new SharedMap();
    shared.embeddings.put(EmbeddingCalls.key("a"), Embedding.of(1, 2));

    assertThat(sharing(shared).embed(List.of("a")).get(0).dimension())
        .isEqualTo(FakeEmbedder.DIMENSION);
  }

  @Test
  void invalidOptionsAreRejected() {
    EmbeddingCache.Builder builder = EmbeddingCache.builder(embedder);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.maxEntries(0))
        .withMessage("maxEntries is 0; it must be at least 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.timeToLive(Duration.ZERO))
        .withMessageContaining("timeToLive is PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.timeToLive(Duration.ofSeconds(Long.MAX_VALUE)))
        .withMessageContaining("it must be between 1 ms and 36525 days");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                EmbeddingCache.builder(new WrongEmbedder(texts -> List.of()))
                    .shared(new SharedMap())
                    .build())
        .withMessageContaining("shared holds embeddings of");
  }
}
