package io.github.semcache.chaos;

import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Eight threads that ask a cache without interruption: known questions in the known wording, known
 * questions in new wordings, and new questions. Checks every answer.
 */
final class Traffic implements AutoCloseable {
  private static final int THREADS = 8;
  private static final int TENANTS = 4;
  private static final int KNOWN_ITEMS = 100;
  private static final Duration PAUSE = Duration.ofMillis(2);

  /** The maximum time between the end of the model call and the write of its answer. */
  private static final Duration WRITE_DELAY = Duration.ofSeconds(1);

  private final SemanticCache cache;
  private final Items.Model model;
  private final Duration timeToLive;
  private final double newRate;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger nextItem = new AtomicInteger(KNOWN_ITEMS);
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong hits = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong wrong = new AtomicLong();
  private final AtomicLong stale = new AtomicLong();
  private final AtomicLong longestWait = new AtomicLong();
  private final AtomicLong firstExactHit = new AtomicLong();
  private final AtomicLong firstSemanticHit = new AtomicLong();
  private final AtomicReference<@Nullable Throwable> firstFailure = new AtomicReference<>();

  /** The end of the fault; 0 before. */
  private volatile long recovery;

  private volatile boolean stopped;

  /**
   * Creates traffic that has not started.
   *
   * @param newRate the fraction of new questions
   */
  Traffic(SemanticCache cache, Items.Model model, Duration timeToLive, double newRate) {
    this.cache = cache;
    this.model = model;
    this.timeToLive = timeToLive;
    this.newRate = newRate;
  }

  /** The counts of the requests so far. */
  record Counts(
      long requests,
      long hits,
      long failed,
      long wrong,
      long stale,
      Duration longestWait,
      Optional<Throwable> firstFailure) {}

  void start() {
    for (int i = 0; i < THREADS; i++) {
      Thread thread = new Thread(this::askUntilStopped, "traffic-" + i);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
  }

  private void askUntilStopped() {
    while (!stopped) {
      ThreadLocalRandom random = ThreadLocalRandom.current();
      boolean isNew = random.nextDouble() < newRate;
      int item = isNew ? nextItem.getAndIncrement() : random.nextInt(KNOWN_ITEMS);
      int wording = isNew || random.nextBoolean() ? 0 : random.nextInt(1, 1_000_000);
      ask(random.nextInt(TENANTS), item, wording);
      Pause.of(PAUSE);
    }
  }

  private void ask(int tenant, int item, int wording) {
    long modelBefore = model.nanosOfThisThread();
    long start = System.nanoTime();
    try {
      Answer answer = cache.ask(Items.prompt(tenant, item, wording));
      long end = System.nanoTime();
      long inModel = model.nanosOfThisThread() - modelBefore;
      longestWait.accumulateAndGet(end - start - inModel, Math::max);
      check(answer, tenant, item);
      if (answer.source() != Answer.Source.MODEL) {
        onHit(answer.source(), start, end);
      }
    } catch (AssertionError e) {
      wrong.incrementAndGet();
      firstFailure.compareAndSet(null, e);
    } catch (Throwable e) {
      failed.incrementAndGet();
      firstFailure.compareAndSet(null, e);
    } finally {
      requests.incrementAndGet();
    }
  }

  private void check(Answer answer, int tenant, int item) {
    Duration age = Items.ageOfRightAnswer(answer.text(), tenant, item);
    if (age.compareTo(timeToLive.plus(WRITE_DELAY)) > 0) {
      stale.incrementAndGet();
    }
  }

  private void onHit(Answer.Source source, long start, long end) {
    hits.incrementAndGet();
    long since = recovery;
    if (since != 0 && start - since > 0) {
      AtomicLong first = source == Answer.Source.EXACT ? firstExactHit : firstSemanticHit;
      first.compareAndSet(0, end - since);
    }
  }

  /** Ends the fault. Hits of requests that start later count as hits after the recovery. */
  void recover() {
    recovery = System.nanoTime();
  }

  /** Returns the time from the end of the fault to the first exact hit. */
  Optional<Duration> firstExactHit() {
    return duration(firstExactHit);
  }

  /** Returns the time from the end of the fault to the first semantic hit. */
  Optional<Duration> firstSemanticHit() {
    return duration(firstSemanticHit);
  }

  private static Optional<Duration> duration(AtomicLong nanos) {
    return nanos.get() == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos.get()));
  }

  Counts counts() {
    return new Counts(
        requests.get(),
        hits.get(),
        failed.get(),
        wrong.get(),
        stale.get(),
        Duration.ofNanos(longestWait.get()),
        Optional.ofNullable(firstFailure.get()));
  }

  /** Stops the threads and waits for their current requests. */
  @Override
  public void close() {
    stopped = true;
    for (Thread thread : threads) {
      try {
        thread.join(Duration.ofSeconds(20).toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (thread.isAlive()) {
        failed.incrementAndGet();
        firstFailure.compareAndSet(null, new AssertionError("a request did not return"));
      }
    }
  }
}
