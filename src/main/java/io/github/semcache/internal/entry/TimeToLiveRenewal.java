package io.github.semcache.internal.entry;

import io.github.semcache.internal.concurrent.BoundedWorker;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.VectorStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Renews the time to live of entries that are served. An entry is renewed at most once per tenth of
 * its time to live by each instance. Entries are marked with their time to live when they are
 * written, so an entry with a short one of its own is not renewed for longer. Thread-safe.
 */
public final class TimeToLiveRenewal implements AutoCloseable {
  /** The time to live in milliseconds. */
  static final String ATTRIBUTE = "renewed_millis";

  private static final int MAX_TRACKED = 4_096;
  private static final int MAX_WAITING = 256;
  private static final Duration TIME_LIMIT = Duration.ofSeconds(10);

  /** Limits the writes while the entry is replaced again and again. */
  private static final int MAX_WRITES = 3;

  private final Consumer<CacheEntry> renew;
  private final LongSupplier ticker;
  private final BoundedWorker worker;

  /** The time of the latest renewal of each entry, oldest first. Guarded by this. */
  private final Map<String, Long> renewals = new LinkedHashMap<>();

  /**
   * Creates the renewal.
   *
   * @param renew {@linkplain #renew(VectorStore, CacheEntry, InstantSource) renews} an entry; must
   *     not throw
   * @param blocks whether {@code renew} may block, so that it is called in the background
   * @param ticker a count of nanoseconds from any origin
   */
  public TimeToLiveRenewal(Consumer<CacheEntry> renew, boolean blocks, LongSupplier ticker) {
    this.renew = renew;
    this.ticker = ticker;
    this.worker = BoundedWorker.of(blocks, "semcache-renewal", MAX_WAITING, TIME_LIMIT);
  }

  /**
   * Marks a new entry, so that it is renewed.
   *
   * @param entry the entry
   * @param timeToLive its time to live; empty if it does not expire
   * @return the entry, with an additional attribute if it expires
   */
  public CacheEntry mark(CacheEntry entry, Optional<Duration> timeToLive) {
    return timeToLive.map(duration -> withTimeToLive(entry, duration)).orElse(entry);
  }

  private static CacheEntry withTimeToLive(CacheEntry entry, Duration timeToLive) {
    return entry.attribute(ATTRIBUTE, Long.toString(timeToLive.toMillis()));
  }

  /** Returns the time to live of a marked entry; empty for others. */
  static Optional<Duration> timeToLiveOf(CacheEntry entry) {
    String millis = entry.attributes().get(ATTRIBUTE);
    if (millis == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Prompt.checkTimeToLive(Duration.ofMillis(Long.parseLong(millis))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Changes the time to live of a marked entry.
   *
   * @param entry the entry
   * @param timeToLive the new time to live; empty if it does not expire
   * @return the entry with the new mark; unchanged if it was not marked
   */
  static CacheEntry remark(CacheEntry entry, Optional<Duration> timeToLive) {
    if (!entry.attributes().containsKey(ATTRIBUTE)) {
      return entry;
    }
    CacheEntry unmarked = entry.withoutAttribute(ATTRIBUTE);
    return timeToLive.map(duration -> withTimeToLive(unmarked, duration)).orElse(unmarked);
  }

  /**
   * Renews an entry that is served, unless that happened recently. Dropped if too many others are
   * waiting.
   *
   * @param entry the entry
   */
  public void onHit(CacheEntry entry) {
    Optional<Duration> timeToLive = timeToLiveOf(entry);
    if (timeToLive.isPresent()
        && isDue(entry.key(), timeToLive.get())
        && !worker.offer(() -> renew.accept(entry))) {
      forget(entry.key());
    }
  }

  private synchronized boolean isDue(String key, Duration timeToLive) {
    long now = ticker.getAsLong();
    Long latest = renewals.get(key);
    if (latest != null && now - latest < timeToLive.toNanos() / 10) {
      return false;
    }
    renewals.remove(key);
    renewals.put(key, now);
    if (renewals.size() > MAX_TRACKED) {
      renewals.remove(renewals.keySet().iterator().next());
    }
    return true;
  }

  private synchronized void forget(String key) {
    renewals.remove(key);
  }

  /**
   * Renews the time to live of an entry, unless the entry was replaced or its time to live was
   * changed since it was served. A store cannot compare an entry and change its expiry atomically,
   * so the entry is read before and after the change. If it was replaced in between, the expiry of
   * the other entry is restored.
   *
   * @param store the store
   * @param served a marked entry, as it was served
   * @param time the clock of the expiry of entries
   * @throws io.github.semcache.store.StoreException if the store fails
   */
  public static void renew(VectorStore store, CacheEntry served, InstantSource time) {
    Optional<CacheEntry> current =
        store.find(served.key()).filter(entry -> isSameWrite(entry, served));
    for (int i = 0; i < MAX_WRITES && current.isPresent(); i++) {
      CacheEntry entry = current.get();
      Optional<ReplyMapper.Expiry> expiry = ReplyMapper.expiryOf(entry, time.instant());
      if (expiry.isEmpty() || !store.expire(entry.key(), timeToLive(expiry.get()))) {
        return;
      }
      current = store.find(entry.key()).filter(now -> !isSameWrite(now, entry));
    }
  }

  private static Optional<Duration> timeToLive(ReplyMapper.Expiry expiry) {
    return expiry.isPast() ? Optional.of(Prompt.MIN_TIME_TO_LIVE) : expiry.timeToLive();
  }

  /** Returns whether an entry was neither replaced nor was its time to live changed. */
  private static boolean isSameWrite(CacheEntry entry, CacheEntry other) {
    return entry.createdAt().equals(other.createdAt()) && ReplyMapper.haveSameExpiry(entry, other);
  }

  /** Interrupts the current renewal and drops the waiting ones. Idempotent. */
  @Override
  public void close() {
    worker.close();
  }
}
