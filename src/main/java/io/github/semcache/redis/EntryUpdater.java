package io.github.semcache.redis;

import static java.util.Objects.requireNonNull;

import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.CacheEntry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Changes one entry atomically: reads the entry, applies the change, and writes the changed fields
 * if the entry is still the one that was read.
 */
final class EntryUpdater {
  private static final String ACTION = "update an entry";
  private static final int CREATED_AT = HashCodec.ENTRY_FIELDS.indexOf(HashCodec.CREATED_AT);
  private static final int ANSWER = HashCodec.ENTRY_FIELDS.indexOf(HashCodec.ANSWER);
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

  /**
   * Sets attributes, creation time, and answer if none of them has changed since they were read.
   */
  private static final byte[] ANSWER_SCRIPT =
      Utf8.encode(
          """
          local fields = redis.call('HMGET', KEYS[1], 'attributes', 'created_at', 'answer')
          for i = 1, 3 do
            if fields[i] ~= ARGV[i] then return 0 end
          end
          redis.call('HSET', KEYS[1],
              'attributes', ARGV[4], 'created_at', ARGV[5], 'answer', ARGV[6])
          return 1
          """);

  private final RedisCommands commands;
  private final EntryReader reader;

  EntryUpdater(RedisCommands commands, EntryReader reader) {
    this.commands = commands;
    this.reader = reader;
  }

  /** See {@link io.github.semcache.store.VectorStore#updateEntry}. */
  Optional<CacheEntry> update(String key, UnaryOperator<CacheEntry> change) {
    OptimisticRetry retry = new OptimisticRetry(ACTION);
    while (true) {
      Optional<List<byte @Nullable []>> values = reader.read(key);
      if (values.isEmpty()) {
        return Optional.empty();
      }
      CacheEntry before = HashCodec.decode(key, values.get());
      CacheEntry after = before.withChange(change);
      if (after.equals(before) || replace(before, after, values.get())) {
        return Optional.of(after);
      }
      retry.attemptFailed();
    }
  }

  private boolean replace(CacheEntry before, CacheEntry after, List<byte @Nullable []> values) {
    byte[] oldAttributes = requireNonNull(values.get(ATTRIBUTES));
    byte[] oldTime = requireNonNull(values.get(CREATED_AT));
    byte[] attributes = HashCodec.encode(after.attributes());
    if (after.answer().equals(before.answer()) && after.createdAt().equals(before.createdAt())) {
      return eval(SCRIPT, after.key(), List.of(oldAttributes, oldTime, attributes));
    }
    byte[] oldAnswer = requireNonNull(values.get(ANSWER));
    byte[] time = Utf8.encode(Long.toString(after.createdAt().toEpochMilli()));
    byte[] answer = Utf8.encode(after.answer());
    return eval(
        ANSWER_SCRIPT,
        after.key(),
        List.of(oldAttributes, oldTime, oldAnswer, attributes, time, answer));
  }

  private boolean eval(byte[] script, String key, List<byte[]> arguments) {
    List<byte[]> keys = List.of(commands.keys().documentKey(key));
    return commands
        .translate(ACTION, () -> commands.jedis().eval(script, keys, arguments))
        .equals(1L);
  }

  /** See {@link io.github.semcache.store.VectorStore#expire}. */
  boolean expire(String key, Optional<Duration> timeToLive) {
    timeToLive.ifPresent(Prompt::checkTimeToLive);
    byte[] documentKey = commands.keys().documentKey(key);
    return commands.translate(
        "set the time to live of an entry",
        () ->
            timeToLive.isPresent()
                ? commands.jedis().pexpire(documentKey, timeToLive.get().toMillis()) == 1
                : persist(documentKey));
  }

  /** Removes the expiry. PERSIST also returns 0 for a key that does not expire. */
  private boolean persist(byte[] documentKey) {
    return commands.jedis().persist(documentKey) == 1 || commands.jedis().exists(documentKey);
  }
}
