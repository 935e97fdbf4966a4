package io.github.semcache.chaos;

import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.store.VectorStore;
import io.github.semcache.verify.PairVerifier;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A deployment, a fault, and the requests during it. All options of the cache that concern failures
 * have their defaults.
 *
 * @param <D> the deployment
 */
final class Scenario<D extends Deployment> {
  /** The default deadline of a lookup, which also is the default limit of storing an answer. */
  static final Duration DEADLINE = Duration.ofSeconds(1);

  /** The time for which a fault lasts, unless it is an event. */
  static final Duration FAULT = Duration.ofMillis(2_500);

  private static final Duration WARM_UP = Duration.ofMillis(800);
  private static final Duration AFTER_RECOVERY = Duration.ofMillis(300);
  private static final Duration RECOVERY_LIMIT = Duration.ofSeconds(45);
  private static final Duration LOOKUP_WARM_UP = Duration.ofSeconds(20);

  private final String deploymentName;
  private final String faultName;
  private final Supplier<D> start;
  private final Fault<D> fault;
  private Duration timeToLive = Duration.ofMinutes(1);
  private double newRate = 0.05;
  private UnaryOperator<VectorStore> storeWrapper = UnaryOperator.identity();

  /** Injects a fault, waits, and ends the fault. */
  interface Fault<D extends Deployment> {
    void inject(Run<D> run) throws Exception;
  }

  private Scenario(String deploymentName, String faultName, Supplier<D> start, Fault<D> fault) {
    this.deploymentName = deploymentName;
    this.faultName = faultName;
    this.start = start;
    this.fault = fault;
  }

  static <D extends Deployment> Scenario<D> of(
      String deploymentName, String faultName, Supplier<D> start, Fault<D> fault) {
    return new Scenario<>(deploymentName, faultName, start, fault);
  }

  /** Sets the time to live of answers. */
  Scenario<D> timeToLive(Duration ttl) {
    timeToLive = ttl;
    return this;
  }

  /** Sets the fraction of new questions. */
  Scenario<D> newRate(double rate) {
    newRate = rate;
    return this;
  }

  /** Sets a wrapper of the store. */
  Scenario<D> store(UnaryOperator<VectorStore> wrapper) {
    storeWrapper = wrapper;
    return this;
  }

  /** A clock that jumps. Thread-safe. */
  static final class JumpingClock implements InstantSource {
    private volatile Duration offset = Duration.ZERO;

    void jumpTo(Duration offsetFromNow) {
      offset = offsetFromNow;
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(offset);
    }
  }

  /**
   * The parts of a running scenario.
   *
   * @param <D> the deployment
   */
  record Run<D extends Deployment>(
      D deployment, Items.ItemEmbedder embedder, JumpingClock clock, SemanticCache cache) {
    /** Waits for the usual time of a fault. */
    void hold() {
      Pause.of(FAULT);
    }
  }

  @Override
  public String toString() {
    return deploymentName + ": " + faultName;
  }

  /** Runs the scenario and returns what was measured. */
  ChaosReport.Row run() throws Exception {
    try (D deployment = start.get();
        Hiccups hiccups = new Hiccups()) {
      Items.ItemEmbedder embedder = new Items.ItemEmbedder();
      JumpingClock clock = new JumpingClock();
      Items.Model model = new Items.Model();
      int threadsBefore = Threads.ofTheLibrary();
      Measured measured;
      try (VectorStore store = deployment.open(EmbeddingSpace.of(embedder), clock);
          SemanticCache cache = builder(embedder, clock, model, store).build()) {
        measured =
            measure(new Run<>(deployment, embedder, clock, cache), hiccups, model, threadsBefore);
      } finally {
        deployment.closeClients();
      }
      boolean threadsEnded =
          Waiting.within(Duration.ofSeconds(5), () -> Threads.ofTheLibrary() <= threadsBefore);
      int threadsAfter = threadsEnded ? threadsBefore : Threads.ofTheLibrary();
      return new ChaosReport.Row(
          deploymentName, faultName, measured, threadsAfter, connectionsAfterClose(deployment));
    }
  }

  private static int connectionsAfterClose(Deployment deployment) {
    return Waiting.within(Duration.ofSeconds(5), () -> deployment.connections() == 0)
        ? 0
        : deployment.connections();
  }

  private SemanticCacheBuilder builder(
      Items.ItemEmbedder embedder, JumpingClock clock, Items.Model model, VectorStore store) {
    return SemanticCache.builder()
        .embedder(embedder)
        .chatClient(model)
        .store(storeWrapper.apply(store))
        .verifier(PairVerifier.none())
        .noGuards()
        .timeSource(clock)
        .timeToLive(timeToLive);
  }

  /**
   * What was measured.
   *
   * @param hiccup the longest delay of a thread that only slept
   * @param openCircuits the operations whose circuit was open at the end
   */
  record Measured(
      Traffic.Counts counts,
      CacheStats stats,
      Optional<Duration> firstExactHit,
      Optional<Duration> firstSemanticHit,
      Duration hiccup,
      long entriesWithoutExpiry,
      int threadsBefore,
      int threadsPeak,
      int connectionsBefore,
      int connectionsAfter,
      Set<String> openCircuits) {}

  private Measured measure(Run<D> run, Hiccups hiccups, Items.Model model, int threadsBefore)
      throws Exception {
    warmUp(run.cache());
    Traffic traffic = new Traffic(run.cache(), model, timeToLive, newRate);
    traffic.start();
    int peak;
    int connectionsBefore;
    int connectionsAfter;
    try (Threads.Peak threads = new Threads.Peak()) {
      Pause.of(WARM_UP);
      connectionsBefore = run.deployment().connections();
      fault.inject(run);
      traffic.recover();
      boolean unused =
          Waiting.within(
              RECOVERY_LIMIT,
              () -> traffic.firstExactHit().isPresent() && traffic.firstSemanticHit().isPresent());
      Pause.of(AFTER_RECOVERY);
      connectionsAfter = run.deployment().connections();
      peak = threads.highest();
    } finally {
      traffic.close();
    }
    return new Measured(
        traffic.counts(),
        run.cache().stats(),
        traffic.firstExactHit(),
        traffic.firstSemanticHit(),
        hiccups.longest(),
        entriesWithoutExpiry(run.deployment()),
        threadsBefore,
        peak,
        connectionsBefore,
        connectionsAfter,
        run.cache().openCircuits());
  }

  /** Counts the entries when the servers respond again. */
  private static long entriesWithoutExpiry(Deployment deployment) {
    AtomicLong count = new AtomicLong(-1);
    Waiting.until(
        RECOVERY_LIMIT,
        "the servers list their entries",
        () -> {
          count.set(deployment.entriesWithoutExpiry());
          return true;
        });
    return count.get();
  }

  /** Loads the classes, so that the first requests do not exceed their deadline. */
  private static void warmUp(SemanticCache cache) {
    for (int wording = 0; wording < 3; wording++) {
      cache.ask(Items.prompt(0, -1, wording).deadline(LOOKUP_WARM_UP));
    }
  }
}
