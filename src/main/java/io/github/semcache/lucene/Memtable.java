package io.github.semcache.lucene;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The changes that a search of the index does not show yet: new versions, which are kept here until
 * it does, and removals. Guarded by the lock of the {@link EntryTable}.
 */
final class Memtable {
  private final Map<ScopeEntryRefs, Set<EntryRef>> byScope = new HashMap<>();
  private int entries;
  private long heapBytes;

  /** By key, what the index is to be told: a new version, or that there is none any more. */
  private Map<String, Optional<LogRecord.Put>> untold = new LinkedHashMap<>();

  /** The slots of a scope whose entries are here. */
  Collection<EntryRef> of(ScopeEntryRefs scope) {
    return byScope.getOrDefault(scope, Set.of());
  }

  void put(EntryRef slot, LogRecord.Put put) {
    slot.recent = put;
    byScope.computeIfAbsent(slot.scope, scope -> new HashSet<>()).add(slot);
    entries++;
    heapBytes += put.heapBytes();
    untold.put(slot.key, Optional.of(put));
  }

  void remove(EntryRef slot) {
    forget(slot);
    untold.put(slot.key, Optional.empty());
  }

  /** How many changes the index is to be told. */
  int untold() {
    return untold.size();
  }

  /** How many entries are here, and so are looked at one by one in a search. */
  int entries() {
    return entries;
  }

  /** About how much heap the entries take that are here. */
  long heapBytes() {
    return heapBytes;
  }

  /** Hands over the changes that the index is to be told. The entries stay here. */
  Map<String, Optional<LogRecord.Put>> take() {
    Map<String, Optional<LogRecord.Put>> taken = untold;
    untold = new LinkedHashMap<>();
    return taken;
  }

  /** Takes back changes that the index could not be told, behind later ones. */
  void giveBack(Map<String, Optional<LogRecord.Put>> taken) {
    Map<String, Optional<LogRecord.Put>> all = new LinkedHashMap<>(taken);
    all.putAll(untold);
    untold = all;
  }

  /** Forgets an entry that a search of the index finds, or that has gone. */
  void forget(EntryRef slot) {
    LogRecord.Put put = slot.recent;
    if (put == null) {
      return;
    }
    slot.recent = null;
    entries--;
    heapBytes -= put.heapBytes();
    byScope.computeIfPresent(
        slot.scope,
        (scope, slots) -> {
          slots.remove(slot);
          return slots.isEmpty() ? null : slots;
        });
  }
}
