package io.github.semcache.redis;

import static java.util.Objects.requireNonNullElse;

import io.github.semcache.store.StoreException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Removes entries. Each method returns how many living ones it removed. */
final class EntryRemoval {
  private static final int ENTRIES_PER_TRIP = 500;
  private static final byte[] SCOPE = Utf8.encode(HashCodec.SCOPE);

  private final RedisCommands commands;

  EntryRemoval(RedisCommands commands) {
    this.commands = commands;
  }

  long byKey(String entryKey) {
    return unlink(List.of(commands.keys().documentKey(entryKey)));
  }

  /** All entries of a scope, found by the index, which must be complete. */
  long byIndex(String scope) {
    byte[][] query =
        EntryQuery.keys(
            commands.keys().index(), EntryQuery.filter(scope, Optional.empty()), ENTRIES_PER_TRIP);
    long removed = 0;
    // What was removed is no longer found, so the next page is always the first one.
    List<byte[]> page = page(query);
    while (!page.isEmpty()) {
      removed += unlink(page);
      List<byte[]> next = page(query);
      if (!next.isEmpty() && Arrays.equals(next.get(0), page.get(0))) {
        throw new StoreException(
            "Redis failed to remove the entries of a scope: its index still lists removed ones");
      }
      page = next;
    }
    return removed;
  }

  private List<byte[]> page(byte[][] query) {
    return commands.search("find the entries of a scope", query).rows().stream()
        .map(SearchReply.Row::id)
        .toList();
  }

  /** All entries of a scope, found by reading all entries. */
  long byScan(String scope) {
    byte[] wanted = Utf8.encode(scope);
    return commands
        .keyBatches(ENTRIES_PER_TRIP)
        .mapToLong(batch -> unlink(ofScope(wanted, batch)))
        .sum();
  }

  private List<byte[]> ofScope(byte[] wanted, List<byte[]> documentKeys) {
    List<byte @Nullable []> scopes =
        commands.each(
            "read the scopes of entries",
            documentKeys,
            (pipeline, key) -> pipeline.hget(key, SCOPE),
            (jedis, key) -> jedis.hget(key, SCOPE));
    return IntStream.range(0, documentKeys.size())
        .filter(i -> Arrays.equals(scopes.get(i), wanted))
        .mapToObj(documentKeys::get)
        .toList();
  }

  /** Everything whose key begins with the prefix, in the index or not. */
  long all() {
    return commands.keyBatches(ENTRIES_PER_TRIP).mapToLong(this::unlink).sum();
  }

  private long unlink(List<byte[]> documentKeys) {
    if (documentKeys.isEmpty()) {
      return 0;
    }
    return commands
        .each(
            "remove entries",
            documentKeys,
            (pipeline, key) -> pipeline.unlink(key),
            (jedis, key) -> jedis.unlink(key))
        .stream()
        .mapToLong(removed -> requireNonNullElse(removed, 0L))
        .sum();
  }
}
