package io.github.semcache;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.internal.concurrent.AsyncExecutor;
import io.github.semcache.internal.concurrent.MatchingDelay;
import io.github.semcache.internal.concurrent.TimeLimiter;
import io.github.semcache.internal.entry.CurrentSettings;
import io.github.semcache.internal.entry.SoftExpiry;
import io.github.semcache.internal.entry.TimeToLiveRenewal;
import io.github.semcache.internal.learning.CachedScale;
import io.github.semcache.internal.learning.HitEvaluator;
import io.github.semcache.internal.learning.LearnerSync;
import io.github.semcache.internal.learning.PendingReports;
import io.github.semcache.internal.learning.StateBlob;
import io.github.semcache.internal.learning.UserFeedback;
import io.github.semcache.internal.resilience.CacheabilityCheck;
import io.github.semcache.internal.resilience.FailOpen;
import io.github.semcache.internal.resilience.Operation;
import io.github.semcache.internal.stats.AutomaticBypass;
import io.github.semcache.internal.stats.EventPublisher;
import io.github.semcache.internal.stats.UsagePublisher;
import io.github.semcache.learning.LearningPolicy;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.StateStore;
import io.github.semcache.verify.PairVerifier;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The parts of one cache, created from its options. The learner exists only for a learning policy,
 * and the evaluator only for a judge that a learning policy or shadow mode uses.
 */
