package io.github.semcache;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.internal.concurrent.AsyncExecutor;
import io.github.semcache.internal.concurrent.TimeLimiter;
import io.github.semcache.internal.learning.CachedScale;
import io.github.semcache.internal.learning.HitEvaluator;
import io.github.semcache.internal.learning.LearnerSync;
import io.github.semcache.internal.learning.PendingReports;
import io.github.semcache.internal.learning.StateBlob;
import io.github.semcache.internal.learning.UserFeedback;
import io.github.semcache.learning.LearningPolicy;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.StateStore;
import org.jspecify.annotations.Nullable;

/**
 * The parts of one cache, created from its options. The learner exists only for a learning policy,
 * and the evaluator only for a judge that a learning policy or shadow mode uses.
 */
record CacheParts(
    CacheOptions options,
    EventPublisher events,
    AsyncExecutor asyncExecutor,
    QueryFactory queries,
    CacheLookup lookup,
    RequestCoalescer coalescer,
    AnswerWriter writer,
    UserFeedback feedback,
    @Nullable LearnerSync learner,
    @Nullable HitEvaluator evaluator,
    @Nullable Hedging hedging,
    TimeLimiter workers) {

  static CacheParts create(CacheOptions options) {
    EventPublisher events = new EventPublisher(options.listener(), options.ticker());
    TimeLimiter workers = new TimeLimiter();
    FailOpen failOpen = new FailOpen(events, options, workers);
    HitPolicy policy = scaled(options, events, failOpen);
    AsyncExecutor async = new AsyncExecutor(options.executor());
    LearnerSync learner = newLearner(options, policy, events, async);
    HitEvaluator evaluator = newEvaluator(options, learner, events);
    ResilientEmbedder embedder = new ResilientEmbedder(options.embedder(), events, failOpen);
    ResilientStore store =
        new ResilientStore(options.store(), options.candidates(), options.time(), events, failOpen);
    PendingReports pending =
        new PendingReports(events::publish, options.ticker(), async.executor());
    CacheLookup lookup =
        new CacheLookup(
            embedder,
            store,
            learner != null ? learner : () -> policy,
            new CandidateVerifier(options.verifier(), events, failOpen),
            options.shadowMode(),
            pending,
            events,
            failOpen);
    @Nullable ChatClient chatClient = options.chatClient();
    QueryFactory queries =
        new QueryFactory(
            options.normalizer(), options.cacheability(), chatClient, options.limits(), failOpen);
    AnswerWriter writer =
        new AnswerWriter(
            queries,
            embedder,
            store,
            options.admission(),
            options.expiry(),
            options.time(),
            options.limits(),
            evaluator,
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
    return new CacheParts(
        options,
        events,
        async,
        queries,
        lookup,
        new RequestCoalescer(lookup, writer, events, async.executor()),
        writer,
        feedback,
        learner,
        evaluator,
        options.hedging() ? new Hedging(lookup, events, async) : null,
        workers);
  }

  private static HitPolicy scaled(
      CacheOptions options, EventPublisher events, FailOpen failOpen) {
    HitPolicy policy = options.hitPolicy();
    return policy instanceof HitPolicy.Scaled scaled
        ? scaled.scaledBy(
            new CachedScale(
                options.embedder(),
                () -> blob(options, "embedding-scale"),
                events::publish,
                options.newCircuitBreaker(1),
                resolve ->
                    failOpen.attempt(
                        Operation.EMBED,
                        () -> {
                          resolve.run();
                          return true;
                        })))
        : policy;
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
