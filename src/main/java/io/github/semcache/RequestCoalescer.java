package io.github.semcache;

import io.github.semcache.stats.CacheEvent;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Of the requests that miss with one key at once, lets one ask the model and the others follow. */
final class RequestCoalescer {
  private final CacheLookup lookups;
  private final AnswerWriter keeper;
  private final EventPublisher events;
  private final Executor executor;
  private final SingleFlight<CacheCall> flights = new SingleFlight<>();

  /**
   * No turn taken yet.
   *
   * @param executor where followers that hold no thread go on
   */
  RequestCoalescer(
      CacheLookup lookups, AnswerWriter keeper, EventPublisher events, Executor executor) {
    this.lookups = lookups;
    this.keeper = keeper;
    this.events = events;
    this.executor = executor;
  }

  /** The lead, or the call to follow; or the answer, if it was kept in the meantime. */
  CacheCall take(CacheRequest request, CoalescingGroup place) {
    return request.reads() ? join(request, place) : leadAlone(request, place);
  }

  /** Follows the call that is getting the answer, or leads after one more look at the store. */
  CacheCall join(CacheRequest request, CoalescingGroup place) {
    List<String> keys =
        place.followed().stream().map(lane -> lane + ' ' + request.query.key()).toList();
    SingleFlight.Seat<CacheCall> seat = flights.join(keys, place.owner());
    if (!seat.leads()) {
      follows(request);
      return new CacheCall.Follow(this, request, seat.flight().landing(), place);
    }
    SingleFlight.Flight<CacheCall> flight = seat.flight();
    return flight.failingWith(
        () -> lookAgain(request, flight).orElseGet(() -> lead(request, flight, place)));
  }

  private Optional<CacheCall> lookAgain(
      CacheRequest request, SingleFlight.Flight<CacheCall> flight) {
    Optional<CacheCall> answer = lookups.exact(request).map(CacheCall.Answered::new);
    answer.ifPresent(flight::land);
    return answer;
  }

  /** The lead of a call that nobody follows. */
  CacheCall leadAlone(CacheRequest request, CoalescingGroup place) {
    return lead(request, flights.alone(request.query.key()), place);
  }

  private CacheCall lead(
      CacheRequest request, SingleFlight.Flight<CacheCall> flight, CoalescingGroup place) {
    lookups.missed(request);
    keeper.asksModel(request);
    return new CacheCall.Lead(this, keeper, request, flight, place, events.stopwatch());
  }

  /** Counts once, also if the request follows a second call after the first one was abandoned. */
  private void follows(CacheRequest request) {
    if (lookups.missed(request)) {
      events.publish(new CacheEvent.Coalesced());
    }
  }

  Executor executor() {
    return executor;
  }
}
