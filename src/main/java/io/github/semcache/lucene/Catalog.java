package io.github.semcache.lucene;

import io.github.semcache.store.EntrySelector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which entries there are: by key, by expiry, and from least to most recently used. Guarded by the
 * lock of the {@link EntryTable}, except for {@link #touch}.
 */
final class Catalog {
  private final Map<String, EntryRef> slots = new HashMap<>();
  private final Map<String, ScopeEntryRefs> scopes = new HashMap<>();
  private final TreeSet<EntryRef> byExpiry = new TreeSet<>(EntryRef.BY_EXPIRY);

  /** From least to most recently used. Guarded by itself. */
  private final Map<EntryRef, Boolean> recency = new LinkedHashMap<>(16, 0.75f, true);

  int size() {
    return slots.size();
  }

  @Nullable EntryRef find(String key) {
    return slots.get(key);
  }

  @Nullable ScopeEntryRefs scope(String hash) {
    return scopes.get(hash);
  }

  /** Makes a slot that the catalog does not hold yet. */
  EntryRef slotFor(EntryMetadata head) {
    ScopeEntryRefs scope = scopes.computeIfAbsent(head.scope(), ScopeEntryRefs::new);
    return new EntryRef(head.key(), scope, head.sequence(), head.createdAt(), head.expiresAt());
  }

  /** Adds the most recently used slot, in place of the one with the same key. */
  void add(EntryRef slot) {
    EntryRef replaced = slots.get(slot.key);
    if (replaced != null) {
      remove(replaced);
    }
    slots.put(slot.key, slot);
    scopes.put(slot.scope.hash, slot.scope);
    slot.scope.size++;
    if (slot.expiresAt != EntryRef.NEVER) {
      byExpiry.add(slot);
    }
    synchronized (recency) {
      recency.put(slot, true);
    }
  }

  void remove(EntryRef slot) {
    slot.gone = true;
    slots.remove(slot.key);
    if (--slot.scope.size == 0) {
      scopes.remove(slot.scope.hash);
    }
    if (slot.expiresAt != EntryRef.NEVER) {
      byExpiry.remove(slot);
    }
    synchronized (recency) {
      recency.remove(slot);
    }
  }

  List<EntryRef> select(EntrySelector selection) {
    if (selection instanceof EntrySelector.ByKey byKey) {
      return Optional.ofNullable(slots.get(byKey.key())).stream().toList();
    }
    if (selection instanceof EntrySelector.ByScope byScope) {
      return slots.values().stream()
          .filter(slot -> slot.scope.hash.equals(byScope.scope()))
          .toList();
    }
    return List.copyOf(slots.values());
  }

  List<EntryRef> expiredAt(long now) {
    List<EntryRef> expired = new ArrayList<>();
    for (EntryRef slot : byExpiry) {
      if (slot.livesAt(now)) {
        break;
      }
      expired.add(slot);
    }
    return expired;
  }

  List<EntryRef> leastRecentlyUsed(int count) {
    synchronized (recency) {
      return recency.keySet().stream().limit(Math.max(0, count)).toList();
    }
  }

  /** Makes a slot the most recently used one, unless it has gone meanwhile. */
  void touch(EntryRef slot) {
    synchronized (recency) {
      recency.get(slot);
    }
  }
}
