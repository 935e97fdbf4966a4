package io.github.semcache.internal.concurrent;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Waits for conditions by checking them repeatedly on a daemon thread, which starts on demand and
 * ends when idle. The pauses between the checks of one condition grow by half, from 5 to 100 ms.
 * Thread-safe.
 */
public final class ConditionPoller implements AutoCloseable {
  private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(5).toNanos();
  private static final long MAX_PAUSE_NANOS = Duration.ofMillis(100).toNanos();
  private static final long KEEP_ALIVE_SECONDS = 10;

  private final ScheduledThreadPoolExecutor timer;
  private final Set<Wait> waits = ConcurrentHashMap.newKeySet();

  /**
   * Creates a poller without a thread.
   *
   * @param name the name of the thread
   */
  public ConditionPoller(String name) {
    timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    timer.setKeepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
  }

  /**
   * Waits for a condition without holding a thread.
   *
   * @param condition the condition, which is checked on the thread of this poller. It should not
   *     block for long, because other conditions wait for it
   * @param maxWait the maximum time to wait
   * @return a future that completes when the condition holds, when it throws, when the time has
   *     elapsed, or when this poller is closed
   */
  public CompletableFuture<Void> await(BooleanSupplier condition, Duration maxWait) {
    Wait wait = new Wait(condition, System.nanoTime() + TimeUnit.NANOSECONDS.convert(maxWait));
    waits.add(wait);
    wait.schedule();
    return wait.ended;
  }

  private final class Wait {
    private final BooleanSupplier condition;
    private final long deadlineNanos;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private long pauseNanos = FIRST_PAUSE_NANOS;

    Wait(BooleanSupplier condition, long deadlineNanos) {
      this.condition = condition;
      this.deadlineNanos = deadlineNanos;
    }

    void schedule() {
      long pause = Math.min(pauseNanos, deadlineNanos - System.nanoTime());
      pauseNanos = Math.min(MAX_PAUSE_NANOS, pauseNanos + pauseNanos / 2);
      try {
        Object unused = timer.schedule(this::check, Math.max(0, pause), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        end(); // The poller is closed.
      }
    }

    private void check() {
      if (System.nanoTime() - deadlineNanos >= 0 || holds()) {
        end();
      } else {
        schedule();
      }
    }

    private boolean holds() {
      try {
        return condition.getAsBoolean();
      } catch (Throwable e) {
        FatalErrors.rethrowIfFatal(e);
        return true;
      }
    }

    void end() {
      waits.remove(this);
      ended.complete(null);
    }
  }

  /** Ends the thread and all waits. Idempotent. */
  @Override
  public void close() {
    timer.shutdownNow();
    waits.forEach(Wait::end);
  }
}
