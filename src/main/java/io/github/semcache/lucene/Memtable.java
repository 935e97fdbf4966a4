package io.github.semcache.lucene;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The entries that the current snapshot of the index does not contain, and the changes that the
 * index does not contain. An entry stays here while its change is flushed, until a snapshot with it
 * is published. Guarded by the lock of the {@link EntryTable}.
 */
final class Memtable {
  private final Map<ScopeRef, Set<EntryRef>> byScope = new HashMap<>();
  private int entries;
  private long heapBytes;

  /** By key, the last unflushed change: a new version, or empty for a removal. */
  private Map<String, Optional<LogRecord.Put>> unflushed = new LinkedHashMap<>();

  /** Returns the entries of a scope. */
  Collection<EntryRef> entriesOf(ScopeRef scope) {
    return byScope.getOrDefault(scope, Set.of());
  }

  /** Returns all entries. */
  Stream<EntryRef> all() {
    return byScope.values().stream().flatMap(Set::stream);
  }

  void put(EntryRef ref, LogRecord.Put put) {
    ref.unflushed = put;
    byScope.computeIfAbsent(ref.scope, scope -> new HashSet<>()).add(ref);
    entries++;
    heapBytes += put.heapBytes();
    unflushed.put(ref.key, Optional.of(put));
  }

  void remove(EntryRef ref) {
    release(ref);
    unflushed.put(ref.key, Optional.empty());
  }

  /** Returns the number of unflushed changes. */
  int unflushedChanges() {
    return unflushed.size();
  }

  /** Returns the number of entries, flushed ones included. A search compares each of them. */
  int entries() {
    return entries;
  }

  /** Returns the estimated heap size of the entries. */
  long heapBytes() {
    return heapBytes;
  }

  /** Returns and clears the unflushed changes. The entries stay. */
  Map<String, Optional<LogRecord.Put>> takeUnflushed() {
    Map<String, Optional<LogRecord.Put>> taken = unflushed;
    unflushed = new LinkedHashMap<>();
    return taken;
  }

  /** Restores changes after a failed flush. Later changes of the same keys take precedence. */
  void restoreUnflushed(Map<String, Optional<LogRecord.Put>> taken) {
    Map<String, Optional<LogRecord.Put>> merged = new LinkedHashMap<>(taken);
    merged.putAll(unflushed);
    unflushed = merged;
  }

  /** Releases an entry that the snapshot contains or that was deleted, if it is here. */
  void release(EntryRef ref) {
    LogRecord.Put put = ref.unflushed;
    if (put == null) {
      return;
    }
    ref.unflushed = null;
    entries--;
    heapBytes -= put.heapBytes();
    byScope.computeIfPresent(
        ref.scope,
        (scope, refs) -> {
          refs.remove(ref);
          return refs.isEmpty() ? null : refs;
        });
  }
}
