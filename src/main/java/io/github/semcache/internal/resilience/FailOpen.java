package io.github.semcache.internal.resilience;

import io.github.semcache.deadline.Deadline;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.internal.concurrent.CircuitBreaker;
import io.github.semcache.internal.concurrent.FatalErrors;
import io.github.semcache.internal.concurrent.Interrupts;
import io.github.semcache.internal.concurrent.RedactedFailure;
import io.github.semcache.internal.concurrent.TimeLimiter;
import io.github.semcache.internal.stats.EventPublisher;
import io.github.semcache.stats.CacheEvent;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The boundary at which failures of the cache's parts become misses, unless the cache is configured
 * to fail on cache errors. A call of a part ends here at the {@linkplain Deadline#current current
 * deadline}, whether or not it has returned. All errors of a part are contained except {@linkplain
 * FatalErrors fatal ones}.
 */
public final class FailOpen {
  private static final Logger log = LoggerFactory.getLogger(FailOpen.class);

  private final EventPublisher events;
  private final boolean failOnCacheErrors;
  private final Map<Operation, Part> parts = new EnumMap<>(Operation.class);

  /**
   * Creates the boundary.
   *
   * @param events publishes the failures
   * @param failOnCacheErrors whether failures are thrown
   * @param settings returns the settings of each operation
   * @param workers the threads of the parts that may block
   */
  public FailOpen(
      EventPublisher events,
      boolean failOnCacheErrors,
      Function<Operation, Settings> settings,
      TimeLimiter workers) {
    this.events = events;
    this.failOnCacheErrors = failOnCacheErrors;
    for (Operation operation : Operation.values()) {
      parts.put(operation, new Part(operation, settings.apply(operation), workers));
    }
  }

  /**
   * The settings of one operation.
   *
   * @param breaker the circuit breaker
   * @param mayBlock whether a call may block, so that it is made on a worker thread
   * @param observesDeadline returns whether a call that starts now ends at the deadline itself, so
   *     that it is made on the calling thread
   * @param context carries the caller's context to a worker thread
   * @param limit the time that a call usually has
   */
  public record Settings(
      CircuitBreaker breaker,
      boolean mayBlock,
      BooleanSupplier observesDeadline,
      UnaryOperator<Runnable> context,
      Duration limit) {}

  /**
   * Calls a part.
   *
   * @param <T> the result of the call
   * @param operation the operation
   * @param action makes the call
   * @return the result; empty if the call fails, if it does not end before the current deadline, or
   *     if the circuit is open
   */
  public <T> Optional<T> attempt(Operation operation, Supplier<T> action) {
    return attempt(operation, action, dropped -> {});
  }

  /**
   * Calls a part as {@link #attempt(Operation, Supplier)} does, for a result that has consequences
   * even if the caller does not receive it.
   *
   * @param <T> the result of the call
   * @param operation the operation
   * @param action makes the call
   * @param onDropped receives the result of a call that exceeds the deadline, or that is a trial of
   *     an open circuit, on another thread. Its exceptions are published
   * @return the result; empty if there is none in time
   */
  public <T> Optional<T> attempt(
      Operation operation, Supplier<T> action, Consumer<? super T> onDropped) {
    Part part = parts.get(operation);
    return part == null
        ? Optional.empty()
        : part.attempt(action, dropped -> part.contain(() -> onDropped.accept(dropped)));
  }

  /**
   * Calls a part for a caller who receives its failures. The circuit is neither consulted nor
   * changed.
   *
   * @param <T> the result of the call
   * @param operation the operation
   * @param action makes the call; its exceptions are thrown here
   * @return the result
   * @throws io.github.semcache.store.StoreException if the part is the store and the call does not
   *     end before the current deadline
   * @throws EmbedderException if the part is the embedder and the call does not end before the
   *     current deadline
   * @throws IllegalStateException if another part does not
   */
  public <T> T require(Operation operation, Supplier<T> action) {
    Part part = parts.get(operation);
    return part == null ? action.get() : part.require(action);
  }

  /**
   * Runs an action that calls several parts. Contains the errors that are thrown between the calls
   * of the parts, for example if memory is exhausted.
   *
   * @param <T> the result of the action
   * @param part the part that most of the action belongs to, for the event
   * @param action the action
   * @return the result; empty if an error was contained
   * @throws CancellationException if the action throws it because the thread is interrupted while
   *     it waits for another call
   */
  public <T> Optional<T> contain(CacheEvent.Part part, Supplier<T> action) {
    try {
      return Optional.of(action.get());
    } catch (CancellationException e) {
      throw e;
    } catch (Throwable e) {
      FatalErrors.rethrowIfFatal(e);
      if (failOnCacheErrors) {
        throw e;
      }
      publish(part, e);
      return Optional.empty();
    }
  }

