package io.github.semcache.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AsyncExecutorTest {
  private final AsyncExecutor executor = new AsyncExecutor(null);
  private final CountDownLatch allBusy = new CountDownLatch(AsyncExecutor.MAX_THREADS);
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void closeExecutor() {
    release.countDown();
    executor.close();
  }

  private <T> List<CompletableFuture<T>> submit(int count, Supplier<T> call) {
    List<CompletableFuture<T>> futures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      futures.add(executor.submit(call));
    }
    return futures;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void callsBeyondTheMaximumWaitForAThread() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    List<CompletableFuture<Boolean>> futures =
        submit(
            2_000,
            () -> {
              allBusy.countDown();
              await(release);
              return threads.add(Thread.currentThread());
            });

    await(allBusy);
    release.countDown();
    futures.forEach(CompletableFuture::join);

    assertThat(threads).hasSizeLessThanOrEqualTo(AsyncExecutor.MAX_THREADS);
  }

  @Test
  void idleThreadIsReused() {
    CompletableFuture<Thread> first = executor.submit(Thread::currentThread);
    Thread thread = first.join();
    Awaitility.await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);

    assertThat(executor.submit(Thread::currentThread).join()).isSameAs(thread);
  }

  @Test
  void callsThatWaitForNestedCallsDoNotDeadlock() {
    List<CompletableFuture<Thread>> futures =
        submit(
            AsyncExecutor.MAX_THREADS,
            () -> {
              allBusy.countDown();
              await(allBusy);
              return executor.submit(Thread::currentThread).join();
            });

    assertThat(futures).allSatisfy(future -> assertThat(future.join().isDaemon()).isTrue());
  }

  @Test
  void callIsRejectedAfterClose() {
    executor.close();

    assertThatThrownBy(executor.submit(() -> "not run")::join)
        .hasCauseInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void waitingCallsRunAfterClose() {
    List<CompletableFuture<String>> futures =
        submit(
            AsyncExecutor.MAX_THREADS + 1,
            () -> {
              allBusy.countDown();
              await(release);
              return "done";
            });
    await(allBusy);

    executor.close();
    release.countDown();

    assertThat(futures).allSatisfy(future -> assertThat(future.join()).isEqualTo("done"));
  }

  @Test
  void callIsRejectedIfTheExecutorThrowsAnything() {
    Error failure = new InternalError("unable to create native thread");
    AsyncExecutor broken =
        new AsyncExecutor(
            task -> {
              throw failure;
            });

    for (CompletableFuture<?> future :
        List.of(
            broken.submit(() -> 1),
            broken.run(() -> {}),
            broken.submit(() -> 1, first -> true, first -> first))) {
      assertThatThrownBy(future::get)
          .hasCauseInstanceOf(RejectedExecutionException.class)
          .hasRootCause(failure);
    }
  }
}
