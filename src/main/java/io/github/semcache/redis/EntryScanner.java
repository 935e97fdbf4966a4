package io.github.semcache.redis;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.Listable.ListedEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads all entries in batches, including those that are not in the index. */
final class EntryScanner {
  private static final int BATCH_SIZE = 100;

  /** The reply to PTTL for a key without expiry. The reply for a missing key is lower. */
  private static final long NO_EXPIRY = -1;

  /** The fields of an entry, and its terms. */
  private static final byte[][] FIELDS =
      Stream.concat(HashCodec.ENTRY_FIELDS.stream(), Stream.of(HashCodec.TERMS))
          .map(Utf8::encode)
          .toArray(byte[][]::new);

  private static final int TERMS = FIELDS.length - 1;

  private final RedisCommands commands;
  private final InstantSource time;

  EntryScanner(RedisCommands commands, InstantSource time) {
    this.commands = commands;
    this.time = time;
  }

  /** Returns each readable entry once, although SCAN may return a key repeatedly. */
  Stream<ListedEntry> entries() {
    Set<String> seenKeys = ConcurrentHashMap.newKeySet();
    return commands
        .scanKeys(BATCH_SIZE)
        .map(batch -> batch.stream().filter(key -> seenKeys.add(entryKey(key))).toList())
        .filter(batch -> !batch.isEmpty())
        .flatMap(this::read);
  }

  /** Returns the readable entries with given keys. */
  List<ListedEntry> entries(Set<String> keys) {
    return keys.isEmpty()
        ? List.of()
        : read(keys.stream().map(commands.keys()::documentKey).toList()).toList();
  }

  /** Reads smaller batches if the entries of a batch are too large for one reply. */
  private Stream<ListedEntry> read(List<byte[]> documentKeys) {
    try {
      return readBatch(documentKeys);
    } catch (StoreException e) {
      if (!RedisExceptions.isReplyTooLarge(e)) {
        throw e;
      }
      int size = documentKeys.size();
      return size == 1
          ? Stream.empty() // A listing omits entries that cannot be read.
          : Stream.of(documentKeys.subList(0, size / 2), documentKeys.subList(size / 2, size))
              .flatMap(this::read);
    }
  }

  private Stream<ListedEntry> readBatch(List<byte[]> documentKeys) {
    String action = "read entries";
    List<@Nullable List<byte @Nullable []>> hashes =
        commands.sendForEach(
            action,
            documentKeys,
            (pipeline, key) -> pipeline.hmget(key, FIELDS),
            (jedis, key) -> jedis.hmget(key, FIELDS));
    // After the hashes, so that an entry that expires in between is recognized as missing.
    List<@Nullable Long> ttlMillis =
        commands.sendForEach(
            action,
            documentKeys,
            (pipeline, key) -> pipeline.pttl(key),
            (jedis, key) -> jedis.pttl(key));
    Instant now = time.instant();
    return IntStream.range(0, documentKeys.size())
        .mapToObj(i -> toEntry(documentKeys.get(i), hashes.get(i), ttlMillis.get(i), now))
        .flatMap(Optional::stream);
  }

  private Optional<ListedEntry> toEntry(
      byte[] documentKey,
      @Nullable List<byte @Nullable []> hash,
      @Nullable Long ttlMillis,
      Instant now) {
    if (hash == null || hash.subList(0, TERMS).stream().allMatch(Objects::isNull)) {
      return Optional.empty();
    }
    if (ttlMillis == null || ttlMillis < NO_EXPIRY) {
      return Optional.empty();
    }
    try {
      CacheEntry entry = HashCodec.decode(entryKey(documentKey), hash);
      return Optional.of(
          new ListedEntry(
              entry,
              ttlMillis == NO_EXPIRY
                  ? Optional.empty()
                  : Optional.of(now.plus(Duration.ofMillis(ttlMillis))),
              terms(hash.get(TERMS))));
    } catch (StoreException.CorruptEntry e) {
      // A listing omits entries that cannot be read.
      return Optional.empty();
    }
  }

  private static Optional<Set<String>> terms(byte @Nullable [] value) {
    if (value == null) {
      return Optional.empty();
    }
    String joined = Utf8.decode(value);
    return Optional.of(
        joined.isEmpty() ? Set.of() : Set.copyOf(Arrays.asList(joined.split(",", -1))));
  }

  private String entryKey(byte[] documentKey) {
    return commands.keys().entryKey(documentKey);
  }
}
