package io.github.semcache.redis;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.CorruptEntryException;
import io.github.semcache.store.ListableStore.ListedEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads all entries, batch by batch, whether they are in the index or not. */
final class EntryScan {
  private static final int ENTRIES_PER_TRIP = 100;
  private static final long NO_EXPIRY = -1;
  private static final byte[][] ENTRY_FIELDS =
      HashCodec.ENTRY_FIELDS.stream().map(Utf8::encode).toArray(byte[][]::new);

  private final RedisCommands commands;
  private final InstantSource time;

  EntryScan(RedisCommands commands, InstantSource time) {
    this.commands = commands;
    this.time = time;
  }

  /** Those that can be read, each once, though the server may list a key twice. */
  Stream<ListedEntry> entries() {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    return commands
        .keyBatches(ENTRIES_PER_TRIP)
        .map(batch -> batch.stream().filter(key -> seen.add(entryKey(key))).toList())
        .filter(batch -> !batch.isEmpty())
        .flatMap(this::read);
  }

  private Stream<ListedEntry> read(List<byte[]> documentKeys) {
    String action = "read entries";
    List<@Nullable List<byte @Nullable []>> hashes =
        commands.each(
            action,
            documentKeys,
            (pipeline, key) -> pipeline.hmget(key, ENTRY_FIELDS),
            (jedis, key) -> jedis.hmget(key, ENTRY_FIELDS));
    // After the hash: one that has expired in between is not taken for one that never does.
    List<@Nullable Long> millis =
        commands.each(
            action,
            documentKeys,
            (pipeline, key) -> pipeline.pttl(key),
            (jedis, key) -> jedis.pttl(key));
    Instant now = time.instant();
    return IntStream.range(0, documentKeys.size())
        .mapToObj(i -> listed(documentKeys.get(i), hashes.get(i), millis.get(i), now))
        .flatMap(Optional::stream);
  }

  private Optional<ListedEntry> listed(
      byte[] documentKey,
      @Nullable List<byte @Nullable []> hash,
      @Nullable Long millis,
      Instant now) {
    if (hash == null || hash.stream().allMatch(Objects::isNull)) {
      return Optional.empty();
    }
    if (millis == null || millis < NO_EXPIRY) {
      return Optional.empty();
    }
    try {
      CacheEntry entry = HashCodec.decode(entryKey(documentKey), hash);
      return Optional.of(
          new ListedEntry(
              entry,
              millis == NO_EXPIRY
                  ? Optional.empty()
                  : Optional.of(now.plus(Duration.ofMillis(millis)))));
    } catch (CorruptEntryException e) {
      // A listing leaves out what cannot be read.
      return Optional.empty();
    }
  }

  private String entryKey(byte[] documentKey) {
    return commands.keys().entryKey(documentKey);
  }
}
