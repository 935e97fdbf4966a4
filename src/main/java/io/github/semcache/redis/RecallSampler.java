package io.github.semcache.redis;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats a sample of the searches with more candidates, on a background thread, and reports to
 * {@link SearchEffort} whether that found a nearer entry.
 *
 * <p>This class is thread-safe.
 */
final class RecallSampler {
  private static final Logger log = LoggerFactory.getLogger(RecallSampler.class);
  private static final byte[] DISTANCE = Utf8.encode(SearchArguments.DISTANCE);

  /** Distances that differ less are equal, because they are computed with limited precision. */
  private static final double TOLERANCE = 1e-5;

  private final SearchEffort effort = new SearchEffort();
  private final Executor executor;
  private final AtomicBoolean running = new AtomicBoolean();

  RecallSampler(Executor executor) {
    this.executor = executor;
  }

  /** See {@link SearchEffort#candidates}. */
  int candidates(long entries) {
    return effort.candidates(entries);
  }

  /**
   * Repeats a search in the background if it belongs to the sample and no other search is being
   * repeated.
   *
   * @param found the result of the search
   * @param repetition finds the nearest entry with more candidates
   */
  void sample(List<SearchReply.Row> found, Supplier<List<SearchReply.Row>> repetition) {
    if (!effort.isSampled() || !running.compareAndSet(false, true)) {
      return;
    }
    double distance = minDistance(found);
    try {
      executor.execute(() -> repeat(distance, repetition));
    } catch (RuntimeException e) {
      // The executor is saturated or shut down.
      running.set(false);
      log.debug("Failed to repeat a search", e);
    }
  }

  private void repeat(double distance, Supplier<List<SearchReply.Row>> repetition) {
    try {
      effort.record(minDistance(repetition.get()) < distance - TOLERANCE);
    } catch (RuntimeException e) {
      // A measurement is not worth a failure.
      log.debug("Failed to repeat a search", e);
    } finally {
      running.set(false);
    }
  }

  /** Returns the least distance, or infinity if there is none. */
  private static double minDistance(List<SearchReply.Row> rows) {
    double min = Double.POSITIVE_INFINITY;
    for (SearchReply.Row row : rows) {
      byte[] distance = row.value(DISTANCE);
      if (distance != null) {
        min = Math.min(min, parse(distance));
      }
    }
    return min;
  }

  private static double parse(byte[] distance) {
    try {
      return Double.parseDouble(Utf8.decode(distance));
    } catch (NumberFormatException e) {
      return Double.POSITIVE_INFINITY;
    }
  }
}
