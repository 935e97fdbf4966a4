package io.github.semcache.internal.migration;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.internal.concurrent.FatalErrors;
import io.github.semcache.store.StateStore;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The completed migrations to a store, as a state of that store: a line with the model, the
 * dimension, and the time for each old vector space.
 */
public final class MigrationState {
  private static final String NAME = "migration";

  private MigrationState() {}

  /**
   * Returns whether the migration from a vector space is complete.
   *
   * @param states the state of the new store
   * @param from the old vector space
   * @return whether it was {@linkplain #complete completed}
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public static boolean isComplete(StateStore states, EmbeddingSpace from) {
    return lines(states.load(NAME)).stream().anyMatch(line -> line.startsWith(prefix(from)));
  }

  /**
   * Records that the migration from a vector space is complete.
   *
   * @param states the state of the new store
   * @param from the old vector space
   * @param now the current time
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public static void complete(StateStore states, EmbeddingSpace from, Instant now) {
    states.update(
        NAME,
        saved -> {
          Set<String> lines =
              lines(saved).stream()
                  .filter(line -> !line.startsWith(prefix(from)))
                  .collect(Collectors.toCollection(LinkedHashSet::new));
          lines.add(prefix(from) + now.toEpochMilli());
          return String.join("\n", lines).getBytes(UTF_8);
        });
  }

  private static List<String> lines(Optional<byte[]> state) {
    return state
        .map(bytes -> new String(bytes, UTF_8).lines().filter(line -> !line.isBlank()).toList())
        .orElse(List.of());
  }

  private static String prefix(EmbeddingSpace space) {
    return URLEncoder.encode(space.modelId(), UTF_8) + " " + space.dimension() + " ";
  }

  /**
   * Observes whether a migration is complete. The state is read on an executor when it is asked
   * for, at most every five seconds, and not again after the migration is complete. Thread-safe.
   */
  public static final class Watch {
    private static final long INTERVAL_NANOS = Duration.ofSeconds(5).toNanos();

    private final StateStore states;
    private final EmbeddingSpace from;
    private final Executor executor;
    private final LongSupplier ticker;
    private final Consumer<Throwable> onFailure;
    private final AtomicLong nextCheck;
    private volatile boolean isComplete;

    /**
     * Creates the watch.
     *
     * @param states the state of the new store
     * @param from the old vector space
     * @param executor reads the state
     * @param ticker a count of nanoseconds from any origin
     * @param onFailure receives failures of the store and the executor; must not throw
     */
    public Watch(
        StateStore states,
        EmbeddingSpace from,
        Executor executor,
        LongSupplier ticker,
        Consumer<Throwable> onFailure) {
      this.states = states;
      this.from = from;
      this.executor = executor;
      this.ticker = ticker;
      this.onFailure = onFailure;
      this.nextCheck = new AtomicLong(ticker.getAsLong());
    }

    /**
     * Returns whether the migration is known to be complete. Does not block, unless the executor
     * runs tasks on the calling thread.
     *
     * @return whether the latest reading found it complete; false before the first one
     */
    public boolean isComplete() {
      if (!isComplete) {
        long due = nextCheck.get();
        long now = ticker.getAsLong();
        if (now - due >= 0 && nextCheck.compareAndSet(due, now + INTERVAL_NANOS)) {
          attempt(() -> executor.execute(this::check));
        }
      }
      return isComplete;
    }

    private void check() {
      attempt(() -> isComplete = MigrationState.isComplete(states, from));
    }

    private void attempt(Runnable action) {
      try {
        action.run();
      } catch (Throwable e) {
        FatalErrors.rethrowIfFatal(e);
        onFailure.accept(e);
      }
    }
  }
}
