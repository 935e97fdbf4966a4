package io.github.semcache.redis;

import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.VectorStore.VersionedEntry;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The near cache of a store: its entries, and the tracker of changes by other processes. */
final class NearTier implements AutoCloseable {
  private final NearEntries entries;
  private final Optional<ChangeTracker> tracker;

  private NearTier(NearEntries entries, Optional<ChangeTracker> tracker) {
    this.entries = entries;
    this.tracker = tracker;
  }

  /**
   * Creates a near cache. Changes are tracked only if the store opens its own connections to a
   * single server, because the near cache cannot open a connection like those of a client that
   * belongs to the caller.
   *
   * @param connection the connection settings; null if the client belongs to the caller
   */
  static NearTier of(
      NearCache options,
      @Nullable RedisConnection connection,
      KeyNaming keys,
      LongSupplier ticker) {
    NearEntries entries = new NearEntries(options, ticker);
    Optional<ChangeTracker> tracker =
        Optional.ofNullable(connection)
            .filter(own -> options.tracking() && !own.isCluster())
            .map(own -> new ChangeTracker(own, keys, entries, options.maxStaleness(), ticker));
    return new NearTier(entries, tracker);
  }

  /**
   * Checks that Caffeine is on the class path.
   *
   * @throws IllegalStateException if it is not
   */
  static void requireCaffeine() {
    try {
      Class.forName("com.github.benmanes.caffeine.cache.Caffeine");
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(
          "nearCache requires Caffeine; add com.github.ben-manes.caffeine:caffeine 3.x to the class"
              + " path",
          e);
    }
  }

  Optional<VersionedEntry> find(String key, Set<String> dependencies) {
    return entries.find(key, dependencies);
  }

  /** Reads an entry from the server and stores it here. */
  VersionedEntry read(String key, Set<String> dependencies, Supplier<RedisVersions.Found> server) {
    tracker.ifPresent(ChangeTracker::start);
    NearEntries.Read read = entries.begin(key, dependencies);
    RedisVersions.Found found = server.get();
    entries.end(read, found.versioned(), found.millisToLive());
    return found.versioned();
  }

  void invalidate(String key) {
    entries.invalidateEntry(key);
  }

  void invalidate(EntrySelector removed) {
    if (removed instanceof EntrySelector.ByKey byKey) {
      invalidate(byKey.key());
    } else {
      entries.invalidateAll();
    }
  }

  void invalidateVersion(String dependency) {
    entries.invalidateVersion(dependency);
  }

  @Override
  public void close() {
    tracker.ifPresent(ChangeTracker::close);
    entries.invalidateAll();
  }
}
