package io.github.semcache.redis;

import static java.util.Objects.requireNonNullElse;

import io.github.semcache.store.StoreException;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/** Removes entries. Each method returns the number of removed entries that had not expired. */
final class EntryRemover {
  private static final int BATCH_SIZE = 500;

  private final RedisCommands commands;
  private final FieldFilter filter;

  EntryRemover(RedisCommands commands) {
    this.commands = commands;
    this.filter = new FieldFilter(commands);
  }

  long removeKey(String entryKey) {
    return unlink(List.of(commands.keys().documentKey(entryKey)));
  }

  /** Removes the entries that the index returns for a filter. The index must be complete. */
  long removeByIndex(String indexFilter, LongConsumer progress) {
    byte[][] query = SearchArguments.keys(commands.keys().indexName(), indexFilter, BATCH_SIZE);
    long removed = 0;
    // The index does not return removed entries, so the next page is always the first one.
    List<byte[]> page = page(query);
    while (!page.isEmpty()) {
      removed += unlink(page);
      progress.accept(removed);
      List<byte[]> next = page(query);
      if (!next.isEmpty() && Arrays.equals(next.get(0), page.get(0))) {
        throw new StoreException(
            "Redis failed to remove the selected entries: the index still returns removed ones");
      }
      page = next;
    }
    return removed;
  }

  private List<byte[]> page(byte[][] query) {
    return commands.search("find the selected entries", query).rows().stream()
        .map(SearchReply.Row::documentKey)
        .toList();
  }

  /**
   * Removes the entries that pass a condition, which are found by reading a field of all entries.
   */
  long removeByScan(FieldFilter.Condition condition, LongConsumer progress) {
    return unlinkAll(filter.scan(condition, BATCH_SIZE), progress);
  }

  /** Removes all keys with the prefix of the entries, including those that are not in the index. */
  long removeAll(LongConsumer progress) {
    return unlinkAll(commands.scanKeys(BATCH_SIZE), progress);
  }

  private long unlinkAll(Stream<List<byte[]>> batches, LongConsumer progress) {
    long[] removed = {0};
    batches.forEach(
        batch -> {
          removed[0] += unlink(batch);
          progress.accept(removed[0]);
        });
    return removed[0];
  }

  /** Removes keys and returns the number of those that existed. */
  long unlink(List<byte[]> documentKeys) {
    if (documentKeys.isEmpty()) {
      return 0;
    }
    return commands
        .sendForEach(
            "remove entries",
            documentKeys,
            (pipeline, key) -> pipeline.unlink(key),
            (jedis, key) -> jedis.unlink(key))
        .stream()
        .mapToLong(removed -> requireNonNullElse(removed, 0L))
        .sum();
  }
}
