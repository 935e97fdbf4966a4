package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.deadline.Deadline;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.guard.Guards;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testing.FaultyStore.Call;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that a part that hangs delays a request by no more than the deadline. */
@Timeout(60)
class DeadlineTest {
  private static final String PROMPT = "What is the capital of France?";
  private static final String NEAR = "Which city serves as France's capital?";
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(150);

  private final FakeChatClient chat = new FakeChatClient();
  private final FakeEmbedder embedder = new FakeEmbedder().place(PROMPT, 0).place(NEAR, 10);
  private final FaultyStore store =
      new FaultyStore(InMemoryVectorStore.builder(EmbeddingSpace.of(embedder)).build());
  private final Queue<CacheEvent> events = new ConcurrentLinkedQueue<>();
  private final Hang hang = new Hang();

  /** Loads the classes, which may take longer than the short deadlines of the tests. */
  @BeforeAll
  static void warmUp() {
    FakeEmbedder anyEmbedder = new FakeEmbedder();
    try (SemanticCache cache =
        SemanticCache.builder()
            .verifier(PairVerifier.none())
            .embedder(anyEmbedder)
            .chatClient(new FakeChatClient())
            .store(new FaultyStore(InMemoryVectorStore.of(anyEmbedder)))
            .deadline(LONG)
            .build()) {
      cache.ask(PROMPT);
      cache.ask(PROMPT);
    }
  }

  @AfterEach
  void release() {
    hang.release();
  }

  /** A call that ignores interrupts and does not return until it is released. */
  private static final class Hang {
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicBoolean interrupted = new AtomicBoolean();

    void hang() {
      calls.incrementAndGet();
      while (released.getCount() > 0) {
        try {
          released.await();
        } catch (InterruptedException e) {
          interrupted.set(true);
        }
      }
      ended.incrementAndGet();
    }

    void release() {
      released.countDown();
    }
  }

  private SemanticCacheBuilder builder() {
    return SemanticCache.builder()
        .verifier(PairVerifier.none())
        .embedder(embedder)
        .chatClient(chat)
        .store(store)
        .deadline(SHORT)
        .storeTimeout(SHORT)
        .listener(events::add);
  }

  /** Returns a builder with a store that is called on the caller's thread. */
  private SemanticCacheBuilder inMemory() {
    return builder().store(InMemoryVectorStore.builder(EmbeddingSpace.of(embedder)).build());
  }

  /** Makes the embedder hang. */
  private Embedder hangingEmbedder() {
    embedder.beforeEmbedding(hang::hang);
    return embedder;
  }

  @Test
  void modelAnswersIfTheEmbedderHangs() {
    try (SemanticCache cache = inMemory().embedder(hangingEmbedder()).build()) {
      Answer answer = cache.ask(PROMPT);

      assertThat(answer.text()).isEqualTo("answer 1");
      assertThat(answer.missReason()).contains(MissReason.DEADLINE);
      assertThat(cache.ask(PROMPT).source()).isEqualTo(Answer.Source.EXACT);
      assertThat(cache.stats().embedderErrors()).isEqualTo(1);
      assertThat(cache.stats().missesByReason()).containsEntry(MissReason.DEADLINE, 1L);
      assertThat(hang.calls).hasValue(1);
    }
  }

  @Test
  void lateEmbeddingIsStored() {
    chat.replying(
        prompt -> {
          hang.release();
          await(() -> hang.ended.get() == 1);
          return ChatReply.of("answer");
        });
    try (SemanticCache cache = inMemory().embedder(hangingEmbedder()).build()) {
      assertThat(cache.ask(PROMPT).missReason()).contains(MissReason.DEADLINE);

      assertThat(cache.ask(Prompt.of(NEAR).deadline(LONG)).source())
          .isEqualTo(Answer.Source.SEMANTIC);
    }
  }

  @Test
  void abandonedCallIsInterrupted() {
    hang(Call.FIND);
    try (SemanticCache cache = builder().build()) {
      cache.ask(PROMPT);

      await(hang.interrupted::get);
    }
  }

  @Test
  void modelAnswersIfTheStoreHangs() {
    for (Call call : List.of(Call.FIND, Call.NEAREST)) {
      store.recover();
      hang(call);
      try (SemanticCache cache = builder().build()) {
        assertThat(cache.ask(PROMPT).missReason()).contains(MissReason.DEADLINE);
        assertThat(cache.stats().storeErrors()).isEqualTo(1);
      }
    }
  }

  private void hang(Call call) {
    store.before(
        called -> {
          if (called == call) {
            hang.hang();
          }
        });
  }

  @Test
  void answerOfTheModelIsReturnedIfThePutHangs() {
    hang(Call.PUT);
    try (SemanticCache cache = builder().build()) {
      Answer answer = cache.ask(PROMPT);

      assertThat(answer.text()).isEqualTo("answer 1");
      assertThat(answer.entryId()).isEmpty();
      assertThat(cache.stats().storeErrors()).isEqualTo(1);
    }
  }