  /**
   * Returns the operations whose circuit is open.
   *
   * @return their names in lower case
   */
  public Set<String> openCircuits() {
    return parts.values().stream()
        .filter(part -> part.breaker.isOpen())
        .map(part -> part.operation.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void publish(CacheEvent.Part part, Throwable failure) {
    events.publish(new CacheEvent.Failed(part, failure));
    log.debug("The {} failed; the request continues without it", part, RedactedFailure.of(failure));
  }

  /** The calls of one operation. */
  private final class Part {
    private final Operation operation;
    private final CircuitBreaker breaker;
    private final TimeLimiter.Bulkhead workers;
    private final boolean mayBlock;
    private final BooleanSupplier observesDeadline;

    /** The time limit of trial calls. */
    private final Duration limit;

    Part(Operation operation, Settings settings, TimeLimiter limiter) {
      this.operation = operation;
      this.breaker = settings.breaker();
      this.mayBlock = settings.mayBlock();
      this.observesDeadline = settings.observesDeadline();
      this.workers = limiter.newBulkhead(settings.context(), operation.grace());
      this.limit = settings.limit();
    }

    <T> Optional<T> attempt(Supplier<T> action, Consumer<? super T> onDropped) {
      Optional<Deadline> deadline = mayBlock ? Deadline.current() : Optional.empty();
      Duration granted = deadline.map(Deadline::remaining).orElse(limit);
      if (granted.isZero()) {
        return skipped();
      }
      boolean isTrial = breaker.isOpen();
      if (!breaker.tryAcquire()) {
        return Optional.empty();
      }
      if (isTrial) {
        startTrial(action, onDropped);
        return Optional.empty();
      }
      try {
        T result =
            deadline.isPresent() && !observesDeadline.getAsBoolean()
                ? callOnWorker(deadline.get(), granted, action, onDropped)
                : action.get();
        onSuccess();
        return Optional.of(result);
      } catch (Throwable e) {
        onFailure(e, granted, deadline.isPresent() && deadline.get().isExpired());
        if (failOnCacheErrors) {
          throw e;
        }
        return Optional.empty();
      }
    }

    <T> T require(Supplier<T> action) {
      Optional<Deadline> deadline = mayBlock ? Deadline.current() : Optional.empty();
      if (deadline.isEmpty() || observesDeadline.getAsBoolean()) {
        return action.get();
      }
      Duration granted = deadline.get().remaining();
      if (granted.isZero()) {
        throw expiredBefore();
      }
      return callOnWorker(deadline.get(), granted, action, dropped -> {});
    }

    /** Handles a call after the deadline has expired, which is no failure of this part. */
    private <T> Optional<T> skipped() {
      if (failOnCacheErrors) {
        throw expiredBefore();
      }
      return Optional.empty();
    }

    private RuntimeException expiredBefore() {
      return operation.failure("the deadline had expired before", new TimeoutException());
    }

    private <T> T callOnWorker(
        Deadline deadline, Duration granted, Supplier<T> action, Consumer<? super T> onDropped) {
      try {
        return workers.call(granted, () -> deadline.run(action), onDropped);
      } catch (TimeoutException e) {
        deadline.expire();
        throw operation.failure("no result within " + granted.toMillis() + " ms", e);
      } catch (RejectedExecutionException e) {
        throw operation.failure("not started: " + e.getMessage(), e);
      }
    }

    /** Runs an action on a thread without a caller. */
    void contain(Runnable action) {
      try {
        action.run();
      } catch (Throwable e) {
        FatalErrors.rethrowIfFatal(e);
        publish(operation.part(), e);
      }
    }

    /** Calls the part in the background, so that no caller waits for a part that is failing. */
    private <T> void startTrial(Supplier<T> action, Consumer<? super T> onDropped) {
      try {
        workers.callInBackground(limit, () -> runTrial(action, onDropped));
      } catch (Throwable e) {
        onFailure(e, limit, false);
      }
    }

    private <T> void runTrial(Supplier<T> action, Consumer<? super T> onDropped) {
      Deadline deadline = Deadline.after(limit);
      try {
        T result = deadline.run(action);
        if (!deadline.isExpired()) {
          onSuccess();
        }
        onDropped.accept(result);
      } catch (Throwable e) {
        onFailure(e, limit, deadline.isExpired());
      }
    }

    private void onSuccess() {
      if (breaker.onSuccess()) {
        log.info("The circuit of {} closed; requests use it again", operation.label());
      }
    }

    /**
     * Handles a failure.
     *
     * @param granted the time that the call had
     * @param expired whether the deadline has expired
     */
    private void onFailure(Throwable failure, Duration granted, boolean expired) {
      FatalErrors.rethrowIfFatal(failure);
      if (opensCircuit(failure, granted, expired) && breaker.onFailure()) {
        log.warn(
            "The circuit of {} opened because it failed repeatedly; requests continue without it."
                + " The last failure was {}",
            operation.label(),
            failure.getClass().getName());
      }
      publish(operation.part(), failure);
    }

    /**
     * Returns whether a failure counts. An expired deadline does not if other calls or the caller
     * left this call less than half of the usual time.
     */
    private boolean opensCircuit(Throwable failure, Duration granted, boolean expired) {
      if (failure instanceof EmbedderException.RejectedText || Interrupts.caused(failure)) {
        return false;
      }
      return expired
          ? granted.compareTo(limit.dividedBy(2)) >= 0
          : operation.exceptionsOpenCircuit();
    }
  }
}
