package io.github.semcache;

import io.github.semcache.prompt.Query;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Prompts, and entries and answer groups that people said do not belong to them. Bounded: the
 * oldest are forgotten first. Safe for use by many threads.
 */
final class BlockedPairs {
  private static final int MAX_PAIRS = 20_000;

  /** As many digits as a long holds. */
  private static final int DIGITS = 16;

  /** Oldest first; each pair as the hash of its two keys. Replaced as a whole. */
  private volatile Set<Long> pairs = Set.of();

  /**
   * Blocks entries to a prompt.
   *
   * @param names their keys and their answer groups
   */
  void add(Query query, Collection<String> names) {
    add(names.stream().map(name -> pair(query.key(), name)).toList());
  }

  private synchronized void add(List<Long> reported) {
    Set<Long> more = new LinkedHashSet<>(pairs);
    more.removeAll(reported);
    more.addAll(reported);
    pairs = newest(more);
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
            .filter(entry -> isBlocked(blocked, query, entry))
            .map(CacheEntry::group)
            .collect(Collectors.toSet());
    return groups.isEmpty()
        ? matches
        : matches.stream().filter(match -> !groups.contains(match.entry().group())).toList();
  }

  private static boolean isBlocked(Set<Long> blocked, Query query, CacheEntry entry) {
    return blocked.contains(pair(query.key(), entry.key()))
        || blocked.contains(pair(query.key(), entry.group()));
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

  /** Each pair is as old as its place from the end, in the list where it is nearer to it. */
  private synchronized void merge(List<Long> others) {
    Map<Long, Integer> ages = new LinkedHashMap<>();
    for (List<Long> list : List.of(List.copyOf(pairs), others)) {
      for (int i = 0; i < list.size(); i++) {
        ages.merge(list.get(i), list.size() - i, Math::min);
      }
    }
    pairs =
        newest(
            ages.entrySet().stream()
                .sorted(Map.Entry.<Long, Integer>comparingByValue().reversed())
                .map(Map.Entry::getKey)
                .toList());
  }

  private static Set<Long> newest(Collection<Long> oldestFirst) {
    return oldestFirst.stream()
        .skip(Math.max(0, oldestFirst.size() - MAX_PAIRS))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static long pair(String queryKey, String name) {
    return Long.rotateLeft(bits(queryKey), 17) ^ bits(name);
  }

  /**
   * Keys are SHA-256 in hexadecimal digits: any 64 bits of them are as good as random. Of a key
   * that another program made, two that collide cost a miss.
   */
  private static long bits(String key) {
    boolean isHash =
        key.length() >= DIGITS && key.chars().limit(DIGITS).allMatch(HexFormat::isHexDigit);
    return isHash ? Long.parseUnsignedLong(key, 0, DIGITS, 16) : key.hashCode();
  }
}