  @Test
  void modelAnswersIfThePolicyOrAGuardHangs() {
    HitPolicy hanging =
        (query, matches) -> {
          hang.hang();
          return Decision.miss(MissReason.TOO_FAR);
        };
    Guards hangingGuards =
        Guards.none()
            .and(
                pair -> {
                  hang.hang();
                  return Optional.empty();
                });
    for (SemanticCacheBuilder builder :
        List.of(
            inMemory().hitPolicy(hanging),
            inMemory().hitPolicy(HitPolicy.maxDistance(0.15).guards(hangingGuards)))) {
      try (SemanticCache cache = builder.build()) {
        cache.put(Prompt.of(PROMPT), "cached");

        assertThat(cache.ask(NEAR).missReason()).contains(MissReason.DEADLINE);
        assertThat(cache.stats().policyErrors()).isEqualTo(1);
      }
    }
  }

  @Test
  void modelAnswersIfTheAdmissionOrTheNormalizerHangs() {
    try (SemanticCache cache =
        builder()
            .admission(
                (prompt, reply) -> {
                  hang.hang();
                  return true;
                })
            .build()) {
      assertThat(cache.ask(PROMPT).entryId()).isEmpty();
    }
    try (SemanticCache cache =
        builder()
            .normalizer(
                text -> {
                  hang.hang();
                  return text;
                })
            .build()) {
      assertThat(cache.ask(PROMPT).missReason()).contains(MissReason.NORMALIZER_ERROR);
    }
  }

  @Test
  void hangingPartIsSkippedAfterItsCircuitHasOpened() {
    try (SemanticCache cache =
        inMemory().embedder(hangingEmbedder()).circuitBreaker(3, Duration.ofMinutes(10)).build()) {
      for (int i = 0; i < 20; i++) {
        cache.ask("prompt " + i);
      }

      assertThat(hang.calls).hasValue(3);
      assertThat(cache.stats().missesByReason())
          .containsEntry(MissReason.DEADLINE, 3L)
          .containsEntry(MissReason.EMBEDDER_ERROR, 17L);
    }
  }

  @Test
  void hangingPartHoldsAtMost16Workers() {
    try (SemanticCache cache =
        inMemory()
            .embedder(hangingEmbedder())
            .deadline(Duration.ofMillis(5))
            .circuitBreaker(1_000, Duration.ofMinutes(10))
            .build()) {
      for (int i = 0; i < 40; i++) {
        cache.ask("prompt " + i);
      }

      await(() -> hang.calls.get() == 16);
      hang.release();
      await(() -> hang.ended.get() == 16);
      await(
          () ->
              cache.ask(Prompt.of("new " + hang.calls.get()).deadline(LONG)).missReason().stream()
                  .allMatch(MissReason.TOO_FAR::equals));
    }
  }

  @Test
  void deadlineOfAPromptReplacesThatOfTheCache() {
    try (SemanticCache cache =
        inMemory().embedder(hangingEmbedder()).deadline(Duration.ofMinutes(5)).build()) {
      assertThat(cache.ask(Prompt.of(PROMPT).deadline(SHORT)).missReason())
          .contains(MissReason.DEADLINE);
    }
  }

  @Test
  void shortDeadlineOfAPromptDoesNotOpenTheCircuit() {
    try (SemanticCache cache =
        inMemory()
            .embedder(hangingEmbedder())
            .deadline(Duration.ofSeconds(20))
            .circuitBreaker(1, Duration.ofMinutes(10))
            .build()) {
      cache.ask(Prompt.of(PROMPT).deadline(Duration.ofMillis(5)));
      hang.release();

      assertThat(cache.ask(NEAR).missReason()).contains(MissReason.NO_NEIGHBOR);
    }
  }

  @Test
  void partsReceiveTheDeadline() {
    AtomicReference<Duration> remaining = new AtomicReference<>(Duration.ZERO);
    Embedder observing =
        Embedder.of(
            "observing",
            2,
            text -> {
              remaining.set(Deadline.current().orElseThrow().remaining());
              return new float[] {1, 0};
            });
    try (SemanticCache cache =
        SemanticCache.builder()
            .verifier(PairVerifier.none())
            .embedder(observing)
            .chatClient(chat)
            .build()) {
      cache.ask(PROMPT);
      assertThat(remaining.get()).isBetween(Duration.ofMillis(1), Duration.ofSeconds(1));
      assertThat(Deadline.current()).isEmpty();
    }
  }

  @Test
  void partsThatDoNotBlockAreCalledOnTheCallersThread() {
    List<Thread> threads = new ArrayList<>();
    try (SemanticCache cache =
        SemanticCache.builder()
            .verifier(PairVerifier.none())
            .embedder(embedder)
            .chatClient(chat)
            .listener(
                event -> {
                  if (event instanceof CacheEvent.LookedUp || event instanceof CacheEvent.Stored) {
                    threads.add(Thread.currentThread());
                  }
                })
            .build()) {
      cache.ask(PROMPT);
      cache.ask(PROMPT);

      assertThat(threads).hasSizeGreaterThan(3).containsOnly(Thread.currentThread());
    }
  }

