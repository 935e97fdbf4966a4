package io.github.semcache.redis;

import static java.util.Objects.requireNonNullElse;

import io.github.semcache.store.StoreException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Removes entries. Each method returns the number of removed entries that had not expired. */
final class EntryRemover {
  private static final int BATCH_SIZE = 500;
  private static final byte[] SCOPE = Utf8.encode(HashCodec.SCOPE);

  private final RedisCommands commands;

  EntryRemover(RedisCommands commands) {
    this.commands = commands;
  }

  long removeKey(String entryKey) {
    return unlink(List.of(commands.keys().documentKey(entryKey)));
  }

  /** Removes the entries of a scope that the index returns. The index must be complete. */
  long removeScopeByIndex(String scope) {
    byte[][] query =
        SearchArguments.keys(
            commands.keys().indexName(),
            SearchArguments.filter(scope, Optional.empty()),
            BATCH_SIZE);
    long removed = 0;
    // The index does not return removed entries, so the next page is always the first one.
    List<byte[]> page = page(query);
    while (!page.isEmpty()) {
      removed += unlink(page);
      List<byte[]> next = page(query);
      if (!next.isEmpty() && Arrays.equals(next.get(0), page.get(0))) {
        throw new StoreException(
            "Redis failed to remove the entries of a scope: the index still returns removed ones");
      }
      page = next;
    }
    return removed;
  }

  private List<byte[]> page(byte[][] query) {
    return commands.search("find the entries of a scope", query).rows().stream()
        .map(SearchReply.Row::documentKey)
        .toList();
  }

  /** Removes the entries of a scope, which are found by reading the scopes of all entries. */
  long removeScopeByScan(String scope) {
    byte[] encodedScope = Utf8.encode(scope);
    return commands
        .scanKeys(BATCH_SIZE)
        .mapToLong(batch -> unlink(filterByScope(encodedScope, batch)))
        .sum();
  }

  private List<byte[]> filterByScope(byte[] encodedScope, List<byte[]> documentKeys) {
    List<byte @Nullable []> scopes =
        commands.sendForEach(
            "read the scopes of entries",
            documentKeys,
            (pipeline, key) -> pipeline.hget(key, SCOPE),
            (jedis, key) -> jedis.hget(key, SCOPE));
    return IntStream.range(0, documentKeys.size())
        .filter(i -> Arrays.equals(scopes.get(i), encodedScope))
        .mapToObj(documentKeys::get)
        .toList();
  }

  /** Removes all keys with the prefix of the entries, including those that are not in the index. */
  long removeAll() {
    return commands.scanKeys(BATCH_SIZE).mapToLong(this::unlink).sum();
  }

  private long unlink(List<byte[]> documentKeys) {
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
