package io.github.semcache.learning;

import io.github.semcache.prompt.Query;
import io.github.semcache.store.CacheEntry;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What people last said of an entry that was served for a prompt. People choose which hits to speak
 * of, so this is no sample of the hits: no share and no cut may be estimated from it. Changed by
 * one thread at a time; {@link #vouchFor} is safe for use by many.
 */
final class UserReports {
  private final ExampleWindow window;
  private volatile Set<Long> right = Set.of();

  /**
   * No reports yet.
   *
   * @param capacity how many are remembered
   */
  UserReports(int capacity) {
    this.window = new ExampleWindow(capacity);
  }

  /** Tells a prompt and an entry from all others. */
  static long id(Query query, CacheEntry entry) {
    return Hash.of(query.key() + '>' + entry.key());
  }

  /** Takes note; false if the same was said before. */
  boolean add(TrainingExample report) {
    boolean isNews = window.replace(report);
    if (isNews) {
      findRight();
    }
    return isNews;
  }

  /** Adds what others have heard and forgets what is too old; false if that changes nothing. */
  boolean merge(List<TrainingExample> others, long forgottenBefore) {
    boolean isNews = window.merge(others, forgottenBefore);
    if (isNews) {
      findRight();
    }
    return isNews;
  }

  private void findRight() {
    right =
        window.latest().stream()
            .filter(report -> !report.wrong())
            .map(TrainingExample::id)
            .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether a person said that this entry's answer was right for this very prompt. */
  boolean vouchFor(Query query, CacheEntry entry) {
    Set<Long> known = right;
    return !known.isEmpty() && known.contains(id(query, entry));
  }

  List<TrainingExample> all() {
    return window.latest();
  }

  List<TrainingExample> wrong() {
    return window.latest().stream().filter(TrainingExample::wrong).toList();
  }
}