  @Test
  void hungAsynchronousCallsDoNotBlockExactHits() {
    chat.replying(prompt -> ChatReply.of("cached"));
    try (SemanticCache cache = builder().deadline(Duration.ofSeconds(20)).build()) {
      cache.ask(PROMPT);
      chat.replying(
          prompt -> {
            hang.hang();
            return ChatReply.of("late");
          });
      List<CompletableFuture<Answer>> hung = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        hung.add(cache.askAsync(Prompt.of("prompt " + i)));
      }
      await(() -> hang.calls.get() == 256);

      assertThat(cache.askAsync(Prompt.of(PROMPT)))
          .succeedsWithin(Duration.ofSeconds(10))
          .extracting(Answer::source)
          .isEqualTo(Answer.Source.EXACT);
      hang.release();
      assertThat(hung)
          .allSatisfy(answer -> assertThat(answer).succeedsWithin(Duration.ofSeconds(30)));
    }
  }

  @Test
  void interruptOfTheCallerReachesThePartAndIsRestored() throws InterruptedException {
    AtomicBoolean partInterrupted = new AtomicBoolean();
    CountDownLatch called = new CountDownLatch(1);
    Embedder waiting =
        Embedder.of(
            "waiting",
            2,
            text -> {
              called.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                partInterrupted.set(true);
                throw new EmbedderException("interrupted", e);
              }
              return new float[] {1, 0};
            });
    try (SemanticCache cache =
        SemanticCache.builder()
            .verifier(PairVerifier.none())
            .embedder(waiting)
            .chatClient(chat)
            .deadline(Duration.ofMinutes(5))
            .circuitBreaker(1, Duration.ofMinutes(5))
            .build()) {
      AtomicBoolean flag = new AtomicBoolean();
      Thread caller =
          new Thread(
              () -> {
                cache.ask(PROMPT);
                flag.set(Thread.currentThread().isInterrupted());
              });
      caller.start();
      assertThat(called.await(30, TimeUnit.SECONDS)).isTrue();
      caller.interrupt();
      caller.join();

      assertThat(partInterrupted).isTrue();
      assertThat(flag).isTrue();
    }
  }

  @Test
  void interruptedCallerCanUseTheCache() {
    try (SemanticCache cache = builder().deadline(Duration.ofSeconds(20)).build()) {
      cache.put(Prompt.of(PROMPT), "cached");
      Thread.currentThread().interrupt();

      assertThat(cache.ask(PROMPT).source()).isEqualTo(Answer.Source.EXACT);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void expiredDeadlineIsThrownIfTheCacheFailsOnErrors() {
    try (SemanticCache cache = inMemory().embedder(hangingEmbedder()).failOnCacheErrors().build()) {
      assertThatThrownBy(() -> cache.ask(PROMPT))
          .isInstanceOf(EmbedderException.class)
          .hasMessageMatching("the embedder \\(embed\\) failed: no result within \\d+ ms");
    }
  }

  @Test
  void idleCacheHasNoThreads() {
    long before = workers();
    try (SemanticCache cache =
        SemanticCache.builder()
            .verifier(PairVerifier.none())
            .embedder(embedder)
            .chatClient(chat)
            .build()) {
      assertThat(cache.stats().requests()).isZero();
      assertThat(workers()).isLessThanOrEqualTo(before);
    }
  }

  @Test
  void threadsEndWhenTheCacheIsClosed() {
    try (SemanticCache cache = builder().deadline(Duration.ofSeconds(20)).build()) {
      cache.ask(PROMPT);
    }
    await(() -> workers() == 0);
  }

  private static long workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("semcache-worker"))
        .count();
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        StackOverflowError.class,
        OutOfMemoryError.class,
        NoClassDefFoundError.class,
        AssertionError.class,
        InternalError.class
      })
  void errorsOfPartsAreContained(Class<? extends Error> type) throws ReflectiveOperationException {
    Error error = type.getConstructor().newInstance();
    for (Call call : List.of(Call.FIND, Call.NEAREST, Call.PUT)) {
      store.before(
          called -> {
            if (called == call) {
              throw error;
            }
          });
      try (SemanticCache cache = builder().build()) {
        assertThat(cache.ask(PROMPT).source()).isEqualTo(Answer.Source.MODEL);
        assertThat(cache.stats().storeErrors()).isEqualTo(1);
        assertThat(cache.lookup(Prompt.of(PROMPT)).isPresent() && call == Call.FIND).isFalse();
      }
      store.recover();
      store.before(called -> {});
    }
  }

  @Test
  void errorsOfTheListenerAreContained() {
    try (SemanticCache cache =
        builder()
            .listener(
                event -> {
                  throw new OutOfMemoryError("listener");
                })
            .build()) {
      assertThat(cache.ask(PROMPT).text()).isEqualTo("answer 1");
    }
  }

  @Test
  void fatalErrorsAreThrown() {
    store.before(
        called -> {
          throw new UnknownError("broken");
        });
    try (SemanticCache cache = builder().build()) {
      assertThatThrownBy(() -> cache.ask(PROMPT)).isInstanceOf(UnknownError.class);
    }
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time").isLessThan(end);
      Thread.onSpinWait();
    }
  }
}
