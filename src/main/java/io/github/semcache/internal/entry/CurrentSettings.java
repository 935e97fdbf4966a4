package io.github.semcache.internal.entry;

import io.github.semcache.internal.concurrent.FatalErrors;
import io.github.semcache.policy.CacheSettings;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheListener;
import io.github.semcache.store.StateStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings of a running cache. If they are shared, a request that begins after the interval has
 * elapsed causes them to be read again in the background; there is no timer. If they cannot be
 * read, the cache continues with the last ones. Thread-safe.
 */
public final class CurrentSettings implements Supplier<CacheSettings> {
  private static final Logger log = LoggerFactory.getLogger(CurrentSettings.class);

  private final CacheListener events;
  private final Optional<Shared> shared;

  /** The number of changes by this instance, which a concurrent read must not revert. */
  private final AtomicLong changes = new AtomicLong();

  private final AtomicLong nextRead;
  private volatile CacheSettings current = CacheSettings.none();

  /**
   * How settings are shared with other instances.
   *
   * @param store stores the settings
   * @param interval the minimum time between two reads
   * @param ticker a nanosecond ticker
   * @param executor reads the settings
   */
  public record Shared(
      StateStore store, Duration interval, LongSupplier ticker, Executor executor) {}

  /**
   * Creates settings. Blocks on the store if they are shared.
   *
   * @param events is notified of changes and of failures
   * @param shared how they are shared; empty if they are not
   */
  public CurrentSettings(CacheListener events, Optional<Shared> shared) {
    this.events = events;
    this.shared = shared;
    this.nextRead = new AtomicLong(shared.map(CurrentSettings::nextRead).orElse(0L));
    shared.ifPresent(this::read);
  }

  private static long nextRead(Shared shared) {
    return shared.ticker.getAsLong() + shared.interval.toNanos();
  }

  /** Returns the settings. Schedules a read if one is due. Does not block. */
  @Override
  public CacheSettings get() {
    if (shared.isPresent()) {
      readIfDue(shared.get());
    }
    return current;
  }

  private void readIfDue(Shared from) {
    long due = nextRead.get();
    if (from.ticker.getAsLong() - due >= 0 && nextRead.compareAndSet(due, nextRead(from))) {
      try {
        from.executor.execute(() -> read(from));
      } catch (Throwable e) {
        FatalErrors.rethrowIfFatal(e);
        events.onEvent(new CacheEvent.Failed(CacheEvent.Part.STORE, e));
      }
    }
  }

  private void read(Shared from) {
    try {
      long before = changes.get();
      CacheSettings read = CacheSettings.load(from.store);
      publish(setRead(read, before));
    } catch (Throwable e) {
      FatalErrors.rethrowIfFatal(e);
      events.onEvent(new CacheEvent.Failed(CacheEvent.Part.STORE, e));
    }
  }

  /**
   * Changes the settings of this instance and, if they are shared, of all instances.
   *
   * @param settings the new settings
   * @throws io.github.semcache.store.StoreException if they are shared and the store fails; in that
   *     case, nothing changes
   */
  public void update(CacheSettings settings) {
    shared.ifPresent(with -> CacheSettings.update(with.store, old -> settings));
    publish(setOwn(settings));
  }

  private synchronized CacheEvent.SettingsChanged setOwn(CacheSettings settings) {
    changes.incrementAndGet();
    return set(settings);
  }

  /** Sets settings that were read, unless this instance has changed them since. */
  private synchronized CacheEvent.SettingsChanged setRead(CacheSettings read, long changesBefore) {
    return set(changes.get() == changesBefore ? read : current);
  }

  private CacheEvent.SettingsChanged set(CacheSettings settings) {
    CacheSettings before = current;
    current = settings;
    return new CacheEvent.SettingsChanged(before, settings);
  }

  /** Notifies the listener, which may call the cache, without holding the monitor. */
  private void publish(CacheEvent.SettingsChanged change) {
    if (!change.before().equals(change.now())) {
      log.info(
          "The settings of the cache have changed from {} to {}", change.before(), change.now());
      events.onEvent(change);
    }
  }
}
