package io.github.semcache;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.internal.concurrent.AsyncExecutor;
import io.github.semcache.internal.concurrent.MatchingDelay;
import io.github.semcache.internal.concurrent.TimeLimiter;
import io.github.semcache.internal.decision.VerifiedDecision;
import io.github.semcache.internal.entry.Confirmations;
import io.github.semcache.internal.entry.SoftExpiry;
import io.github.semcache.internal.entry.TimeToLiveRenewal;
import io.github.semcache.internal.learning.CachedScale;
import io.github.semcache.internal.learning.ConfirmationRecorder;
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
import io.github.semcache.policy.Decision;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.Match;
import io.github.semcache.store.StateStore;
import io.github.semcache.verify.PairVerifier;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;
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
    MultiLookup multiLookup,
    RequestCoalescer coalescer,
    AnswerWriter writer,
    UserFeedback feedback,
    FailOpen failOpen,
    @Nullable LearnerSync learner,
    @Nullable HitEvaluator evaluator,
    @Nullable ConfirmationRecorder confirmations,
    @Nullable TimeToLiveRenewal renewal,
    @Nullable BackgroundVerifier background,
    @Nullable Hedging hedging,
    @Nullable Refresher refresher,
    TimeLimiter workers,
    MatchingDelay modelCalls) {
  /** The number of nearest entries among which unconfirmed ones are searched. */
  private static final int PENDING_SEARCH = 50;

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
    @Nullable ChatClient chatClient = options.chatClient();
    QueryFactory queries =
        new QueryFactory(
            options.normalizer(),
            chatClient,
            options.limits(),
            options.exactOnly()
                ? OptionalInt.empty()
                : OptionalInt.of(options.embedder().dimension()),
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
    CandidateVerifier verifier =
        new CandidateVerifier(options.verifier(), embedder, events, failOpen);
    Supplier<HitPolicy> currentPolicy = learner != null ? learner : () -> policy;
    ConfirmationRecorder confirmations =
        newConfirmations(options, store, verifier, currentPolicy, events, failOpen);
    AnswerWriter writer =
        new AnswerWriter(
            queries,
            embedder,
            store,
            options.admission(),
            cacheability,
            options.expiry(),
            renewal,
            options.time(),
            options.limits(),
            evaluator,
            confirmations,
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
            currentPolicy,
            verifier,
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
        queries,
        lookup,
        new MultiLookup(lookup, embedder, store),
        coalescer,
        writer,
        feedback,
        failOpen,
        learner,
        evaluator,
        confirmations,
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
            judging.newWorker("semcache-judge"))
        : null;
  }

  private static @Nullable ConfirmationRecorder newConfirmations(
      CacheOptions options,
      ResilientStore store,
      CandidateVerifier verifier,
      Supplier<HitPolicy> policy,
      EventPublisher events,
      FailOpen failOpen) {
    int required = options.sharing().confirmations();
    CacheOptions.Judging judging = options.judging();
    if (required == 0 || judging == null) {
      return null;
    }
    return new ConfirmationRecorder(
        required,
        judging.judge(),
        (query, embedding) ->
            options
                .limits()
                .runExplicitCall(
                    () ->
                        store
                            .tryNearest(query, embedding, PENDING_SEARCH, matches -> matches)
                            .map(found -> pending(query, found, verifier, policy, failOpen))
                            .orElse(List.of())),
        options.store(),
        events::publish,
        judging.newWorker("semcache-confirmations"));
  }

  /** Returns the unconfirmed matches that the policy and the verifier accept for a query. */
  private static List<Match> pending(
      Query query,
      List<Match> found,
      CandidateVerifier verifier,
      Supplier<HitPolicy> policy,
      FailOpen failOpen) {
    List<Match> pending =
        found.stream().filter(match -> Confirmations.isPending(match.entry())).toList();
    return verifier
        .accepted(
            query,
            pending,
            candidates ->
                failOpen
                    .attempt(Operation.DECIDE, () -> policy.get().decide(query, candidates))
                    .orElse(Decision.miss(MissReason.POLICY_ERROR)),
            VerifiedDecision.MAX_CANDIDATES)
        .stream()
        .map(CandidateVerifier.Accepted::match)
        .toList();
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
    if (confirmations != null) {
      confirmations.close();
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
