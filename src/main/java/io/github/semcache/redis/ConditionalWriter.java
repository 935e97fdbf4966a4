package io.github.semcache.redis;

import io.github.semcache.redis.RedisVectorStore.VectorType;
import io.github.semcache.redis.WriteMethod.Hash;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes an entry unless another one was written under its key in the meantime. Compares and writes
 * with one script, or, if the user may not use scripts, reads the entry and then writes.
 *
 * <p>This class is thread-safe.
 */
final class ConditionalWriter {
  /**
   * Writes an entry with {@link WriteMethod#WRITE_SCRIPT}. Writes nothing if the key has an entry
   * with another creation time than ARGV 1.
   */
  private static final byte[] SCRIPT =
      Utf8.encode(
          """
          local known = table.remove(ARGV, 1)
          local now = redis.pcall('HMGET', KEYS[1], 'created_at')
          if not now.err and now[1] and now[1] ~= known then return 0 end
          """
              + Utf8.decode(WriteMethod.WRITE_SCRIPT));

  private final RedisCommands commands;
  private final EntryReader reader;
  private final HashWriter writer;
  private final VectorType vectorType;
  private volatile boolean forbidsScripts;

  ConditionalWriter(
      RedisCommands commands, EntryReader reader, HashWriter writer, VectorType vectorType) {
    this.commands = commands;
    this.reader = reader;
    this.writer = writer;
    this.vectorType = vectorType;
  }

  /**
   * Writes an entry. See {@link io.github.semcache.store.VectorStore#putIfUnchanged}.
   *
   * @return whether it was written
   */
  boolean write(NewEntry entry, Optional<Instant> known) {
    if (!forbidsScripts) {
      try {
        if (evaluate(entry, known)) {
          return true;
        }
      } catch (StoreException e) {
        if (!RedisExceptions.isForbidden(e.getCause())) {
          throw e;
        }
        forbidsScripts = true;
      }
    }
    return isUnchanged(entry.entry().key(), known) && writeAnyway(entry);
  }

  private boolean evaluate(NewEntry entry, Optional<Instant> known) {
    List<byte[]> keys = List.of(commands.keys().documentKey(entry.entry().key()));
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(Utf8.encode(known.map(time -> Long.toString(time.toEpochMilli())).orElse("")));
    arguments.addAll(WriteMethod.scriptArguments(Hash.of(entry, vectorType)));
    return commands
        .translate(HashWriter.ACTION, () -> commands.jedis().eval(SCRIPT, keys, arguments))
        .equals(1L);
  }

  /** Returns whether the key has no entry, the known one, or one that cannot be read. */
  private boolean isUnchanged(String key, Optional<Instant> known) {
    try {
      Optional<Instant> current =
          reader.read(key).map(values -> HashCodec.decode(key, values)).map(CacheEntry::createdAt);
      return current.isEmpty() || current.equals(known);
    } catch (StoreException.CorruptEntry e) {
      return true;
    }
  }

  private boolean writeAnyway(NewEntry entry) {
    writer.write(List.of(entry), written -> {});
    return true;
  }
}
