package io.github.semcache;

import io.github.semcache.internal.concurrent.CoalescingGroup;
import io.github.semcache.internal.concurrent.SingleFlight;
import io.github.semcache.internal.stats.EventPublisher;
import io.github.semcache.stats.CacheEvent;
import java.util.List;
import java.util.concurrent.Executor;

/** Coalesces concurrent misses with the same key: one call leads and calls the model. */
final class RequestCoalescer {
  private final CacheLookup lookup;
  private final AnswerWriter writer;
  private final EventPublisher events;
  private final Executor executor;
  private final SingleFlight<CacheCall> calls = new SingleFlight<>();

  /**
   * Creates a coalescer.
   *
   * @param executor continues followers that do not hold a thread
   */
  RequestCoalescer(
      CacheLookup lookup, AnswerWriter writer, EventPublisher events, Executor executor) {
    this.lookup = lookup;
    this.writer = writer;
    this.events = events;
    this.executor = executor;
  }

  /** Joins the call that is answering the prompt, or leads a new one. */
  CacheCall join(LookupResult.Miss miss, CoalescingGroup group) {
    if (!miss.request().reads()) {
      return leadDetached(miss, group);
    }
    SingleFlight.Participation<CacheCall> participation =
        calls.join(group.keys(key(miss)), group.owner());
    SingleFlight.Call<CacheCall> call = participation.call();
    return participation.leads()
        ? call.runStep(() -> leadUnlessAnswered(miss, call, group))
        : follow(miss, call, group);
  }

  /**
   * Returns the key of the call. A call that began after a dependency was invalidated does not
   * follow one that began before.
   */
  private static String key(LookupResult.Miss miss) {
    return miss.request().query().key() + miss.versions().orElse("");
  }

  /**
   * Repeats the exact lookup, because another leader may have stored the answer in the meantime.
   */
  private CacheCall leadUnlessAnswered(
      LookupResult.Miss miss, SingleFlight.Call<CacheCall> call, CoalescingGroup group) {
    LookupResult result = lookup.exact(miss);
    if (result instanceof LookupResult.Hit hit) {
      CacheCall answered = new CacheCall.Answered(hit.answer());
      call.complete(answered);
      return answered;
    }
    return lead((LookupResult.Miss) result, call, group);
  }

  private CacheCall follow(
      LookupResult.Miss miss, SingleFlight.Call<CacheCall> call, CoalescingGroup group) {
    LookupResult.Miss counted = lookup.count(miss);
    if (!miss.isCounted()) {
      events.publish(new CacheEvent.Coalesced());
    }
    return new CacheCall.Follow(this, counted, call, call.result(), group);
  }

  /** Leads a call after waiting too long for another one. Later callers follow the new call. */
  CacheCall takeOver(
      LookupResult.Miss miss, SingleFlight.Call<CacheCall> slow, CoalescingGroup group) {
    List<String> keys = group.keys(miss.request().query().key());
    return lead(miss, calls.takeOver(slow, keys.get(keys.size() - 1), group.owner()), group);
  }

  /** Leads a call that nobody can follow. */
  private CacheCall leadDetached(LookupResult.Miss miss, CoalescingGroup group) {
    return lead(miss, calls.detached(miss.request().query().key()), group);
  }

  private CacheCall lead(
      LookupResult.Miss miss, SingleFlight.Call<CacheCall> call, CoalescingGroup group) {
    LookupResult.Miss counted = lookup.count(miss);
    writer.onModelCall(counted);
    return new CacheCall.Lead(this, writer, counted, call, group, events.startStopwatch());
  }

  Executor executor() {
    return executor;
  }
}
