package io.github.semcache;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.internal.concurrent.CoalescingGroup;
import io.github.semcache.internal.concurrent.FatalErrors;
import io.github.semcache.internal.entry.Curation;
import io.github.semcache.internal.entry.SoftExpiry;
import io.github.semcache.internal.resilience.CacheabilityCheck;
import io.github.semcache.internal.stats.EventPublisher;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.CacheEntry;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Refreshes answers in the background before or after their soft time to live has expired. The
 * lease of the entry's key ensures that one instance does. If the refresh fails, the lease is left
 * to expire, so it is also the time until the next attempt. Thread-safe.
 */
final class Refresher {
  /** Limits the concurrent model calls in the background. */
  private static final int MAX_REFRESHES = 16;

  private final QueryFactory queries;
  private final CacheabilityCheck cacheability;
  private final ResilientStore store;
  private final RequestCoalescer coalescer;
  private final SoftExpiry expiry;
  private final Duration lease;
  private final Executor executor;
  private final EventPublisher events;

  /** The keys that this instance is refreshing or trying to lease. */
  private final Set<String> running = ConcurrentHashMap.newKeySet();

  /**
   * Creates a refresher.
   *
   * @param lease the duration of the leases
   * @param executor runs the refreshes
   */
  Refresher(
      QueryFactory queries,
      CacheabilityCheck cacheability,
      ResilientStore store,
      RequestCoalescer coalescer,
      SoftExpiry expiry,
      Duration lease,
      Executor executor,
      EventPublisher events) {
    this.queries = queries;
    this.cacheability = cacheability;
    this.store = store;
    this.coalescer = coalescer;
    this.expiry = expiry;
    this.lease = lease;
    this.executor = executor;
    this.events = events;
  }

  /** Refreshes the entry of a hit with a model if that is due. Does not block. */
  void refresh(LookupResult.Hit hit, ChatClient model) {
    if (isDue(hit)) {
      schedule(hit.entry(), () -> requestFor(hit, model), lead -> lead.ask(model));
    }
  }

  /** Returns a call with the answer of a hit, which can refresh the entry if it is an exact hit. */
  CacheCall.Answered answered(LookupResult.Hit hit) {
    return hit.answer().source() == Answer.Source.EXACT && isDue(hit)
        ? new CacheCall.Answered(
            hit.answer(),
            call -> schedule(hit.entry(), () -> Optional.of(requestForExact(hit)), call))
        : new CacheCall.Answered(hit.answer());
  }

  private boolean isDue(LookupResult.Hit hit) {
    return hit.miss().request().writes()
        && !Curation.isCurated(hit.entry())
        && expiry.isDue(hit.entry(), hit.answer().age());
  }

  /**
   * Returns a request for the prompt of the entry; empty if the prompt cannot be reconstructed from
   * the entry of a semantic hit.
   */
  private Optional<CacheRequest> requestFor(LookupResult.Hit hit, ChatClient model) {
    CacheRequest request = hit.miss().request();
    if (hit.answer().source() == Answer.Source.EXACT) {
      return Optional.of(requestForExact(hit));
    }
    Prompt asked = request.prompt();
    Prompt prompt =
        Prompt.of(hit.entry().prompt()).scope(asked.scope()).labels(hit.entry().labels());
    if (asked.timeToLive().isPresent()) {
      prompt = prompt.timeToLive(asked.timeToLive().get());
    }
    return Optional.of(queries.requestOf(prompt, model.settings()))
        .filter(own -> own.writes() && own.query().key().equals(hit.entry().key()));
  }

  /** Returns the request of an exact hit, whose new answer is stored with the labels of the old. */
  private static CacheRequest requestForExact(LookupResult.Hit hit) {
    return hit.miss().request().labels(hit.entry().labels());
  }

  private void schedule(
      CacheEntry entry, Supplier<Optional<CacheRequest>> request, Consumer<CacheCall.Lead> call) {
    if (running.contains(entry.key())) {
      return;
    }
    if (running.size() >= MAX_REFRESHES) {
      events.publish(new CacheEvent.RefreshDropped());
      return;
    }
    if (running.add(entry.key())) {
      try {
        executor.execute(() -> run(entry, request, call));
      } catch (Throwable e) {
        FatalErrors.rethrowIfFatal(e);
        running.remove(entry.key());
        events.publish(new CacheEvent.RefreshDropped());
      }
    }
  }

  private void run(
      CacheEntry entry, Supplier<Optional<CacheRequest>> request, Consumer<CacheCall.Lead> call) {
    Optional<CacheCall.Lead> lead = tryLead(entry, request);
    if (lead.isEmpty()) {
      running.remove(entry.key());
      return;
    }
    lead.get().whenEnded(() -> running.remove(entry.key()));
    call(lead.get(), call);
  }

  private Optional<CacheCall.Lead> tryLead(
      CacheEntry entry, Supplier<Optional<CacheRequest>> request) {
    try {
      return request
          .get()
          .filter(own -> cacheability.tryBypassReason(own.prompt()).isEmpty())
          .flatMap(own -> lead(own, entry));
    } catch (Throwable e) {
      FatalErrors.rethrowIfFatal(e);
      events.publish(new CacheEvent.Failed(CacheEvent.Part.STORE, e));
      return Optional.empty();
    }
  }

  /** Returns a lead if this instance acquires the lease. */
  private Optional<CacheCall.Lead> lead(CacheRequest request, CacheEntry entry) {
    CacheRequest restarted = request.restarted();
    Query query = restarted.query();
    return restarted
        .limits()
        .run(() -> store.tryClaim(query, Optional.of(entry.createdAt()), lease))
        .filter(found -> found.lease().isPresent())
        .map(
            found -> {
              events.publish(new CacheEvent.RefreshStarted());
              return coalescer.leadDetached(
                  LookupResult.Miss.of(restarted)
                      .withReason(MissReason.REFRESH)
                      .withFound(found)
                      .counted(),
                  CoalescingGroup.askOnAnyThread());
            });
  }

  /** Calls the model. Its failure was counted when the lead ended. */
  private static void call(CacheCall.Lead lead, Consumer<CacheCall.Lead> call) {
    try {
      call.accept(lead);
    } catch (Throwable e) {
      FatalErrors.rethrowIfFatal(e);
      lead.abandon();
    }
  }
}
