package io.github.semcache;

import static java.util.Objects.requireNonNull;

import io.github.semcache.internal.concurrent.BoundedWorker;
import io.github.semcache.internal.concurrent.FatalErrors;
import io.github.semcache.internal.decision.VerifiedDecision;
import io.github.semcache.internal.stats.EventPublisher;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.Match;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.PairVerifier.Pair;
import io.github.semcache.verify.Verification;
import java.time.Duration;

/**
 * Verifies, on a background thread, the candidate about which the verifier of a lookup was unsure.
 * If it is accepted, its answer becomes the answer to the prompt, unless another one was stored in
 * the meantime. Exists only if it is configured.
 */
final class BackgroundVerifier implements AutoCloseable {
  private static final int QUEUE_CAPACITY = 256;
  private static final Duration TIME_LIMIT = Duration.ofSeconds(60);

  private final PairVerifier verifier;
  private final ResilientStore store;
  private final AnswerWriter writer;
  private final EventPublisher events;
  private final BoundedWorker worker =
      BoundedWorker.of("semcache-verifier", QUEUE_CAPACITY, TIME_LIMIT);

  BackgroundVerifier(
      PairVerifier verifier, ResilientStore store, AnswerWriter writer, EventPublisher events) {
    this.verifier = verifier;
    this.store = store;
    this.writer = writer;
    this.events = events;
  }

  /** Schedules the verification of a candidate. Drops it, and counts that, if too many wait. */
  void schedule(LookupResult.Miss miss, Match candidate) {
    if (miss.request().addsKeys()
        && !worker.offer(
            () -> accepts(miss, candidate),
            accepted -> {
              if (accepted) {
                addKey(miss, candidate);
              }
            })) {
      events.publish(new CacheEvent.VerificationDropped());
    }
  }

  private boolean accepts(LookupResult.Miss miss, Match candidate) {
    try {
      Pair pair = VerifiedDecision.pair(miss.request().query(), candidate);
      Verification verification =
          events.timed(
              () -> requireNonNull(verifier.forLookup().verify(pair), "the verifier returned null"),
              (decision, took) -> new CacheEvent.Verified(decision, candidate.distance(), took));
      return verification.isAccepted();
    } catch (Throwable e) {
      FatalErrors.rethrowIfFatal(e);
      events.publish(new CacheEvent.Failed(CacheEvent.Part.VERIFIER, e));
      return false;
    }
  }

  private void addKey(LookupResult.Miss miss, Match candidate) {
    try {
      boolean isFree =
          store
              .tryFind(miss.request().query())
              .filter(found -> found.entry().isEmpty())
              .isPresent();
      if (isFree) {
        writer.addKey(miss, candidate.entry());
      }
    } catch (Throwable e) {
      FatalErrors.rethrowIfFatal(e);
      events.publish(new CacheEvent.Failed(CacheEvent.Part.STORE, e));
    }
  }

  /** Interrupts the current verification and drops those that wait. */
  @Override
  public void close() {
    worker.close();
  }
}
