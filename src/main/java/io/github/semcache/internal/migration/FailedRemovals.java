package io.github.semcache.internal.migration;

import io.github.semcache.internal.concurrent.BoundedWorker;
import io.github.semcache.internal.concurrent.FatalErrors;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.VectorStore;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The answers of an old store that were replaced by newer ones, but could not be removed. This
 * process does not serve them, and removes them as soon as the old store works again. The newer
 * answer is marked until then, so that another process that serves it continues.
 *
 * <p>At most 10,000 answers are tracked; if there are more, the oldest are forgotten. Thread-safe.
 */
public final class FailedRemovals implements AutoCloseable {
  private static final int MAX_TRACKED = 10_000;
  private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final Duration TIME_LIMIT = Duration.ofSeconds(30);
  private static final String ATTRIBUTE = "replaces_previous";

  private final VectorStore from;
  private final VectorStore to;
  private final LongSupplier ticker;
  private final Consumer<Throwable> onFailure;
  private final BoundedWorker worker;

  /** The keys of the answers, oldest first. Guarded by this. */
  private final Set<String> keys = new LinkedHashSet<>();

  private long nextAttempt; // guarded by this
  private boolean isRunning; // guarded by this
  private volatile boolean isEmpty = true;

  /**
   * Creates an instance without answers.
   *
   * @param from the old store
   * @param to the new store
   * @param blocks whether the stores may block, so that they are called in the background
   * @param ticker a count of nanoseconds from any origin
   * @param onFailure receives failures; must not throw
   */
  public FailedRemovals(
      VectorStore from,
      VectorStore to,
      boolean blocks,
      LongSupplier ticker,
      Consumer<Throwable> onFailure) {
    this.from = from;
    this.to = to;
    this.ticker = ticker;
    this.onFailure = onFailure;
    this.worker = BoundedWorker.of(blocks, "semcache-removal", 4, TIME_LIMIT);
  }

  /**
   * Returns whether an answer of the old store was replaced and must not be served.
   *
   * @param key the key of the answer
   * @return whether it is waiting for its removal
   */
  public boolean contains(String key) {
    if (isEmpty) {
      return false;
    }
    synchronized (this) {
      return keys.contains(key);
    }
  }

  /**
   * Adds an answer that could not be removed.
   *
   * @param key its key, which is that of the newer answer in the new store
   */
  public void add(String key) {
    synchronized (this) {
      boolean unused = track(key);
      nextAttempt = ticker.getAsLong() + PAUSE_NANOS;
    }
    boolean unused = worker.offer(() -> attempt(() -> mark(key, "pending")));
  }

  /** Adds a key, and returns whether it is new. Called with the monitor of this object. */
  private boolean track(String key) {
    boolean isNew = keys.add(key);
    if (keys.size() > MAX_TRACKED) {
      keys.remove(keys.iterator().next());
    }
    isEmpty = false;
    return isNew;
  }

  /**
   * Continues the removal that another process could not finish.
   *
   * @param served an entry of the new store that is served
   */
  public void onHit(CacheEntry served) {
    if (served.attributes().containsKey(ATTRIBUTE)) {
      synchronized (this) {
        if (track(served.key())) {
          nextAttempt = ticker.getAsLong();
        }
      }
      retryIfDue();
    }
  }

  /** Tries again to remove the answers, at most once a second. Does not block. */
  public void retryIfDue() {
    if (isEmpty) {
      return;
    }
    synchronized (this) {
      if (isRunning || keys.isEmpty() || ticker.getAsLong() - nextAttempt < 0) {
        return;
      }
      isRunning = true;
    }
    boolean isAccepted =
        worker.offer(
            () -> {
              try {
                attempt(this::removeAll);
              } finally {
                endRun();
              }
            });
    if (!isAccepted) {
      endRun();
    }
  }

  private synchronized void endRun() {
    isRunning = false;
    nextAttempt = ticker.getAsLong() + PAUSE_NANOS;
  }

  /** Removes the answers until the old store fails. */
  private void removeAll() {
    for (String key : copyOfKeys()) {
      long unused = from.remove(new EntrySelector.ByKey(key));
      synchronized (this) {
        keys.remove(key);
        isEmpty = keys.isEmpty();
      }
      mark(key, null);
    }
  }

  private synchronized List<String> copyOfKeys() {
    return List.copyOf(keys);
  }

  private void mark(String key, @Nullable String mark) {
    Optional<CacheEntry> unused =
        to.updateAttributes(
            key,
            entry ->
                mark == null
                    ? entry.withoutAttribute(ATTRIBUTE)
                    : entry.attribute(ATTRIBUTE, mark));
  }

  private void attempt(Runnable action) {
    try {
      action.run();
    } catch (Throwable e) {
      FatalErrors.rethrowIfFatal(e);
      onFailure.accept(e);
    }
  }

  /** Interrupts the current removal. Idempotent. */
  @Override
  public void close() {
    worker.close();
  }
}
