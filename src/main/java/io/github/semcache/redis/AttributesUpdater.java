package io.github.semcache.redis;

import static java.util.Objects.requireNonNull;

import io.github.semcache.store.CacheEntry;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Changes the attributes of one entry atomically: reads the entry, applies the change, and writes
 * the field {@code attributes} if the entry is still the one that was read.
 */
final class AttributesUpdater {
  private static final String ACTION = "update the attributes of an entry";
  private static final int CREATED_AT = HashCodec.ENTRY_FIELDS.indexOf(HashCodec.CREATED_AT);
  private static final int ATTRIBUTES = HashCodec.ENTRY_FIELDS.indexOf(HashCodec.ATTRIBUTES);

  /**
   * Sets the attributes if attributes and creation time have not changed since they were read. A
   * key that is missing or has expired has neither, so it is not created. HSET does not change the
   * TTL.
   */
  private static final byte[] SCRIPT =
      Utf8.encode(
          """
          local fields = redis.call('HMGET', KEYS[1], 'attributes', 'created_at')
          if fields[1] ~= ARGV[1] or fields[2] ~= ARGV[2] then return 0 end
          redis.call('HSET', KEYS[1], 'attributes', ARGV[3])
          return 1
          """);

  private final RedisCommands commands;
  private final EntryReader reader;

  AttributesUpdater(RedisCommands commands, EntryReader reader) {
    this.commands = commands;
    this.reader = reader;
  }

  /** See {@link io.github.semcache.store.VectorStore#updateAttributes}. */
  Optional<CacheEntry> update(String key, UnaryOperator<CacheEntry> change) {
    OptimisticRetry retry = new OptimisticRetry(ACTION);
    while (true) {
      Optional<List<byte @Nullable []>> values = reader.read(key);
      if (values.isEmpty()) {
        return Optional.empty();
      }
      CacheEntry before = HashCodec.decode(key, values.get());
      CacheEntry after = before.withChangedAttributes(change);
      if (after.equals(before) || replace(after, values.get())) {
        return Optional.of(after);
      }
      retry.attemptFailed();
    }
  }

  private boolean replace(CacheEntry entry, List<byte @Nullable []> before) {
    List<byte[]> keys = List.of(commands.keys().documentKey(entry.key()));
    List<byte[]> arguments =
        List.of(
            requireNonNull(before.get(ATTRIBUTES)),
            requireNonNull(before.get(CREATED_AT)),
            HashCodec.encode(entry.attributes()));
    Object replaced =
        commands.translate(ACTION, () -> commands.jedis().eval(SCRIPT, keys, arguments));
    return replaced.equals(1L);
  }
}
