package io.github.semcache.internal.stats;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.prompt.Query;
import io.github.semcache.stats.CacheEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the model calls that were made, and those that hits replaced, and measures whether
 * semantic lookups are worth their time. Thread-safe.
 */
public final class UsagePublisher {
  private final EventPublisher events;
  private final Optional<String> tag;
  private final @Nullable AutomaticBypass bypass;

  /**
   * Creates a publisher.
   *
   * @param events publishes the events
   * @param tag the name of the tag by whose value calls are counted; empty for none
   * @param bypass decides which semantic lookups are skipped; null if none are
   */
  public UsagePublisher(
      EventPublisher events, Optional<String> tag, @Nullable AutomaticBypass bypass) {
    this.events = events;
    this.tag = tag;
    this.bypass = bypass;
  }

  /**
   * Publishes a model call.
   *
   * @param query the query that the model answered
   * @param reply the reply
   * @param took the duration of the call
   */
  public void onModelCall(Query query, ChatReply reply, Duration took) {
    if (bypass != null) {
      bypass.onModelCall(took);
    }
    publish(false, query, reply, Optional.of(took));
  }

  /**
   * Publishes a model call that a hit replaced.
   *
   * @param query the query that was answered
   * @param reply the stored reply
   * @param took the duration of the call that produced it, if known
   */
  public void onHit(Query query, ChatReply reply, Optional<Duration> took) {
    publish(true, query, reply, took);
  }

  private void publish(boolean saved, Query query, ChatReply reply, Optional<Duration> took) {
    events.publish(
        new CacheEvent.ModelUsed(
            saved,
            reply.model(),
            reply.usage(),
            took,
            tag.flatMap(name -> Optional.ofNullable(query.scope().tags().get(name)))));
  }

  /**
   * Returns whether the semantic lookup of a query is skipped.
   *
   * @param query the query
   * @return true if semantic lookups in its scope cost more time than they save
   */
  public boolean skips(Query query) {
    return bypass != null && bypass.skips(query.scope().hash());
  }

  /**
   * Runs a semantic lookup and measures it.
   *
   * @param <T> the result of the lookup
   * @param query the query
   * @param lookup the lookup
   * @param isHit returns whether a result is a hit
   * @param isFailed returns whether a lookup failed, so that it is not counted
   * @return the result of the lookup
   */
  public <T> T measured(
      Query query, Supplier<T> lookup, Predicate<T> isHit, Predicate<T> isFailed) {
    return measuredAll(List.of(query), () -> List.of(lookup.get()), isHit, isFailed).get(0);
  }

  /**
   * Runs several semantic lookups together and measures them. Each counts with an equal part of the
   * duration.
   *
   * @param <T> the result of a lookup
   * @param queries the queries; not empty
   * @param lookups returns the result of each query, in the same order
   * @param isHit returns whether a result is a hit
   * @param isFailed returns whether a lookup failed, so that it is not counted
   * @return the results of the lookups
   */
  public <T> List<T> measuredAll(
      List<Query> queries, Supplier<List<T>> lookups, Predicate<T> isHit, Predicate<T> isFailed) {
    if (bypass == null) {
      return lookups.get();
    }
    EventPublisher.Stopwatch stopwatch = events.startStopwatch();
    List<T> results = lookups.get();
    Duration each = stopwatch.elapsed().dividedBy(queries.size());
    for (int i = 0; i < results.size(); i++) {
      if (!isFailed.test(results.get(i))) {
        bypass.onLookup(queries.get(i).scope().hash(), isHit.test(results.get(i)), each);
      }
    }
    return results;
  }
}
