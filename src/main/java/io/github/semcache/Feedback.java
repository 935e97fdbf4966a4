package io.github.semcache;

import io.github.semcache.policy.Verdict;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import io.github.semcache.store.Selection;
import io.github.semcache.store.VectorStore;
import java.util.List;

/** Does what follows when people say whether an answer was right. Trouble is thrown. */
final class Feedback {
  private final VectorStore store;
  private final Lookups lookups;
  private final Learning learning;
  private final Events events;

  Feedback(VectorStore store, Lookups lookups, Learning learning, Events events) {
    this.store = store;
    this.lookups = lookups;
    this.learning = learning;
    this.events = events;
  }

  void wrong(Answer answer) {
    events.publish(new CacheEvent.Reported(false));
    if (answer.source() == Answer.Source.SEMANTIC) {
      answer.entryId().flatMap(store::find).ifPresent(entry -> block(answer, entry));
    } else {
      answer.entryId().ifPresent(key -> store.remove(new Selection.ByKey(key)));
    }
  }

  private void block(Answer answer, CacheEntry entry) {
    List<Match> matches;
    try {
      matches = lookups.nearestAllowed(answer.query());
    } finally {
      learning.block(answer.query(), entry);
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
