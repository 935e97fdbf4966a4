package io.github.semcache.evaluation;

import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/**
 * What a policy recorded for the queries of a replay, in their order. A policy is not consulted on
 * a prompt that the embedder cannot read, so such a prompt has no record.
 */
final class DecidedMatches {
  private record Decided(String key, Optional<Match> match) {}

  private final Queue<Decided> records = new ArrayDeque<>();

  /** Adds the record of a query. */
  void add(Query query, Optional<Match> match) {
    records.add(new Decided(query.key(), match));
  }

  /** Removes and returns the record of the next prompt; empty if it has none or no match. */
  Optional<Match> next(ReplayedPrompt replayed) {
    Decided next = records.peek();
    if (next == null || !next.key.equals(replayed.answer().query().key())) {
      return Optional.empty();
    }
    records.remove();
    return next.match;
  }
}
