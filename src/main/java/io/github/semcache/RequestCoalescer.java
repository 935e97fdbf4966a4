package io.github.semcache;

import io.github.semcache.deadline.Deadline;
import io.github.semcache.internal.concurrent.CoalescingGroup;
import io.github.semcache.internal.concurrent.ConditionPoller;
import io.github.semcache.internal.concurrent.SingleFlight;
import io.github.semcache.internal.stats.EventPublisher;
import io.github.semcache.prompt.Query;
import io.github.semcache.stats.CacheEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Coalesces concurrent misses with the same key: one call leads and calls the model. With leases,
 * also those of other instances on the same store.
 */
final class RequestCoalescer implements AutoCloseable {
  /** The time by which a wait for another instance ends before that of its followers. */
  private static final Duration MARGIN = Duration.ofMillis(50);

  private final CacheLookup lookup;
  private final AnswerWriter writer;
  private final ResilientStore store;
  private final EventPublisher events;
  private final Executor executor;
  private final CacheOptions.Sharing options;
  private final SingleFlight<CacheCall> calls = new SingleFlight<>();
  private final ConditionPoller poller = new ConditionPoller("semcache-lease");
  private final @Nullable SimilarCalls similar;

  private volatile boolean closed;

  /** The keys whose lease this instance holds. */
  private final Set<String> leased = ConcurrentHashMap.newKeySet();

  /**
   * Creates a coalescer.
   *
   * @param executor continues followers that do not hold a thread
   */
  RequestCoalescer(
      CacheLookup lookup,
      AnswerWriter writer,
      ResilientStore store,
      EventPublisher events,
      Executor executor,
      CacheOptions.Sharing options) {
    this.lookup = lookup;
    this.writer = writer;
    this.store = store;
    this.events = events;
    this.executor = executor;
    this.options = options;
    this.similar =
        options.similarPrompts()
            ? new SimilarCalls(lookup::accepts, options.separatesContributors())
            : null;
  }

  /** Joins the call that is answering the prompt, or leads a new one. */
  CacheCall join(LookupResult.Miss miss, CoalescingGroup group) {
    if (!miss.request().reads()) {
      return leadDetached(miss, group);
    }
    Optional<SingleFlight.Call<CacheCall>> other = findSimilar(miss, group);
    if (other.isPresent()) {
      return followSimilar(miss, other.get(), group);
    }
    SingleFlight.Participation<CacheCall> participation =
        calls.join(group.keys(key(miss)), group.owner());
    SingleFlight.Call<CacheCall> call = participation.call();
    return participation.leads()
        ? call.runStep(
            () -> leadUnlessAnswered(miss, call, group), miss.request().limits()::isExpired)
        : follow(miss, call, group);
  }

  /**
   * Returns the key of the call. A call that began after a dependency was invalidated does not
   * follow one that began before, and calls with different filters of labels do not follow each
   * other. If answers need confirmations, neither do calls of different contributors.
   */
  private String key(LookupResult.Miss miss) {
    Query query = miss.request().query();
    String contributor = options.separatesContributors() ? query.contributor().orElse("") : "";
    return query.key()
        + contributor
        + miss.versions().orElse("")
        + query.labelFilter().map(filter -> " " + filter.hash()).orElse("");
  }

  /**
   * Repeats the exact lookup, because another leader may have stored the answer in the meantime.
   */
  private CacheCall leadUnlessAnswered(
      LookupResult.Miss miss, SingleFlight.Call<CacheCall> call, CoalescingGroup group) {
    LookupResult result =
        options.lease().isPresent() && group.isAsk() && miss.request().meetsOwnFilter()
            ? claim(miss)
            : lookup.exact(miss);
    if (result instanceof LookupResult.Hit hit) {
      CacheCall answered = new CacheCall.Answered(hit.answer());
      call.complete(answered);
      return answered;
    }
    LookupResult.Miss missed = (LookupResult.Miss) result;
    if (missed.waiting().isLeased() && !closed) {
      LookupResult.Miss limited =
          missed.withLimit(
              missed.request().limits().configured().deadline(missed.request().limits().maxWait()));
      if (remaining(limited).compareTo(MARGIN) > 0) {
        return followInstance(limited, call, group);
      }
    }
    return lead(missed, call, group);
  }

  private static Duration remaining(LookupResult.Miss miss) {
    return miss.waiting().limit().map(Deadline::remaining).orElse(Duration.ZERO);
  }

  /**
   * Repeats the exact lookup and acquires the lease. If another instance has stored an answer that
   * cannot be served, that entry is replaced.
   */
  private LookupResult claim(LookupResult.Miss miss) {
    String key = miss.request().query().key();
    if (miss.storeFailed() || !leased.add(key)) {
      return lookup.exact(miss); // This instance holds the lease, for example in an outer call.
    }
    boolean isGranted = false;
    try {
      LookupResult result = claim(miss, options.lease().orElseThrow());
      isGranted =
          result instanceof LookupResult.Miss missed && missed.waiting().lease().isPresent();
      return result;
    } finally {
      if (!isGranted) {
        leased.remove(key);
      }
    }
  }

  private LookupResult claim(LookupResult.Miss miss, Duration duration) {
    LookupResult result = lookup.claim(miss, duration);
    if (result instanceof LookupResult.Miss changed && isReplaced(miss, changed)) {
      result = lookup.claim(changed, duration);
    }
    if (result instanceof LookupResult.Hit hit) {
      hit.miss().waiting().lease().ifPresent(writer::release);
    }
    return result;
  }

