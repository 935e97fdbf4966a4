package io.github.semcache.redis;

import static io.github.semcache.redis.RedisFailures.translating;

import io.github.semcache.store.StoreException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.Response;
import redis.clients.jedis.ScanIteration;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/** Removes entries. Each method returns how many living ones it removed. */
final class EntryRemoval {
  private static final int ENTRIES_PER_TRIP = 500;
  private static final byte[] SCOPE = Utf8.encode(EntryCodec.SCOPE);

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
    ScanIteration keys = scan();
    long removed = 0;
    while (!keys.isIterationCompleted()) {
      removed += unlink(ofScope(wanted, next(keys)));
    }
    return removed;
  }

  private List<byte[]> ofScope(byte[] wanted, List<byte[]> documentKeys) {
    return commands.pipelined(
        "read the scopes of entries",
        pipeline -> {
          List<Response<byte[]>> scopes =
              documentKeys.stream().map(key -> pipeline.hget(key, SCOPE)).toList();
          pipeline.sync();
          List<byte[]> matching = new ArrayList<>();
          for (int i = 0; i < scopes.size(); i++) {
            if (hasScope(scopes.get(i), wanted)) {
              matching.add(documentKeys.get(i));
            }
          }
          return matching;
        });
  }

  private static boolean hasScope(Response<byte[]> scope, byte[] wanted) {
    try {
      return Arrays.equals(scope.get(), wanted);
    } catch (JedisDataException e) {
      if (RedisFailures.isWrongType(e)) {
        return false;
      }
      throw e;
    }
  }

  /** Everything whose key begins with the prefix, in the index or not. */
  long all() {
    ScanIteration keys = scan();
    long removed = 0;
    while (!keys.isIterationCompleted()) {
      removed += unlink(next(keys));
    }
    return removed;
  }

  /** Goes over all nodes of a cluster. A prefix has no glob characters. */
  private ScanIteration scan() {
    return translating(
        "list entries",
        () -> commands.jedis().scanIteration(ENTRIES_PER_TRIP, commands.keys().prefix() + "*"));
  }

  private static List<byte[]> next(ScanIteration keys) {
    Collection<String> batch = translating("list entries", keys::nextBatchList);
    return batch.stream().map(Utf8::encode).toList();
  }

  private long unlink(List<byte[]> documentKeys) {
    if (documentKeys.isEmpty()) {
      return 0;
    }
    List<byte[]> redirected = new ArrayList<>();
    long removed =
        commands.pipelined(
            "remove entries",
            pipeline -> {
              List<Response<Long>> replies = documentKeys.stream().map(pipeline::unlink).toList();
              pipeline.sync();
              return sum(documentKeys, replies, redirected);
            });
    for (byte[] key : redirected) {
      removed += translating("remove an entry", () -> commands.jedis().unlink(key));
    }
    return removed;
  }

  private static long sum(
      List<byte[]> documentKeys, List<Response<Long>> replies, List<byte[]> redirected) {
    long sum = 0;
    for (int i = 0; i < replies.size(); i++) {
      try {
        sum += replies.get(i).get();
      } catch (JedisRedirectionException e) {
        redirected.add(documentKeys.get(i));
      }
    }
    return sum;
  }
}
