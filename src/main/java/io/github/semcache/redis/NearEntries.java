package io.github.semcache.redis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.VectorStore.VersionedEntry;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The entries and the versions of dependencies in a {@link NearCache}. A value that was read from
 * the server is stored only if its key has not been invalidated since the read began.
 *
 * <p>Thread-safe. No method blocks, except while another thread changes the same key.
 */
final class NearEntries {
  /** The estimated memory of an entry without its texts. */
  private static final int ENTRY_BYTES = 512;

  /** The estimated memory of a string without its characters. */
  private static final int STRING_BYTES = 56;

  /** The number of counters of invalidations; a power of 2. Keys with equal hashes share one. */
  private static final int STRIPES = 1_024;

  private static final int VERSION_BYTES = 256;
  private static final int MAX_LATIN_1 = 255;
  private static final String VERSION_PREFIX = "version ";

  private final Cache<String, Slot> slots;
  private final long maxStaleNanos;
  private final LongSupplier ticker;
  private final AtomicLongArray invalidations = new AtomicLongArray(STRIPES);
  private volatile long epoch;

  /** The time since which the server has reported all changes. */
  private volatile long trackedSinceNanos;

  /** The time until which the server is known to have reported all changes. */
  private volatile long trackedUntilNanos;

  private volatile boolean isTracked;

  /**
   * A value.
   *
   * @param value an entry, or the version of a dependency
   * @param readNanos the time before the value was read
   * @param expiresNanos the time at which the value expires; empty if it does not
   * @param epoch the number of times that everything had been invalidated before the read
   */
  private record Slot(Object value, long readNanos, Optional<Long> expiresNanos, long epoch) {}

  /**
   * A read from the server that has begun.
   *
   * @param startNanos the time before the request was sent
   * @param epoch see {@link Slot}
   * @param invalidations the counts of invalidations, by key
   */
  record Read(long startNanos, long epoch, Map<String, Long> invalidations) {}

  NearEntries(NearCache options, LongSupplier ticker) {
    this.maxStaleNanos = TimeUnit.NANOSECONDS.convert(options.maxStaleness());
    this.ticker = ticker;
    // Each entry weighs at least this, so the maximum weight also limits the number of entries.
    long minWeight = Math.max(1, (options.maxBytes() - 1) / options.maxEntries() + 1);
    this.slots =
        Caffeine.newBuilder()
            .maximumWeight(options.maxBytes())
            .weigher((String key, Slot slot) -> weight(slot, minWeight))
            .executor(Runnable::run)
            .build();
  }

  private static int weight(Slot slot, long minWeight) {
    return slot.value() instanceof CacheEntry entry
        ? (int) Math.min(Integer.MAX_VALUE, Math.max(minWeight, bytes(entry)))
        : VERSION_BYTES;
  }

  private static long bytes(CacheEntry entry) {
    long bytes =
        ENTRY_BYTES
            + bytes(entry.key())
            + bytes(entry.scope())
            + bytes(entry.prompt())
            + bytes(entry.answer());
    for (Map.Entry<String, String> attribute : entry.attributes().entrySet()) {
      bytes += bytes(attribute.getKey()) + bytes(attribute.getValue());
    }
    return bytes;
  }

  private static long bytes(String text) {
    boolean isLatin1 = text.chars().allMatch(unit -> unit <= MAX_LATIN_1);
    return STRING_BYTES + (isLatin1 ? 1L : 2L) * text.length();
  }

  /** Returns an entry with the versions of dependencies; empty unless all are stored. */
  Optional<VersionedEntry> find(String key, Set<String> dependencies) {
    long now = ticker.getAsLong();
    Object entry = value(key, now);
    if (entry == null) {
      return Optional.empty();
    }
    if (dependencies.isEmpty()) {
      return Optional.of(new VersionedEntry(Optional.of((CacheEntry) entry), Map.of()));
    }
    Map<String, String> versions = new HashMap<>();
    for (String dependency : dependencies) {
      Object version = value(VERSION_PREFIX + dependency, now);
      if (version == null) {
        return Optional.empty();
      }
      versions.put(dependency, (String) version);
    }
    return Optional.of(new VersionedEntry(Optional.of((CacheEntry) entry), versions));
  }