  private static boolean isReplaced(LookupResult.Miss before, LookupResult.Miss now) {
    return !now.storeFailed() && !now.waiting().known().equals(before.waiting().known());
  }

  private CacheCall follow(
      LookupResult.Miss miss, SingleFlight.Call<CacheCall> call, CoalescingGroup group) {
    return follow(counted(miss), call, call.result(), miss.request().limits().maxWait(), group);
  }

  private LookupResult.Miss counted(LookupResult.Miss miss) {
    LookupResult.Miss counted = lookup.count(miss);
    if (!miss.isCounted()) {
      events.publish(new CacheEvent.Coalesced());
    }
    return counted;
  }

  private CacheCall.Follow follow(
      LookupResult.Miss miss,
      SingleFlight.Call<CacheCall> call,
      SingleFlight.Result<CacheCall> result,
      Duration maxWait,
      CoalescingGroup group) {
    return new CacheCall.Follow(
        call,
        result,
        maxWait,
        value -> resume(value, miss, call, group),
        () -> takeOver(miss, call, group),
        executor);
  }

  /**
   * Returns the call after the wait. Joins again if the leader abandoned its call, or if it was
   * answered with an entry that is too old for this request.
   */
  private CacheCall resume(
      Optional<CacheCall> value,
      LookupResult.Miss miss,
      SingleFlight.Call<CacheCall> call,
      CoalescingGroup group) {
    CacheCall ended =
        value
            .filter(other -> !isTooOld(other, miss.request().query()))
            .orElseGet(() -> join(miss.restarted(), group));
    return ended instanceof CacheCall.Shared shared
        ? shared(shared.live(), miss, call, group)
        : ended;
  }

  private static boolean isTooOld(CacheCall call, Query query) {
    return call instanceof CacheCall.Answered answered
        && query.maxAge().filter(max -> answered.answer().age().compareTo(max) > 0).isPresent();
  }

  /** Returns a live object with a call that waits for the end of the call without it. */
  CacheCall.Shared shared(
      Object live,
      LookupResult.Miss miss,
      SingleFlight.Call<CacheCall> call,
      CoalescingGroup group) {
    Duration maxWait = miss.request().limits().maxWait();
    return new CacheCall.Shared(live, () -> follow(miss, call, call.end(), maxWait, group));
  }

  /**
   * Follows an instance that holds the lease. Other calls of this instance follow the given call,
   * which ends without a result when the lease ends or when this request has waited long enough.
   */
  private CacheCall followInstance(
      LookupResult.Miss miss, SingleFlight.Call<CacheCall> call, CoalescingGroup group) {
    String key = miss.request().query().key();
    Duration remaining = remaining(miss);
    CompletableFuture<?> unused =
        poller
            .await(() -> !store.isLeased(key), remaining.minus(MARGIN))
            .whenComplete((nothing, failure) -> call.abandon());
    return follow(counted(miss), call, call.result(), remaining, group);
  }

  private Optional<SingleFlight.Call<CacheCall>> findSimilar(
      LookupResult.Miss miss, CoalescingGroup group) {
    return similar != null && group.isAsk() && !miss.waiting().wasSimilar()
        ? similar.find(miss, group.owner())
        : Optional.empty();
  }

  /** Follows a call with a similar prompt, and then repeats the semantic lookup. */
  private CacheCall followSimilar(
      LookupResult.Miss miss, SingleFlight.Call<CacheCall> call, CoalescingGroup group) {
    LookupResult.Miss waited = counted(miss).afterSimilar();
    return new CacheCall.Follow(
        call,
        // A failure of the other call says nothing about this prompt.
        new SingleFlight.Result<>(
            call.end().future().handle((value, failure) -> Optional.<CacheCall>empty())),
        miss.request().limits().maxWait(),
        nothing -> lookup.semantic(waited.restarted()).toCall(missed -> join(missed, group)),
        () -> join(waited.restarted(), group),
        executor);
  }

  /** Leads a call after waiting too long for another one. Later callers follow the new call. */
  private CacheCall takeOver(
      LookupResult.Miss miss, SingleFlight.Call<CacheCall> slow, CoalescingGroup group) {
    List<String> keys = group.keys(key(miss));
    return lead(miss, calls.takeOver(slow, keys.get(keys.size() - 1), group.owner()), group);
  }

  /** Leads a call that nobody can follow. */
  CacheCall.Lead leadDetached(LookupResult.Miss miss, CoalescingGroup group) {
    return lead(miss, calls.detached(key(miss)), group);
  }

  private CacheCall.Lead lead(
      LookupResult.Miss miss, SingleFlight.Call<CacheCall> call, CoalescingGroup group) {
    LookupResult.Miss counted = lookup.count(miss);
    onEnd(call, counted);
    if (similar != null && group.isAsk()) {
      similar.add(counted, call);
    }
    writer.onModelCall(counted);
    return new CacheCall.Lead(this, writer, counted, call, group, events.startStopwatch());
  }

  private void onEnd(SingleFlight.Call<CacheCall> call, LookupResult.Miss miss) {
    if (miss.waiting().lease().isPresent()) {
      CompletableFuture<?> unused =
          call.end()
              .future()
              .whenComplete((end, failure) -> leased.remove(miss.request().query().key()));
    }
  }

  /** Ends the waits for other instances. */
  @Override
  public void close() {
    closed = true;
    poller.close();
  }
}
