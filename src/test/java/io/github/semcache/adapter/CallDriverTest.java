package io.github.semcache.adapter;

import static io.github.semcache.testing.Nulls.absent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.semcache.Answer;
import io.github.semcache.CacheCall;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatReply;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.testkit.FakeEmbedder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class CallDriverTest {
  private static final Prompt PROMPT = Prompt.of("What is the capital of France?");
  private static final Map<String, String> SETTINGS = Map.of("model", "m");

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final SwitchableExecutor executor = new SwitchableExecutor(threads);
  private final SemanticCache cache =
      SemanticCache.builder().embedder(new FakeEmbedder()).executor(executor).build();
  private final FakeHandler handler = new FakeHandler(cache);

  @AfterEach
  void close() {
    cache.close();
    threads.shutdownNow();
  }

  private enum Mode {
    BLOCKING,
    ASYNC
  }

  private String run(Mode mode) {
    try {
      return start(mode).join();
    } catch (CompletionException e) {
      throw (RuntimeException) CallDriver.causeOf(e);
    }
  }

  private CompletableFuture<String> start(Mode mode) {
    return mode == Mode.BLOCKING
        ? CompletableFuture.supplyAsync(() -> CallDriver.run(cache, handler), threads)
        : CallDriver.runAsync(cache, handler.async());
  }

  /** Leads the call that the handler then follows. */
  private CacheCall.Lead lead() {
    return (CacheCall.Lead) handler.begin();
  }

  private CompletableFuture<String> follow(Mode mode) {
    CompletableFuture<String> result = start(mode);
    await().until(() -> cache.stats().coalesced() == 1);
    return result;
  }

  @ParameterizedTest
  @EnumSource
  void callThatMissesBecomesTheLeader(Mode mode) {
    assertThat(run(mode)).isEqualTo("Paris");
    assertThat(handler.steps).containsExactly("lead");
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void hitIsConverted(Mode mode) {
    lead().complete(ChatReply.of("Paris"));

    assertThat(run(mode)).isEqualTo("cached Paris");
    assertThat(handler.steps).containsExactly("answered");
  }

  @ParameterizedTest
  @EnumSource
  void followerReceivesTheAnswerOfTheLeader(Mode mode) {
    CacheCall.Lead lead = lead();
    CompletableFuture<String> result = follow(mode);

    lead.complete(ChatReply.of("Paris"));

    assertThat(result.join()).isEqualTo("cached Paris");
    assertThat(handler.steps).containsExactly("answered");
  }

  @ParameterizedTest
  @EnumSource
  void followerOfAnAbandonedCallBecomesTheLeader(Mode mode) {
    CacheCall.Lead lead = lead();
    CompletableFuture<String> result = follow(mode);

    lead.abandon();

    assertThat(result.join()).isEqualTo("Paris");
    assertThat(handler.steps).containsExactly("lead");
  }

  @ParameterizedTest
  @EnumSource
  void followerReceivesTheFailureOfTheLeader(Mode mode) {
    CacheCall.Lead lead = lead();
    CompletableFuture<String> result = follow(mode);
    IllegalStateException failure = new IllegalStateException("model down");

    lead.fail(failure);

    assertThatThrownBy(result::join).hasCause(failure);
    assertThat(handler.steps).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void followerJoinsASharedObject(Mode mode) {
    CacheCall.Lead lead = lead();
    CompletableFuture<String> result = follow(mode);

    lead.share("stream");

    assertThat(result.join()).isEqualTo("joined stream");
    assertThat(handler.steps).containsExactly("join");
    lead.abandon();
  }

  @ParameterizedTest
  @EnumSource
  void followerWaitsForTheEndIfItCannotJoinTheSharedObject(Mode mode) {
    handler.joinable = false;
    CacheCall.Lead lead = lead();
    lead.share("stream");
    CompletableFuture<String> result = start(mode);
    await().until(() -> handler.steps.contains("join"));

    lead.complete(ChatReply.of("Paris"));

    assertThat(result.join()).isEqualTo("cached Paris");
    assertThat(handler.steps).containsExactly("join", "answered");
  }

  @ParameterizedTest
  @EnumSource
  void closedCacheIsBypassed(Mode mode) {
    cache.close();

    assertThat(run(mode)).isEqualTo("direct Paris");
    assertThat(handler.steps).containsExactly("bypass");
  }

  @ParameterizedTest
  @EnumSource
  void failureToBeginOnAnOpenCacheIsThrown(Mode mode) {
    handler.beginFailure = Optional.of(new IllegalStateException("no lookup"));

    assertThatThrownBy(() -> run(mode))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no lookup");
    assertThat(handler.steps).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void failureOfTheModelIsThrownAndNothingIsStored(Mode mode) {
    handler.modelFailure = Optional.of(new IllegalArgumentException("too long"));

    assertThatThrownBy(() -> run(mode))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("too long");
    assertThat(cache.stats().modelErrors()).isEqualTo(1);
    assertThat(cache.stats().writes()).isZero();
  }

  @Test
  void interruptedFollowerIsCanceledAndKeepsItsInterruptFlag() {
    CacheCall.Lead lead = lead();
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> CallDriver.run(cache, handler))
        .isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
    lead.abandon();
  }

  @ParameterizedTest
  @EnumSource(Rejection.class)
  void callIsMadeDirectlyIfTheExecutorRejectsItsStart(Rejection rejection) {
    executor.rejection = Optional.of(rejection);

    assertThat(run(Mode.ASYNC)).isEqualTo("direct Paris");
    assertThat(handler.steps).containsExactly("bypass");
  }

  @ParameterizedTest
  @EnumSource(Rejection.class)
  void callIsMadeDirectlyIfTheExecutorRejectsItsContinuation(Rejection rejection) {
    CacheCall.Lead lead = lead();
    CompletableFuture<String> result = follow(Mode.ASYNC);

    executor.rejection = Optional.of(rejection);
    lead.complete(ChatReply.of("Paris"));

    assertThat(result.join()).isEqualTo("direct Paris");
    assertThat(handler.steps).containsExactly("bypass");
  }

  @Test
  void rejectionByTheExecutorOfTheModelIsNotRetried() {
    RejectedExecutionException rejection = new RejectedExecutionException("client is closed");
    handler.modelFailure = Optional.of(rejection);
    CacheCall.Lead lead = lead();
    CompletableFuture<String> result = follow(Mode.ASYNC);

    lead.abandon();

    assertThatThrownBy(result::join).hasCause(rejection);
    assertThat(handler.steps).containsExactly("lead");
  }

  @Test
  void asynchronousFollowerHoldsNoThread() {
    ExecutorService single = Executors.newSingleThreadExecutor();
    try (SemanticCache small =
        SemanticCache.builder().embedder(new FakeEmbedder()).executor(single).build()) {
      FakeHandler following = new FakeHandler(small);
      CacheCall.Lead lead = (CacheCall.Lead) following.begin();
      CompletableFuture<String> result = CallDriver.runAsync(small, following.async());

      assertThat(CompletableFuture.supplyAsync(() -> "free", single).join()).isEqualTo("free");
      assertThat(result).isNotDone();

      lead.complete(ChatReply.of("Paris"));
      assertThat(result.join()).isEqualTo("cached Paris");
    } finally {
      single.shutdownNow();
    }
  }

  @Test
  void exceptionThrownAtTheStartOfACallFailsTheFuture() {
    IllegalStateException failure = new IllegalStateException("not connected");

    assertThat(
            CallDriver.start(
                () -> {
                  throw failure;
                }))
        .isCompletedExceptionally()
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isSameAs(failure);
  }

  @Test
  void missingFutureFailsTheFuture() {
    Supplier<CompletableFuture<String>> none = () -> absent();

    assertThatThrownBy(() -> CallDriver.start(none).join())
        .hasCauseInstanceOf(NullPointerException.class)
        .hasMessageContaining("the model returned no future");
  }

  @ParameterizedTest
  @EnumSource(Rejection.class)
  void rejectedTaskRunsOnTheCallingThread(Rejection rejection) {
    executor.rejection = Optional.of(rejection);

    Thread thread =
        CompletableFuture.supplyAsync(Thread::currentThread, CallDriver.executorOf(cache)).join();

    assertThat(thread).isSameAs(Thread.currentThread());
  }

  @Test
  void causeOfACompletionExceptionIsUnwrapped() {
    IllegalStateException failure = new IllegalStateException("model down");
    CompletionException withoutCause = new CompletionException("no cause", null);

    assertThat(CallDriver.causeOf(new CompletionException(failure))).isSameAs(failure);
    assertThat(CallDriver.causeOf(failure)).isSameAs(failure);
    assertThat(CallDriver.causeOf(withoutCause)).isSameAs(withoutCause);
  }

  @Test
  void taskThatFailsOnTheCallingThreadRunsOnce() {
    IllegalStateException failure = new IllegalStateException("failed");
    List<String> runs = new CopyOnWriteArrayList<>();
    try (SemanticCache sameThread =
        SemanticCache.builder().embedder(new FakeEmbedder()).executor(Runnable::run).build()) {
      Executor tasks = CallDriver.executorOf(sameThread);

      assertThatThrownBy(
              () ->
                  tasks.execute(
                      () -> {
                        runs.add("run");
                        throw failure;
                      }))
          .isSameAs(failure);
    }
    assertThat(runs).hasSize(1);
  }

  /** What an executor throws that cannot run a task. */
  private enum Rejection {
    REJECTED,
    FAILED,
    NO_THREAD;

    void raise() {
      switch (this) {
        case REJECTED -> throw new RejectedExecutionException("rejected by the test");
        case FAILED -> throw new IllegalStateException("shut down");
        default -> throw new OutOfMemoryError("unable to create native thread");
      }
    }
  }

  /** An executor that rejects tasks while {@code rejection} is set. */
  private static final class SwitchableExecutor implements Executor {
    private final Executor delegate;
    volatile Optional<Rejection> rejection = Optional.empty();

    SwitchableExecutor(Executor delegate) {
      this.delegate = delegate;
    }

    @Override
    public void execute(Runnable task) {
      rejection.ifPresent(Rejection::raise);
      delegate.execute(task);
    }
  }

  /** A call of a client whose model answers "Paris". Records the steps after {@code begin}. */
  private static final class FakeHandler implements CallDriver.Handler<String> {
    private final SemanticCache cache;
    final List<String> steps = new CopyOnWriteArrayList<>();
    volatile boolean joinable = true;
    volatile Optional<RuntimeException> beginFailure = Optional.empty();
    volatile Optional<RuntimeException> modelFailure = Optional.empty();

    FakeHandler(SemanticCache cache) {
      this.cache = cache;
    }

    @Override
    public CacheCall begin() {
      beginFailure.ifPresent(FakeHandler::raise);
      return cache.begin(PROMPT, SETTINGS, "group");
    }

    @Override
    public String lead(CacheCall.Lead lead) {
      steps.add("lead");
      modelFailure.ifPresent(
          failure -> {
            lead.fail(failure);
            raise(failure);
          });
      return lead.complete(ChatReply.of("Paris")).text();
    }

    @Override
    public String bypass() {
      steps.add("bypass");
      return "direct Paris";
    }

    @Override
    public Optional<String> join(CacheCall.Shared shared) {
      steps.add("join");
      return joinable ? Optional.of("joined " + shared.live()) : Optional.empty();
    }

    @Override
    public String answered(Answer answer) {
      steps.add("answered");
      return "cached " + answer.text();
    }

    private static void raise(RuntimeException failure) {
      throw failure;
    }

    /** Returns the same call with futures as results. */
    CallDriver.Handler<CompletableFuture<String>> async() {
      FakeHandler call = this;
      return new CallDriver.Handler<>() {
        @Override
        public CacheCall begin() {
          return call.begin();
        }

        @Override
        public CompletableFuture<String> lead(CacheCall.Lead lead) {
          return CallDriver.start(() -> CompletableFuture.completedFuture(call.lead(lead)));
        }

        @Override
        public CompletableFuture<String> bypass() {
          return CompletableFuture.completedFuture(call.bypass());
        }

        @Override
        public Optional<CompletableFuture<String>> join(CacheCall.Shared shared) {
          return call.join(shared).map(CompletableFuture::completedFuture);
        }

        @Override
        public CompletableFuture<String> answered(Answer answer) {
          return CompletableFuture.completedFuture(call.answered(answer));
        }
      };
    }
  }
}
