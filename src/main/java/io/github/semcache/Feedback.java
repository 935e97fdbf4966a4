package io.github.semcache;

import io.github.semcache.policy.Verdict;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.Match;
import io.github.semcache.store.VectorStore;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Does what follows when people say whether an answer was right. Trouble is thrown. */
final class Feedback {
  private final VectorStore store;
  private final EntryLocks changes;
  private final CacheLookup lookups;
  private final Learning learning;
  private final EventPublisher events;

  Feedback(
      VectorStore store,
      EntryLocks changes,
      CacheLookup lookups,
      Learning learning,
      EventPublisher events) {
    this.store = store;
    this.changes = changes;
    this.lookups = lookups;
    this.learning = learning;
    this.events = events;
  }

  void wrong(Answer answer) {
    events.publish(new CacheEvent.Reported(false));
    answer.entryId().ifPresent(key -> takeOut(answer, key));
  }

  /** The block comes last, for what has to be found out first, but it comes whatever fails. */
  private void takeOut(Answer answer, String key) {
    Set<String> names = new HashSet<>(Set.of(key));
    answer.group().ifPresent(names::add);
    List<Match> matches = List.of();
    try {
      store.find(key).map(CacheEntry::group).ifPresent(names::add);
      if (answer.source() == Answer.Source.SEMANTIC) {
        matches = lookups.nearestAllowed(answer.query());
      } else {
        changes.remove(new EntrySelector.ByKey(key));
      }
    } finally {
      learning.block(answer.query(), names);
    }
    teach(answer, matches, Verdict.DIFFERENT);
  }

  void right(Answer answer) {
    events.publish(new CacheEvent.Reported(true));
    if (answer.source() == Answer.Source.SEMANTIC) {
      teach(answer, lookups.nearestAllowed(answer.query()), Verdict.SAME);
    }
  }

  private void teach(Answer answer, List<Match> matches, Verdict verdict) {
    matches.stream()
        .filter(match -> answer.entryId().filter(match.entry().key()::equals).isPresent())
        .findFirst()
        .ifPresent(served -> learning.report(answer.query(), matches, served, verdict));
  }
}
