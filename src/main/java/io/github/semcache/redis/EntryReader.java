package io.github.semcache.redis;

import io.github.semcache.store.StoreException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
    List<byte @Nullable []> values;
    try {
      values = commands.fields(commands.keys().documentKey(key), HashCodec.ENCODED_ENTRY_FIELDS);
    } catch (StoreException e) {
      if (RedisExceptions.isReplyTooLarge(e)) {
        throw HashCodec.corrupt(key, "it is too large");
      }
      throw RedisExceptions.isWrongType(e.getCause())
          ? HashCodec.corrupt(key, "the key does not hold a hash")
          : e;
    }
    return values.stream().allMatch(Objects::isNull) ? Optional.empty() : Optional.of(values);
  }
}
