package io.github.semcache.lucene;

import io.github.semcache.store.Selection;
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
  private final Map<String, Slot> slots = new HashMap<>();
  private final Map<String, ScopeSlots> scopes = new HashMap<>();
  private final TreeSet<Slot> byExpiry = new TreeSet<>(Slot.BY_EXPIRY);

  /** From least to most recently used. Guarded by itself. */
  private final Map<Slot, Boolean> recency = new LinkedHashMap<>(16, 0.75f, true);

  int size() {
    return slots.size();
  }

  @Nullable Slot find(String key) {
    return slots.get(key);
  }

  @Nullable ScopeSlots scope(String hash) {
    return scopes.get(hash);
  }

  /** Makes a slot that the catalogue does not hold yet. */
  Slot slotFor(Head head) {
    ScopeSlots scope = scopes.computeIfAbsent(head.scope(), ScopeSlots::new);
    return new Slot(head.key(), scope, head.sequence(), head.createdAt(), head.expiresAt());
  }

  /** Adds the most recently used slot, in place of the one with the same key. */
  void add(Slot slot) {
    Slot replaced = slots.get(slot.key);
    if (replaced != null) {
      remove(replaced);
    }
    slots.put(slot.key, slot);
    scopes.put(slot.scope.hash, slot.scope);
    slot.scope.size++;
    if (slot.expiresAt != Slot.NEVER) {
      byExpiry.add(slot);
    }
    synchronized (recency) {
      recency.put(slot, true);
    }
  }

  void remove(Slot slot) {
    slot.gone = true;
    slots.remove(slot.key);
    if (--slot.scope.size == 0) {
      scopes.remove(slot.scope.hash);
    }
    if (slot.expiresAt != Slot.NEVER) {
      byExpiry.remove(slot);
    }
    synchronized (recency) {
      recency.remove(slot);
    }
  }

  List<Slot> select(Selection selection) {
    if (selection instanceof Selection.ByKey byKey) {
      return Optional.ofNullable(slots.get(byKey.key())).stream().toList();
    }
    if (selection instanceof Selection.ByScope byScope) {
      return slots.values().stream()
          .filter(slot -> slot.scope.hash.equals(byScope.scope()))
          .toList();
    }
    return List.copyOf(slots.values());
  }

  List<Slot> expiredAt(long now) {
    List<Slot> expired = new ArrayList<>();
    for (Slot slot : byExpiry) {
      if (slot.livesAt(now)) {
        break;
      }
      expired.add(slot);
    }
    return expired;
  }

  List<Slot> leastRecentlyUsed(int count) {
    synchronized (recency) {
      return recency.keySet().stream().limit(Math.max(0, count)).toList();
    }
  }

  /** Makes a slot the most recently used one, unless it has gone meanwhile. */
  void touch(Slot slot) {
    synchronized (recency) {
      recency.get(slot);
    }
  }
}
