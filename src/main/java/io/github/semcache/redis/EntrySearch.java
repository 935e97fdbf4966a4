package io.github.semcache.redis;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.CorruptEntryException;
import io.github.semcache.store.Match;
import io.github.semcache.store.NearestEntries;
import io.github.semcache.store.NearestQuery;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the nearest entries of a scope. */
final class EntrySearch {
  private static final byte[] DISTANCE = Utf8.encode(EntryQuery.DISTANCE);
  private static final List<byte[]> ENTRY_FIELDS =
      HashCodec.ENTRY_FIELDS.stream().map(Utf8::encode).toList();

  /** Fewer would be hidden too easily by entries that have expired but are still in the index. */
  private static final int LEAST_ASKED_FOR = 5;

  /** How many times as many to ask for when nothing that came can be served. */
  private static final int SECOND_TRY_FACTOR = 10;

  private final RedisCommands commands;
  private final VectorIndex vectorIndex;
  private final SelectivityEstimator shares;
  private final InstantSource time;

  EntrySearch(
      RedisCommands commands,
      VectorIndex vectorIndex,
      SelectivityEstimator shares,
      InstantSource time) {
    this.commands = commands;
    this.vectorIndex = vectorIndex;
    this.shares = shares;
    this.time = time;
  }

  NearestEntries nearest(NearestQuery query) {
    int k = Math.max(query.k(), LEAST_ASKED_FOR);
    List<SearchReply.Row> rows = ask(query, k);
    NearestEntries found = read(query, rows);
    if (rows.isEmpty() || !found.matches().isEmpty()) {
      return found;
    }
    letExpire(rows.stream().filter(SearchReply.Row::empty).toList());
    return read(query, ask(query, Math.multiplyExact(k, SECOND_TRY_FACTOR)));
  }

  private List<SearchReply.Row> ask(NearestQuery query, int k) {
    String filter = EntryQuery.filter(query.scope(), query.notBefore());
    String share = share(query);
    HybridPolicy policy = policy(share, filter, k);
    SearchReply reply =
        commands.search(
            "find the nearest entries",
            EntryQuery.nearest(
                commands.keys().index(), filter, query.embedding(), k, policy, vectorIndex));
    if (policy == HybridPolicy.BATCHES && reply.rows().size() < k) {
      shares.forget(share);
    }
    return reply.rows();
  }

  private HybridPolicy policy(String share, String filter, int k) {
    return vectorIndex instanceof VectorIndex.Hnsw
        ? shares.policy(share, filter, k)
        : HybridPolicy.SERVERS_CHOICE;
  }

  /** What queries of about the same share have in common: scope, and order of magnitude of age. */
  private String share(NearestQuery query) {
    return query
        .notBefore()
        .map(notBefore -> Math.max(0, time.millis() - notBefore.toEpochMilli()))
        .map(age -> query.scope() + " " + (Long.SIZE - Long.numberOfLeadingZeros(age)))
        .orElse(query.scope());
  }

  /** The server removes an expired entry when it is read, and then it is no longer found. */
  private void letExpire(List<SearchReply.Row> rows) {
    if (rows.isEmpty()) {
      return;
    }
    commands.each(
        "read expired entries",
        rows.stream().map(SearchReply.Row::id).toList(),
        (pipeline, key) -> pipeline.hmget(key, DISTANCE),
        (jedis, key) -> jedis.hmget(key, DISTANCE));
  }

  private NearestEntries read(NearestQuery query, List<SearchReply.Row> rows) {
    List<Match> matches = new ArrayList<>();
    int corrupt = 0;
    for (SearchReply.Row row : rows) {
      if (row.empty()) {
        continue;
      }
      try {
        matches.add(match(query, row));
      } catch (CorruptEntryException e) {
        corrupt++;
      }
    }
    matches.sort(Comparator.comparingDouble(Match::distance));
    return new NearestEntries(matches.subList(0, Math.min(query.k(), matches.size())), corrupt);
  }

  private Match match(NearestQuery query, SearchReply.Row row) {
    String key = commands.keys().entryKey(row.id());
    List<byte @Nullable []> values = new ArrayList<>();
    ENTRY_FIELDS.forEach(name -> values.add(row.value(name)));
    CacheEntry entry = HashCodec.decode(key, values);
    if (!entry.scope().equals(query.scope())) {
      throw HashCodec.corrupt(key, "it was found in another scope than its own");
    }
    return new Match(entry, distance(key, row.value(DISTANCE)));
  }

  private static double distance(String key, byte @Nullable [] text) {
    double distance;
    try {
      distance = text == null ? Double.NaN : Double.parseDouble(Utf8.decode(text));
    } catch (NumberFormatException e) {
      distance = Double.NaN;
    }
    if (Double.isNaN(distance)) {
      throw HashCodec.corrupt(key, "it has no distance");
    }
    return Math.min(2, Math.max(0, distance));
  }
}
