package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testing.FaultyStore.Call;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that {@code put}, {@code explain}, and reports end if a part hangs. */
@Timeout(20)
@Tag("slow")
class ExplicitCallLimitTest {
  private static final String PROMPT = "What is the capital of France?";
  private static final String NEAR = "Which city serves as France's capital?";

  /** Leaves a third of a second of the 30 seconds. */
  private static final Duration NEARLY_ALL = Duration.ofMillis(29_700);

  private final AtomicLong elapsed = new AtomicLong();
  private final CountDownLatch released = new CountDownLatch(1);
  private final FakeEmbedder embedder = new FakeEmbedder().place(PROMPT, 0).place(NEAR, 10);
  private final FaultyStore store =
      new FaultyStore(InMemoryVectorStore.builder(EmbeddingSpace.of(embedder)).build());

  private SemanticCacheBuilder builder() {
    return SemanticCache.builder()
        .embedder(embedder)
        .chatClient(new FakeChatClient())
        .store(store)
        .ticker(() -> System.nanoTime() + elapsed.get());
  }

  @AfterEach
  void release() {
    released.countDown();
  }

  private void hang() {
    try {
      released.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void hangOn(Call hanging) {
    store.before(
        call -> {
          if (call == hanging) {
            hang();
          }
        });
  }

  private void skipTimeBeforeEmbedding() {
    embedder.beforeEmbedding(() -> elapsed.addAndGet(NEARLY_ALL.toNanos()));
  }

  private static void assertEndsSoon(
      Class<? extends Exception> type, String part, ThrowingCallable call) {
    long start = System.nanoTime();
    assertThatThrownBy(call).isInstanceOf(type).hasMessageContaining(part);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void putEndsIfTheEmbedderHangs() {
    try (SemanticCache cache = builder().build()) {
      embedder.beforeEmbedding(this::hang);
      store.before(call -> elapsed.addAndGet(NEARLY_ALL.toNanos()));

      // The versions of dependencies are read before the text is embedded.
      assertEndsSoon(
          EmbedderException.class,
          "embedder (embed)",
          () -> cache.put(Prompt.of(PROMPT).dependsOn("geography"), "Paris"));
      assertThat(store.calls()).doesNotContain(Call.PUT);
    }
  }

  @Test
  void putEndsIfTheStoreHangs() {
    try (SemanticCache cache = builder().build()) {
      skipTimeBeforeEmbedding();
      hangOn(Call.PUT);

      assertEndsSoon(
          StoreException.class, "store (write)", () -> cache.put(Prompt.of(PROMPT), "Paris"));
    }
  }

  @Test
  void explainEndsIfTheStoreHangs() {
    try (SemanticCache cache = builder().build()) {
      skipTimeBeforeEmbedding();
      hangOn(Call.NEAREST);

      assertEndsSoon(
          StoreException.class, "store (search)", () -> cache.explain(Prompt.of(PROMPT)));
    }
  }

  @Test
  void explainEndsIfTheVerifierHangs() {
    PairVerifier hanging =
        pair -> {
          hang();
          return Verification.accept();
        };
    try (SemanticCache cache = builder().verifier(hanging).build()) {
      cache.put(Prompt.of(PROMPT), "Paris");
      skipTimeBeforeEmbedding();

      assertEndsSoon(
          IllegalStateException.class, "verifier (verify)", () -> cache.explain(Prompt.of(NEAR)));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Call.class,
      names = {"FIND", "NEAREST", "UPDATE"})
  void reportEndsIfTheStoreHangsAndTakesEffect(Call hanging) {
    try (SemanticCache cache = builder().listener(this::skipTimeBeforeReport).build()) {
      cache.put(Prompt.of(PROMPT), "Paris");
      Answer answer = cache.ask(NEAR);
      assertThat(answer.source()).isEqualTo(Answer.Source.SEMANTIC);
      hangOn(hanging);

      assertEndsSoon(StoreException.class, "store (write)", () -> cache.reportWrong(answer));
      release();

      assertThat(cache.ask(NEAR).source()).isEqualTo(Answer.Source.MODEL);
    }
  }

  @Test
  void reportEndsIfTheEmbedderHangs() {
    SemanticCacheBuilder builder =
        builder().store(InMemoryVectorStore.builder(EmbeddingSpace.of(embedder)).build());
    try (SemanticCache cache = builder.listener(this::skipTimeBeforeReport).build()) {
      cache.put(Prompt.of(PROMPT), "Paris");
      Answer answer = cache.ask(NEAR);
      embedder.beforeEmbedding(this::hang);

      assertEndsSoon(EmbedderException.class, "embedder (embed)", () -> cache.reportWrong(answer));
    }
  }

  private void skipTimeBeforeReport(CacheEvent event) {
    if (event instanceof CacheEvent.Reported) {
      elapsed.addAndGet(NEARLY_ALL.toNanos());
    }
  }

  @Test
  void callsAreNotLimitedByTheDeadlineOfRequests() {
    try (SemanticCache cache = builder().deadline(Duration.ofMillis(1)).build()) {
      embedder.beforeEmbedding(() -> elapsed.addAndGet(Duration.ofSeconds(20).toNanos()));

      cache.put(Prompt.of(PROMPT), "Paris");

      assertThat(cache.explain(Prompt.of(NEAR)).candidates()).hasSize(1);
    }
  }
}