record CacheParts(
    CacheOptions options,
    EventPublisher events,
    AsyncExecutor asyncExecutor,
    CurrentSettings settings,
    QueryFactory queries,
    CacheLookup lookup,
    MultiLookup multiLookup,
    RequestCoalescer coalescer,
    AnswerWriter writer,
    UserFeedback feedback,
    FailOpen failOpen,
    @Nullable LearnerSync learner,
    @Nullable HitEvaluator evaluator,
    @Nullable TimeToLiveRenewal renewal,
    @Nullable BackgroundVerifier background,
    @Nullable Hedging hedging,
    @Nullable Refresher refresher,
    TimeLimiter workers,
    MatchingDelay modelCalls) {

  static CacheParts create(CacheOptions options) {
    EventPublisher events = new EventPublisher(options.listener(), options.ticker());
    TimeLimiter workers = new TimeLimiter();
    FailOpen failOpen =
        new FailOpen(events, options.failOnCacheErrors(), options::settingsOf, workers);
    HitPolicy policy = scaled(options, events, failOpen);
    AsyncExecutor async = new AsyncExecutor(options.executor());
    LearnerSync learner = newLearner(options, policy, events, async);
    HitEvaluator evaluator = newEvaluator(options, learner, events);
    ResilientEmbedder embedder = new ResilientEmbedder(options.embedder(), events, failOpen);
    ResilientStore store =
        new ResilientStore(options.store(), options.candidates(), options.time(), events, failOpen);
    PendingReports pending =
        new PendingReports(events::publish, options.ticker(), async.executor());
    CurrentSettings settings =
        new CurrentSettings(
            events::publish,
            options
                .sharedSettings()
                .map(
                    interval ->
                        new CurrentSettings.Shared(
                            stateStore(options), interval, options.ticker(), async.executor())));
    @Nullable ChatClient chatClient = options.chatClient();
    QueryFactory queries =
        new QueryFactory(
            options.normalizer(),
            chatClient,
            options.limits(),
            options.exactOnly()
                ? OptionalInt.empty()
                : OptionalInt.of(options.embedder().dimension()),
            settings,
            failOpen);
    CacheabilityCheck cacheability = new CacheabilityCheck(options.cacheability(), failOpen);
    TimeToLiveRenewal renewal =
        options.renewsTimeToLive()
            ? new TimeToLiveRenewal(
                store::tryExpire, !NonBlocking.test(options.store()), options.ticker())
            : null;
    UsagePublisher usage =
        new UsagePublisher(
            events,
            options.usage().tag(),
            options.usage().automaticBypass() ? new AutomaticBypass() : null);
    MatchingDelay modelCalls = new MatchingDelay();
    AnswerWriter writer =
        new AnswerWriter(
            queries,
            embedder,
            store,
            options.admission(),
            cacheability,
            () -> options.expiry().with(settings.get()),
            renewal,
            options.time(),
            options.limits(),
            evaluator,
            usage,
            modelCalls,
            events,
            failOpen);
    PairVerifier afterMiss = options.verifierAfterMiss();
    BackgroundVerifier background =
        afterMiss == null ? null : new BackgroundVerifier(afterMiss, store, writer, events);
    CacheLookup lookup =
        new CacheLookup(
            cacheability,
            embedder,
            store,
            learner != null ? learner : () -> policy,
            new CandidateVerifier(options.verifier(), embedder, events, failOpen),
            options.shadowMode(),
            options.exactOnly(),
            renewal,
            options.sharing().softExpiry(),
            pending,
            writer,
            background,
            usage,
            events,
            failOpen);
    UserFeedback feedback =
        new UserFeedback(
            options.store(),
            lookup::nearestForReport,
            options.candidates(),
            learner,
            options.time(),
            events::publish,
            pending);
    RequestCoalescer coalescer =
        new RequestCoalescer(lookup, writer, store, events, async.executor(), options.sharing());
    SoftExpiry softExpiry = options.sharing().softExpiry();
    return new CacheParts(
        options,
        events,
        async,
        settings,
        queries,
        lookup,
        new MultiLookup(lookup, embedder, store, usage),
        coalescer,
        writer,
        feedback,
        failOpen,
        learner,
        evaluator,
        renewal,
        background,
        options.hedging() ? new Hedging(lookup, events, async) : null,
        softExpiry == null
            ? null
            : new Refresher(
                queries,
                cacheability,
                store,
                coalescer,
                softExpiry,
                options.sharing().refreshLease(),
                async.executor(),
                events),
        workers,
        modelCalls);
  }

  private static HitPolicy scaled(CacheOptions options, EventPublisher events, FailOpen failOpen) {
    if (!(options.hitPolicy() instanceof HitPolicy.Scaled policy)) {
      return options.hitPolicy();
    }
    CachedScale scale =
        new CachedScale(
            options.embedder(),
            () -> blob(options, "embedding-scale"),
            events::publish,
            options.newCircuitBreaker(1),
            resolve -> runBounded(failOpen, resolve));
    // If the measurement takes longer than a lookup may, it ends in the background.
    return options.limits().scaleDeadline().run(() -> policy.scaledBy(scale));
  }

  /** Runs an action until the current deadline. Failures were published, so they are not thrown. */
  private static void runBounded(FailOpen failOpen, Runnable action) {
    try {
      failOpen.attempt(
          Operation.EMBED,
          () -> {
            action.run();
            return true;
          });
    } catch (EmbedderException e) {
      // Only if the cache fails on cache errors: the policy misses until the scale is known.
    }
  }

  private static @Nullable LearnerSync newLearner(
      CacheOptions options, HitPolicy policy, EventPublisher events, AsyncExecutor async) {
    return policy instanceof LearningPolicy learning
        ? new LearnerSync(
            learning, blob(options, "policy"), events::publish, options.ticker(), async.executor())
        : null;
  }

  private static @Nullable HitEvaluator newEvaluator(
      CacheOptions options, @Nullable LearnerSync learner, EventPublisher events) {
    CacheOptions.Judging judging = options.judging();
    return judging != null && (learner != null || options.shadowMode())
        ? new HitEvaluator(
            judging.judge(),
            learner,
            options.shadowMode(),
            options.store(),
            options.time(),
            events::publish,
            judging.newWorker())
        : null;
  }

  private static StateBlob blob(CacheOptions options, String name) {
    return new StateBlob(stateStore(options), name, options.store().space());
  }

  /** Returns the configured state store, else the store of the entries, else memory. */
  private static StateStore stateStore(CacheOptions options) {
    StateStore configured = options.stateStore();
    if (configured != null) {
      return configured;
    }
    return options.store() instanceof StateStore own
        ? own
        : InMemoryVectorStore.builder(options.store().space()).build();
  }

  void close() {
    asyncExecutor.close();
    coalescer.close();
    if (background != null) {
      background.close();
    }
    if (renewal != null) {
      renewal.close();
    }
    workers.close();
    if (evaluator != null) {
      evaluator.close();
    }
    if (learner != null) {
      learner.close();
    }
    feedback.close();
    if (options.closesStore()) {
      options.store().close();
    }
  }
}
