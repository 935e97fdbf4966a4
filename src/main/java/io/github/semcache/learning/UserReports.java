package io.github.semcache.learning;

import io.github.semcache.prompt.Query;
import io.github.semcache.store.CacheEntry;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The latest report of each pair of a prompt and an entry that was served for it. Users choose
 * which hits to report, so no rate or threshold may be estimated from reports. Not thread-safe.
 */
final class UserReports {
  private final ExampleWindow window;

  /**
   * Creates an empty collection.
   *
   * @param capacity the maximum number of reports
   */
  UserReports(int capacity) {
    this.window = new ExampleWindow(capacity);
  }

  /** Returns the id of the reports of an entry for a prompt. */
  static long id(Query query, CacheEntry entry) {
    return Hashing.of(query.key() + '>' + entry.key());
  }

  /** Adds a report; returns false if the latest report of the pair is the same. */
  boolean add(TrainingExample report) {
    return window.replace(report);
  }

  /** Adds the reports of another instance and drops old ones; returns whether anything changed. */
  boolean merge(List<TrainingExample> others, long droppedBefore) {
    return window.merge(others, droppedBefore);
  }

  /** Returns the ids of the pairs whose latest report confirms the answer. */
  Set<Long> confirmed() {
    return window.latest().stream()
        .filter(report -> !report.wrong())
        .map(TrainingExample::id)
        .collect(Collectors.toUnmodifiableSet());
  }

  List<TrainingExample> all() {
    return window.latest();
  }

  List<TrainingExample> wrong() {
    return window.latest().stream().filter(TrainingExample::wrong).toList();
  }
}
