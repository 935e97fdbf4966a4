package io.github.semcache.redis;

import static java.util.Objects.requireNonNullElse;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Counts entries. */
final class EntryCounter {
  private static final int BATCH_SIZE = 500;

  private final RedisCommands commands;

  EntryCounter(RedisCommands commands) {
    this.commands = commands;
  }

  /** Returns 1 if there is an entry with a key, and otherwise 0. */
  long countKey(String entryKey) {
    return countExisting(List.of(commands.keys().documentKey(entryKey)));
  }

  /**
   * Returns the number of entries that the index returns for a filter, including expired ones that
   * the server has not deleted yet.
   */
  long countByIndex(String indexFilter) {
    byte[][] query = SearchArguments.count(commands.keys().indexName(), indexFilter);
    return commands.search("count entries", query).total();
  }

  long countByScan(FieldFilter.Condition condition) {
    return countDistinct(new FieldFilter(commands).scan(condition, BATCH_SIZE));
  }

  long countAll() {
    return countDistinct(commands.scanKeys(BATCH_SIZE));
  }

  /** Counts the keys that exist. SCAN may return a key repeatedly. */
  private long countDistinct(Stream<List<byte[]>> batches) {
    Set<String> seen = new HashSet<>();
    return batches
        .mapToLong(
            batch ->
                countExisting(
                    batch.stream().filter(key -> seen.add(commands.keys().entryKey(key))).toList()))
        .sum();
  }

  private long countExisting(List<byte[]> documentKeys) {
    if (documentKeys.isEmpty()) {
      return 0;
    }
    return commands
        .sendForEach(
            "count entries",
            documentKeys,
            (pipeline, key) -> pipeline.exists(key),
            (jedis, key) -> jedis.exists(key))
        .stream()
        .filter(exists -> requireNonNullElse(exists, false))
        .count();
  }
}
