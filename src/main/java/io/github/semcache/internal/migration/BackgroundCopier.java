package io.github.semcache.internal.migration;

import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.internal.concurrent.BoundedWorker;
import io.github.semcache.internal.concurrent.FatalErrors;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.Listable.ListedEntry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Copies the entries of an old store that are served. An attempt is repeated after a minute at the
 * earliest, and dropped if too many others are waiting. Thread-safe.
 */
public final class BackgroundCopier implements AutoCloseable {
  private static final int MAX_TRACKED = 4_096;
  private static final int MAX_WAITING = 256;
  private static final Duration TIME_LIMIT = Duration.ofSeconds(30);
  private static final long PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

  private final EntryCopier copier;
  private final VectorStore to;
  private final Function<String, Optional<Embedding>> embed;
  private final Consumer<Duration> onCopied;
  private final Consumer<Throwable> onFailure;
  private final LongSupplier ticker;
  private final BoundedWorker worker;

  /** The time of the latest attempt for each key, oldest first. Guarded by this. */
  private final Map<String, Long> attempts = new LinkedHashMap<>();

  /**
   * Creates the copier.
   *
   * @param copier copies an entry
   * @param to the new store
   * @param embed returns the embedding of a prompt in the new vector space; empty if the prompt has
   *     none
   * @param blocks whether the stores or the embedder may block, so that they are called in the
   *     background
   * @param ticker a count of nanoseconds from any origin
   * @param onCopied receives the duration of each copy; must not throw
   * @param onFailure receives failures; must not throw
   */
  public BackgroundCopier(
      EntryCopier copier,
      VectorStore to,
      Function<String, Optional<Embedding>> embed,
      boolean blocks,
      LongSupplier ticker,
      Consumer<Duration> onCopied,
      Consumer<Throwable> onFailure) {
    this.copier = copier;
    this.to = to;
    this.embed = embed;
    this.ticker = ticker;
    this.onCopied = onCopied;
    this.onFailure = onFailure;
    this.worker = BoundedWorker.of(blocks, "semcache-copy", MAX_WAITING, TIME_LIMIT);
  }

  /**
   * Copies an entry of the old store, unless that was attempted recently.
   *
   * @param entry the entry, which is served
   */
  public void onHit(CacheEntry entry) {
    String key = entry.key();
    if (isDue(key) && !worker.offer(() -> copy(key))) {
      forget(key);
    }
  }

  private synchronized boolean isDue(String key) {
    long now = ticker.getAsLong();
    Long latest = attempts.get(key);
    if (latest != null && now - latest < PAUSE_NANOS) {
      return false;
    }
    attempts.remove(key);
    attempts.put(key, now);
    if (attempts.size() > MAX_TRACKED) {
      attempts.remove(attempts.keySet().iterator().next());
    }
    return true;
  }

  private synchronized void forget(String key) {
    attempts.remove(key);
  }

  private void copy(String key) {
    try {
      long start = ticker.getAsLong();
      for (ListedEntry original : copier.originals(Set.of(key))) {
        Optional<CacheEntry> existing = to.find(key);
        if (copier.check(original, existing) == EntryCopier.Outcome.MISSING
            && copier.copy(original, existing, embed(original)) == EntryCopier.Outcome.COPIED) {
          onCopied.accept(Duration.ofNanos(ticker.getAsLong() - start));
        }
      }
    } catch (Throwable e) {
      FatalErrors.rethrowIfFatal(e);
      onFailure.accept(e);
    }
  }

  private Optional<Embedding> embed(ListedEntry original) {
    try {
      return embed.apply(original.entry().prompt());
    } catch (EmbedderException.RejectedText e) {
      return Optional.empty();
    }
  }

  /** Interrupts the current copy and drops the waiting ones. Idempotent. */
  @Override
  public void close() {
    worker.close();
  }
}
