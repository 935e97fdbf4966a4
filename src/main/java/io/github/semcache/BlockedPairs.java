package io.github.semcache;

import io.github.semcache.prompt.Query;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Prompts and entries that people said do not belong together. Bounded: the oldest are forgotten
 * first. Safe for use by many threads.
 */
final class BlockedPairs {
  private static final int MAX_PAIRS = 20_000;

  /** Oldest first; each pair as the hash of its two keys. Replaced as a whole. */
  private volatile Set<Long> pairs = Set.of();

  void add(Query query, CacheEntry entry) {
    merge(List.of(pair(query.key(), entry.key())));
  }

  /** The matches without those that were blocked, nor others of the same answer group. */
  List<Match> allowed(Query query, List<Match> matches) {
    Set<Long> blocked = pairs;
    if (blocked.isEmpty()) {
      return matches;
    }
    Set<String> groups =
        matches.stream()
            .map(Match::entry)
            .filter(entry -> blocked.contains(pair(query.key(), entry.key())))
            .map(CacheEntry::group)
            .collect(Collectors.toSet());
    return groups.isEmpty()
        ? matches
        : matches.stream().filter(match -> !groups.contains(match.entry().group())).toList();
  }

  byte[] learned() {
    Set<Long> now = pairs;
    ByteBuffer bytes = ByteBuffer.allocate(now.size() * Long.BYTES);
    now.forEach(bytes::putLong);
    return bytes.array();
  }

  void merge(byte[] learned) {
    List<Long> others = new ArrayList<>();
    for (ByteBuffer bytes = ByteBuffer.wrap(learned); bytes.remaining() >= Long.BYTES; ) {
      others.add(bytes.getLong());
    }
    merge(others);
  }

  private synchronized void merge(List<Long> others) {
    Set<Long> merged = new LinkedHashSet<>(pairs);
    merged.addAll(others);
    pairs =
        merged.stream()
            .skip(Math.max(0, merged.size() - MAX_PAIRS))
            .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** The keys are SHA-256 in hexadecimal digits: any 64 bits of them are as good as random. */
  private static long pair(String queryKey, String entryKey) {
    return Long.rotateLeft(bits(queryKey), 17) ^ bits(entryKey);
  }

  private static long bits(String key) {
    return Long.parseUnsignedLong(key, 0, 16, 16);
  }
}
