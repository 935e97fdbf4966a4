package io.github.semcache.lucene;

import io.github.semcache.store.EntrySelector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The references to all entries: by key, by expiry, and from least to most recently used. Guarded
 * by the lock of the {@link EntryTable}, except for {@link #recordUse}.
 */
final class Catalog {
  private final Map<String, EntryRef> refs = new HashMap<>();
  private final Map<String, ScopeRef> scopes = new HashMap<>();
  private final TreeSet<EntryRef> byExpiry = new TreeSet<>(EntryRef.BY_EXPIRY);

  /** From least to most recently used. Guarded by its own monitor. */
  private final Map<EntryRef, Boolean> recency = new LinkedHashMap<>(16, 0.75f, true);

  int size() {
    return refs.size();
  }

  /** Returns the time of creation of the latest entry that was created at a time or before. */
  OptionalLong latestCreation(long limit) {
    return refs.values().stream()
        .mapToLong(ref -> ref.createdAt)
        .filter(createdAt -> createdAt <= limit)
        .max();
  }

  @Nullable EntryRef find(String key) {
    return refs.get(key);
  }

  @Nullable ScopeRef scope(String hash) {
    return scopes.get(hash);
  }

  /** Creates a reference without adding it. */
  EntryRef newRef(EntryMetadata metadata) {
    return new EntryRef(metadata, scopes.computeIfAbsent(metadata.scope(), ScopeRef::new));
  }

  /**
   * Adds a reference as the most recently used reference. Replaces a reference with the same key.
   */
  void add(EntryRef ref) {
    EntryRef replaced = refs.get(ref.key);
    if (replaced != null) {
      remove(replaced);
    }
    refs.put(ref.key, ref);
    scopes.put(ref.scope.hash, ref.scope);
    ref.scope.size++;
    if (ref.expiresAt != EntryRef.NEVER) {
      byExpiry.add(ref);
    }
    synchronized (recency) {
      recency.put(ref, true);
    }
  }

  void remove(EntryRef ref) {
    ref.deleted = true;
    refs.remove(ref.key);
    if (--ref.scope.size == 0) {
      scopes.remove(ref.scope.hash);
    }
    if (ref.expiresAt != EntryRef.NEVER) {
      byExpiry.remove(ref);
    }
    synchronized (recency) {
      recency.remove(ref);
    }
  }

  List<EntryRef> select(EntrySelector selector) {
    if (selector instanceof EntrySelector.ByKey byKey) {
      return Optional.ofNullable(refs.get(byKey.key())).stream().toList();
    }
    if (selector instanceof EntrySelector.ByScope byScope) {
      return refs.values().stream().filter(ref -> ref.scope.hash.equals(byScope.scope())).toList();
    }
    return List.copyOf(refs.values());
  }

  List<EntryRef> expiredAt(long now) {
    List<EntryRef> expired = new ArrayList<>();
    for (EntryRef ref : byExpiry) {
      if (ref.isLiveAt(now)) {
        break;
      }
      expired.add(ref);
    }
    return expired;
  }

  List<EntryRef> leastRecentlyUsed(int count) {
    synchronized (recency) {
      return recency.keySet().stream().limit(Math.max(0, count)).toList();
    }
  }

  /** Makes a reference the most recently used one, unless it was removed. */
  void recordUse(EntryRef ref) {
    synchronized (recency) {
      recency.get(ref);
    }
  }
}
