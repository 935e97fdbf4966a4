package io.github.semcache.internal.concurrent;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls with a time limit on worker threads. A call that exceeds its limit is abandoned: its
 * thread is interrupted, immediately or after a grace period, its caller receives a {@link
 * TimeoutException}, and its result is dropped. The worker threads are daemons that start on demand
 * and end after ten seconds without work.
 *
 * <p>Thread-safe. A waiting caller parks, so a virtual thread does not pin its carrier.
 */
public final class TimeLimiter implements AutoCloseable {
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

  private final ThreadPoolExecutor workers =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          KEEP_ALIVE.toMillis(),
          TimeUnit.MILLISECONDS,
          new SynchronousQueue<>(),
          TimeLimiter::newThread);

  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, TimeLimiter::newThread);

  /** Creates a limiter without threads. */
  public TimeLimiter() {
    timer.setKeepAliveTime(KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS);
    timer.allowCoreThreadTimeOut(true);
  }

  private static Thread newThread(Runnable task) {
    Thread thread = new Thread(task, "semcache-worker");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Returns a bulkhead for the calls to one component.
   *
   * @param context called on the caller's thread; returns a task that carries the caller's context
   *     to the worker thread
   * @param grace the time between abandoning and interrupting a call
   * @return a new bulkhead
   */
  public Bulkhead newBulkhead(UnaryOperator<Runnable> context, Duration grace) {
    return new Bulkhead(context, grace);
  }

  /** Interrupts all workers. Later calls are rejected. */
  @Override
  public void close() {
    workers.shutdownNow();
    timer.shutdownNow();
  }

  /**
   * Limits the worker threads of one component: at most 256 calls run at the same time, and
   * additional callers wait for one of them within their time limit. While 16 abandoned calls have
   * not returned, new calls are rejected immediately.
   */
  public final class Bulkhead {
    static final int MAX_CALLS = 256;
    static final int MAX_ABANDONED = 16;

    private final UnaryOperator<Runnable> context;
    private final Duration grace;
    private final Semaphore permits = new Semaphore(MAX_CALLS);
    private final AtomicInteger abandoned = new AtomicInteger();

    /** Guarded by this object. */
    private @Nullable Call<?> background;

    private Bulkhead(UnaryOperator<Runnable> context, Duration grace) {
      this.context = context;
      this.grace = grace;
    }

    /**
     * Makes a call on a worker thread and waits for it. If the calling thread is interrupted, the
     * worker thread is interrupted as well, so that the call ends early if it responds to
     * interrupts; the interrupt flag of the calling thread is set on return.
     *
     * @param <T> the result of the call
     * @param limit the time limit
     * @param action the call; its exception is thrown here, not wrapped
     * @return the result
     * @throws TimeoutException if the call did not end within the limit
     * @throws RejectedExecutionException if too many abandoned calls have not returned, if this
     *     limiter is closed, or if the thread is interrupted while it waits for a permit; in that
     *     case, the cause is an {@link InterruptedException} and the interrupt flag is set
     */
    public <T> T call(Duration limit, Supplier<T> action) throws TimeoutException {
      return call(limit, action, late -> {});
    }

    /**
     * Makes a call as {@link #call(Duration, Supplier)} does.
     *
     * @param <T> the result of the call
     * @param limit the time limit
     * @param action the call; its exception is thrown here, not wrapped
     * @param onLate receives the result of an abandoned call, on the worker thread; must not throw
     * @return the result
     * @throws TimeoutException if the call did not end within the limit
     * @throws RejectedExecutionException see {@link #call(Duration, Supplier)}
     */
    public <T> T call(Duration limit, Supplier<T> action, Consumer<? super T> onLate)
        throws TimeoutException {
      long end = System.nanoTime() + limit.toNanos();
      rejectIfStuck();
      acquirePermit(limit);
      releaseIfStuck();
      Call<T> call = start(action, onLate, Thread.currentThread());
      return call.await(end);
    }

    /**
     * Starts a call on a worker thread and does not wait for it. At most one such call runs at a
     * time. If the previous one has exceeded the limit, it is abandoned; otherwise the new call is
     * not started.
     *
     * @param limit the time limit
     * @param action the call, which must not throw
     */
    public synchronized void callInBackground(Duration limit, Runnable action) {
      @Nullable Call<?> previous = background;
      if (previous != null && !previous.isDone() && !previous.abandonAfter(limit)) {
        return;
      }
      rejectIfStuck();
      if (!permits.tryAcquire()) {
        throw new RejectedExecutionException(MAX_CALLS + " calls are running");
      }
      background =
          start(
              () -> {
                action.run();
                return true;
              },
              late -> {},
              null);
    }

    private void rejectIfStuck() {
      if (abandoned.get() >= MAX_ABANDONED) {
        throw new RejectedExecutionException(
            MAX_ABANDONED + " calls exceeded their time limit and have not returned");
      }
    }

    /** Rejects a call that has waited for a permit while other calls were abandoned. */
    private void releaseIfStuck() {
      if (abandoned.get() >= MAX_ABANDONED) {
        permits.release();
        rejectIfStuck();
        throw new RejectedExecutionException("too many calls have exceeded their time limit");
      }
    }

    private void acquirePermit(Duration limit) throws TimeoutException {
      try {
        if (!permits.tryAcquire() && !permits.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
          throw new TimeoutException();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RejectedExecutionException("interrupted while waiting for a worker thread", e);
      }
    }

    private <T> Call<T> start(
        Supplier<T> action, Consumer<? super T> onLate, @Nullable Thread caller) {
      Call<T> call = new Call<>(this, action, onLate, caller);
      boolean started = false;
      try {
        Runnable inContext = context.apply(call);
        workers.execute(() -> call.runBy(inContext));
        started = true;
        return call;
      } finally {
        if (!started) {
          permits.release();
        }
      }
    }

    /** Interrupts an abandoned call after the grace period. */
    private void interruptLater(Call<?> call) {
      if (grace.isZero()) {
        call.interrupt();
        return;
      }
      try {
        Future<?> unused = timer.schedule(call::interrupt, grace.toNanos(), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        call.interrupt(); // This limiter was closed.
      }
    }

    private void onEnd(boolean wasAbandoned) {
      if (wasAbandoned) {
        abandoned.decrementAndGet();
      }
      permits.release();
    }
  }

  /** One call. The fields without a modifier are guarded by this object. */
  private static final class Call<T> implements Runnable {
    private final Bulkhead bulkhead;
    private final Supplier<T> action;
    private final Consumer<? super T> onLate;
    private final @Nullable Thread caller;
    private final long startNanos = System.nanoTime();
    private @Nullable Thread worker;
    private boolean interrupted;
    private boolean abandoned;
    private @Nullable T result;
    private @Nullable Throwable failure;

    /** Written last, so that it publishes the result and the failure. */
    private volatile boolean done;

    Call(
        Bulkhead bulkhead,
        Supplier<T> action,
        Consumer<? super T> onLate,
        @Nullable Thread caller) {
      this.bulkhead = bulkhead;
      this.action = action;
      this.onLate = onLate;
      this.caller = caller;
    }

    /** Runs a task that runs this call. If it does not, this call fails. */
    void runBy(Runnable inContext) {
      @Nullable Throwable thrown = null;
      try {
        inContext.run();
      } catch (Throwable e) {
        if (done) {
          throw e;
        }
        thrown = e;
      }
      if (!done) {
        end(
            null,
            thrown != null
                ? thrown
                : new IllegalStateException("the task of withContext did not run its argument"));
      }
    }

    @Override
    public void run() {
      begin();
      @Nullable T value = null;
      @Nullable Throwable thrown = null;
      try {
        value = action.get();
      } catch (Throwable e) {
        thrown = e;
      }
      end(value, thrown);
    }

    private synchronized void begin() {
      worker = Thread.currentThread();
      if (interrupted) {
        worker.interrupt();
      }
    }

    /** Ends this call. Nobody waits for an abandoned call, so its result goes to the handler. */
    private void end(@Nullable T value, @Nullable Throwable thrown) {
      boolean isLate;
      synchronized (this) {
        if (done) {
          return;
        }
        worker = null;
        boolean unused = Thread.interrupted(); // clears the flag, which belongs to this call
        result = value;
        failure = thrown;
        done = true;
        isLate = abandoned;
      }
      try {
        if (isLate && thrown == null) {
          onLate.accept(outcome());
        }
      } finally {
        bulkhead.onEnd(isLate);
        LockSupport.unpark(caller);
      }
    }

    boolean isDone() {
      return done;
    }

    /** Waits for the end of the call. */
    T await(long end) throws TimeoutException {
      boolean callerInterrupted = false;
      try {
        while (!done) {
          long remaining = end - System.nanoTime();
          if (remaining <= 0) {
            if (abandon()) {
              throw new TimeoutException();
            }
            break;
          }
          if (Thread.interrupted()) {
            callerInterrupted = true;
            interrupt();
          }
          LockSupport.parkNanos(this, remaining);
        }
      } finally {
        if (callerInterrupted) {
          Thread.currentThread().interrupt();
        }
      }
      return outcome();
    }

    private synchronized void interrupt() {
      interrupted = true;
      if (worker != null) {
        worker.interrupt();
      }
    }

    /** Abandons the call; returns false if it has ended. */
    private synchronized boolean abandon() {
      if (done) {
        return false;
      }
      if (!abandoned) {
        abandoned = true;
        bulkhead.abandoned.incrementAndGet();
      }
      bulkhead.interruptLater(this);
      return true;
    }

    /** Abandons the call if it has run for longer than a limit; returns whether it has ended. */
    boolean abandonAfter(Duration limit) {
      if (System.nanoTime() - startNanos < limit.toNanos()) {
        return done;
      }
      abandon();
      return true;
    }

    @SuppressWarnings("NullAway") // a call without a failure has a result
    private synchronized T outcome() {
      if (failure != null) {
        throw Call.<RuntimeException>unwrapped(failure);
      }
      return result;
    }

    /** Throws any exception without wrapping it, including undeclared checked ones. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // never cast at run time
    private static <E extends Throwable> E unwrapped(Throwable failure) throws E {
      throw (E) failure;
    }
  }
}