  private @Nullable Object value(String key, long now) {
    Slot slot = slots.getIfPresent(key);
    return slot != null && isCurrent(slot, now) ? slot.value() : null;
  }

  private boolean isCurrent(Slot slot, long now) {
    boolean isLive =
        slot.epoch() == epoch
            && (slot.expiresNanos().isEmpty() || now - slot.expiresNanos().get() < 0);
    return isLive && (now - slot.readNanos() < maxStaleNanos || isTracked(slot, now));
  }

  /** Returns whether the server has reported all changes since a value was read. */
  private boolean isTracked(Slot slot, long now) {
    return isTracked
        && now - trackedUntilNanos < maxStaleNanos
        && slot.readNanos() - trackedSinceNanos >= 0;
  }

  /** Begins to read an entry and versions. Must be called before the request is sent. */
  Read begin(String key, Set<String> dependencies) {
    long epochBefore = epoch;
    Map<String, Long> counts = new HashMap<>();
    counts.put(key, invalidations.get(stripe(key)));
    for (String dependency : dependencies) {
      String name = VERSION_PREFIX + dependency;
      counts.put(name, invalidations.get(stripe(name)));
    }
    return new Read(ticker.getAsLong(), epochBefore, counts);
  }

  /**
   * Stores what was read.
   *
   * @param millisToLive the remaining time to live of the entry; negative if it does not expire
   */
  void end(Read read, VersionedEntry found, long millisToLive) {
    found
        .entry()
        .ifPresent(
            entry -> {
              Optional<Long> expiry =
                  millisToLive < 0
                      ? Optional.empty()
                      : Optional.of(
                          read.startNanos() + TimeUnit.MILLISECONDS.toNanos(millisToLive));
              put(read, entry.key(), entry, expiry);
              found
                  .versions()
                  .forEach(
                      (dependency, version) ->
                          put(read, VERSION_PREFIX + dependency, version, Optional.empty()));
            });
  }

  private void put(Read read, String key, Object value, Optional<Long> expiresNanos) {
    Long before = read.invalidations().get(key);
    Slot slot = new Slot(value, read.startNanos(), expiresNanos, read.epoch());
    // An invalidation increments the count and then waits for this function.
    Slot unused =
        slots
            .asMap()
            .compute(
                key,
                (same, old) ->
                    before != null && before == invalidations.get(stripe(key)) ? slot : old);
  }

  void invalidateEntry(String key) {
    invalidate(key);
  }

  void invalidateVersion(String dependency) {
    invalidate(VERSION_PREFIX + dependency);
  }

  private void invalidate(String key) {
    invalidations.incrementAndGet(stripe(key));
    slots.invalidate(key);
  }

  private static int stripe(String key) {
    return key.hashCode() & (STRIPES - 1);
  }

  /** Invalidates everything, including what is being read. */
  synchronized void invalidateAll() {
    epoch++;
    slots.invalidateAll();
  }

  /**
   * Begins to rely on the reports of the server.
   *
   * @param sinceNanos the time at which the server had begun to report changes
   */
  void trackingBegan(long sinceNanos) {
    trackedSinceNanos = sinceNanos;
    trackedUntilNanos = sinceNanos;
    isTracked = true;
  }

  /**
   * Records that the server has reported all changes.
   *
   * @param untilNanos the time until which it has
   */
  void trackedUntil(long untilNanos) {
    trackedUntilNanos = untilNanos;
  }

  /** Ceases to rely on the reports of the server. */
  void trackingEnded() {
    isTracked = false;
  }

  /** Returns the number of entries and versions, including those that are not current. */
  long size() {
    slots.cleanUp();
    return slots.estimatedSize();
  }
}
