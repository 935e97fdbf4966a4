package io.github.semcache.redis;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.FoundEntries;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads the fields of one entry in one round trip. */
final class EntryReader {
  private final RedisCommands commands;

  EntryReader(RedisCommands commands) {
    this.commands = commands;
  }

  /**
   * Returns the values of {@link HashCodec#ENTRY_FIELDS}, null where a field is missing, or empty
   * if the hash has none of them.
   *
   * @throws io.github.semcache.store.StoreException.CorruptEntry if the key does not hold a hash,
   *     or if the reply is too large
   */
  Optional<List<byte @Nullable []>> read(String key) {
    return read(key, () -> fields(key));
  }

  /** Reads several entries in one round trip. Entries that cannot be read are counted. */
  FoundEntries readAll(List<String> keys) {
    byte[][] fields = HashCodec.ENCODED_ENTRY_FIELDS.toArray(byte[][]::new);
    try {
      List<@Nullable List<byte[]>> replies =
          keys.isEmpty()
              ? List.of()
              : commands.sendForEach(
                  "find entries",
                  keys.stream().map(commands.keys()::documentKey).toList(),
                  (pipeline, key) -> pipeline.hmget(key, fields),
                  (jedis, key) -> jedis.hmget(key, fields));
      return decode(keys, replies);
    } catch (StoreException e) {
      if (RedisExceptions.isReplyTooLarge(e)) {
        return readOneByOne(keys);
      }
      throw e;
    }
  }

  private static FoundEntries decode(List<String> keys, List<@Nullable List<byte[]>> replies) {
    Map<String, CacheEntry> entries = new HashMap<>();
    int corrupt = 0;
    for (int i = 0; i < keys.size(); i++) {
      List<byte[]> values = replies.get(i);
      try {
        if (values == null) {
          corrupt++;
        } else if (!values.stream().allMatch(Objects::isNull)) {
          entries.put(keys.get(i), HashCodec.decode(keys.get(i), values));
        }
      } catch (StoreException.CorruptEntry e) {
        corrupt++;
      }
    }
    return new FoundEntries(entries, corrupt);
  }

  private FoundEntries readOneByOne(List<String> keys) {
    Map<String, CacheEntry> entries = new HashMap<>();
    int corrupt = 0;
    for (String key : keys) {
      try {
        read(key).ifPresent(values -> entries.put(key, HashCodec.decode(key, values)));
      } catch (StoreException.CorruptEntry e) {
        corrupt++;
      }
    }
    return new FoundEntries(entries, corrupt);
  }

  private List<byte @Nullable []> fields(String key) {
    return commands.fields(commands.keys().documentKey(key), HashCodec.ENCODED_ENTRY_FIELDS);
  }

  /**
   * Returns the values as {@link #read(String)} does.
   *
   * @param fields returns the reply of the server, or throws its error as a {@link StoreException}
   */
  static Optional<List<byte @Nullable []>> read(
      String key, Supplier<List<byte @Nullable []>> fields) {
    List<byte @Nullable []> values = request(key, fields);
    return values.stream().allMatch(Objects::isNull) ? Optional.empty() : Optional.of(values);
  }

  /**
   * Runs a request that includes the fields of one entry.
   *
   * @throws io.github.semcache.store.StoreException.CorruptEntry if the key does not hold a hash,
   *     or if the reply is too large
   */
  static <T> T request(String key, Supplier<T> request) {
    try {
      return request.get();
    } catch (StoreException e) {
      if (RedisExceptions.isReplyTooLarge(e)) {
        throw HashCodec.corrupt(key, "it is too large");
      }
      throw RedisExceptions.isWrongType(e.getCause())
          ? HashCodec.corrupt(key, "the key does not hold a hash")
          : e;
    }
  }
}
