package io.github.semcache;

import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.internal.concurrent.AsyncExecutor;
import io.github.semcache.internal.concurrent.MatchingDelay;
import io.github.semcache.internal.concurrent.TimeLimiter;
import io.github.semcache.internal.decision.VerifiedDecision;
import io.github.semcache.internal.entry.Confirmations;
import io.github.semcache.internal.entry.CurrentSettings;
import io.github.semcache.internal.entry.NoEmbedder;
import io.github.semcache.internal.entry.SoftExpiry;
import io.github.semcache.internal.entry.TimeToLiveRenewal;
import io.github.semcache.internal.learning.CachedScale;
import io.github.semcache.internal.learning.ConfirmationRecorder;
import io.github.semcache.internal.learning.HitEvaluator;
import io.github.semcache.internal.learning.LearnerSync;
import io.github.semcache.internal.learning.PendingReports;
import io.github.semcache.internal.learning.StateBlob;
import io.github.semcache.internal.learning.UserFeedback;
import io.github.semcache.internal.migration.BackgroundCopier;
import io.github.semcache.internal.migration.EntryCopier;
import io.github.semcache.internal.migration.FailedRemovals;
import io.github.semcache.internal.migration.MigrationState;
import io.github.semcache.internal.migration.TransitionStore;
import io.github.semcache.internal.resilience.CacheabilityCheck;
import io.github.semcache.internal.resilience.FailOpen;
import io.github.semcache.internal.resilience.Operation;
import io.github.semcache.internal.stats.AutomaticBypass;
import io.github.semcache.internal.stats.EventPublisher;
import io.github.semcache.internal.stats.UsagePublisher;
import io.github.semcache.learning.LearningPolicy;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Query;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.Match;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.verify.PairVerifier;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The parts of one cache, created from its options. The learner exists only for a learning policy,
 * and the evaluator only for a judge that a learning policy or shadow mode uses.
 *
 * @param previous the parts for the previous store; null for none
 * @param changedStore the store for changes that users make; includes the previous store
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
    @Nullable ConfirmationRecorder confirmations,
    @Nullable TimeToLiveRenewal renewal,
    @Nullable BackgroundVerifier background,
    @Nullable Hedging hedging,
    @Nullable Refresher refresher,
    @Nullable PreviousParts previous,
    VectorStore changedStore,
    TimeLimiter workers,
    MatchingDelay modelCalls) {
  /** The number of nearest entries among which unconfirmed ones are searched. */
  private static final int PENDING_SEARCH = 50;

  /** The maximum time of saving the state while the cache is closed. */
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  /**
   * The parts for the store that the store of the cache replaces.
   *
   * @param lookup looks up answers in it
   * @param copier copies the entries that are served
   * @param removals the entries that could not be removed after they were replaced
   */
  record PreviousParts(PreviousLookup lookup, BackgroundCopier copier, FailedRemovals removals) {}

  /**
   * What the creation of all parts uses.
   *
   * @param failOpen contains the failures of the parts
   */
  private record Context(
      CacheOptions options,
      EventPublisher events,
      AsyncExecutor async,
      TimeLimiter workers,
      FailOpen failOpen) {

    static Context of(CacheOptions options) {
      EventPublisher events = new EventPublisher(options.listener(), options.ticker());
      TimeLimiter workers = new TimeLimiter();
      return new Context(
          options,
          events,
          new AsyncExecutor(options.executor()),
          workers,
          new FailOpen(events, options.failOnCacheErrors(), options::settingsOf, workers));
    }

    /** Returns the context in which the failures of the previous store and embedder count. */
    Context ofPrevious(CacheOptions.Previous parts) {
      return new Context(
          options,
          events,
          async,
          workers,
          new FailOpen(
              events,
              options.failOnCacheErrors(),
              operation -> options.previousSettingsOf(operation, parts),
              workers));
    }

    ResilientEmbedder resilient(Embedder embedder) {
      return new ResilientEmbedder(embedder, events, failOpen);
    }

    CandidateVerifier verifier(ResilientEmbedder embedder) {
      return new CandidateVerifier(options.verifier(), embedder, events, failOpen);
    }

    void storeFailed(Throwable failure) {
      events.publish(new CacheEvent.Failed(CacheEvent.Part.STORE, failure));
    }
  }

  static CacheParts create(CacheOptions options) {
    Context context = Context.of(options);
    EventPublisher events = context.events;
    AsyncExecutor async = context.async;
    FailOpen failOpen = context.failOpen;
    HitPolicy policy =
        scaled(
            context,
            options.hitPolicy(),
            options.embedder(),
            () -> blob(options, "embedding-scale"));
    VectorStore changedStore = changedStore(options);
    LearnerSync learner = newLearner(context, policy);
    HitEvaluator evaluator = newEvaluator(context, changedStore, learner);
    ResilientEmbedder embedder = context.resilient(options.embedder());
    ResilientStore store =
        new ResilientStore(options.store(), options.candidates(), options.time(), events, failOpen);
    PendingReports pending =
        new PendingReports(events::publish, options.ticker(), async.background());
    CurrentSettings settings = newSettings(context);
    QueryFactory queries = newQueries(context, settings);
    CacheabilityCheck cacheability = new CacheabilityCheck(options.cacheability(), failOpen);
    TimeToLiveRenewal renewal = newRenewal(options, store);
    UsagePublisher usage = newUsage(context);
    MatchingDelay modelCalls = new MatchingDelay();
    CandidateVerifier verifier = context.verifier(embedder);
    Supplier<HitPolicy> currentPolicy = learner != null ? learner : () -> policy;
    ConfirmationRecorder confirmations = newConfirmations(context, store, verifier, currentPolicy);
    PreviousParts previous = newPrevious(context, cacheability, embedder, pending, usage);
    AnswerWriter writer =
        new AnswerWriter(
            queries,
            embedder,
            store,
            previous == null ? null : previous.lookup(),
            options.admission(),
            cacheability,
            () -> options.expiry().with(settings.get()),
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
            onHit(renewal, previous),
            options.sharing().softExpiry(),
            pending,
            writer::addKey,
            background,
            previous == null ? null : previous.lookup(),
            usage,
            events,
            failOpen);
    UserFeedback feedback =
        new UserFeedback(
            changedStore,
            query -> failOpen.require(Operation.EMBED, () -> lookup.nearestForReport(query)),
            options.candidates(),
            learner,
            options.time(),
            events::publish,
            call -> () -> failOpen.require(Operation.WRITE, call),
            pending);
    RequestCoalescer coalescer =
        new RequestCoalescer(lookup, writer, store, events, async.executor(), options.sharing());
    return new CacheParts(
        options,
        events,
        async,
        settings,
        queries,
        lookup,
        new MultiLookup(
            lookup, embedder, store, usage, previous == null ? null : previous.lookup()),
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
        newRefresher(context, queries, cacheability, store, coalescer),
        previous,
        changedStore,
        context.workers,
        modelCalls);
  }

  private static CurrentSettings newSettings(Context context) {
    CacheOptions options = context.options;
    return new CurrentSettings(
        context.events::publish,
        options
            .sharedSettings()
            .map(
                interval ->
                    new CurrentSettings.Shared(
                        stateStore(options),
                        interval,
                        options.ticker(),
                        context.async.background())));
  }

  private static QueryFactory newQueries(Context context, CurrentSettings settings) {
    CacheOptions options = context.options;
    return new QueryFactory(
        options.normalizer(),
        options.chatClient(),
        options.limits(),
        options.exactOnly() ? OptionalInt.empty() : OptionalInt.of(options.embedder().dimension()),
        settings,
        context.failOpen);
  }

  private static @Nullable TimeToLiveRenewal newRenewal(
      CacheOptions options, ResilientStore store) {
    return options.renewsTimeToLive()
        ? new TimeToLiveRenewal(
            store::tryRenew, !NonBlocking.test(options.store()), options.ticker())
        : null;
  }

  private static UsagePublisher newUsage(Context context) {
    CacheOptions.Usage usage = context.options.usage();
    return new UsagePublisher(
        context.events, usage.tag(), usage.automaticBypass() ? new AutomaticBypass() : null);
  }

  private static @Nullable Refresher newRefresher(
      Context context,
      QueryFactory queries,
      CacheabilityCheck cacheability,
      ResilientStore store,
      RequestCoalescer coalescer) {
    CacheOptions.Sharing sharing = context.options.sharing();
    SoftExpiry softExpiry = sharing.softExpiry();
    return softExpiry == null
        ? null
        : new Refresher(
            queries,
            cacheability,
            store,
            coalescer,
            softExpiry,
            sharing.refreshLease(),
            context.async.background(),
            context.events);
  }

  private static Consumer<CacheEntry> onHit(
      @Nullable TimeToLiveRenewal renewal, @Nullable PreviousParts previous) {
    Consumer<CacheEntry> renewing = renewal == null ? entry -> {} : renewal::onHit;
    return previous == null ? renewing : renewing.andThen(previous.removals()::onHit);
  }

  private static VectorStore changedStore(CacheOptions options) {
    CacheOptions.Previous previous = options.previous();
    return previous == null
        ? options.store()
        : new TransitionStore(previous.store(), options.store());
  }

  private static @Nullable PreviousParts newPrevious(
      Context context,
      CacheabilityCheck cacheability,
      ResilientEmbedder embedder,
      PendingReports pending,
      UsagePublisher usage) {
    CacheOptions options = context.options;
    CacheOptions.Previous parts = options.previous();
    if (parts == null) {
      return null;
    }
    Context old = context.ofPrevious(parts);
    Embedder given = parts.embedder();
    Embedder used = given == null ? new NoEmbedder(parts.store().space()) : given;
    ResilientEmbedder oldEmbedder = old.resilient(used);
    FailedRemovals removals =
        new FailedRemovals(
            parts.store(),
            options.store(),
            !NonBlocking.test(options.store()) || !NonBlocking.test(parts.store()),
            options.ticker(),
            old::storeFailed);
    ResilientStore store =
        new ResilientStore(
            parts.store(),
            options.candidates(),
            options.time(),
            old.events,
            old.failOpen,
            removals::contains);
    BackgroundCopier copier = newCopier(context, parts, embedder);
    HitPolicy policy =
        scaled(
            old,
            parts.policy(),
            used,
            () ->
                new StateBlob(
                    stateStoreOf(parts.store()), "embedding-scale", parts.store().space()));
    CacheLookup lookup =
        new CacheLookup(
            cacheability,
            oldEmbedder,
            store,
            () -> policy,
            old.verifier(oldEmbedder),
            options.shadowMode(),
            given == null,
            lacksEmbeddings(options) ? entry -> {} : copier::onHit,
            options.sharing().softExpiry(),
            pending,
            (miss, entry) -> {}, // The copy of the entry is found by its own key only.
            null,
            null,
            usage,
            old.events,
            old.failOpen);
    MultiLookup batch = new MultiLookup(lookup, oldEmbedder, store, usage, null);
    return new PreviousParts(
        new PreviousLookup(lookup, batch, store, removals, old.failOpen, newWatch(old, parts)),
        copier,
        removals);
  }

  /** Returns null if the store does not store the state of a migration. */
  private static MigrationState.@Nullable Watch newWatch(Context old, CacheOptions.Previous parts) {
    VectorStore store = old.options.store();
    return store instanceof StateStore states
        ? new MigrationState.Watch(
            states,
            parts.store().space(),
            NonBlocking.test(store) ? Runnable::run : old.async.background(),
            old.options.ticker(),
            old::storeFailed)
        : null;
  }

  /**
   * Returns whether a copy would have no embedding, although other caches search the store. Such a
   * copy would never be found by them, and a migration would not replace it.
   */
  private static boolean lacksEmbeddings(CacheOptions options) {
    return options.exactOnly() && !options.store().space().equals(EmbeddingSpace.none());
  }

  private static BackgroundCopier newCopier(
      Context context, CacheOptions.Previous previous, ResilientEmbedder embedder) {
    CacheOptions options = context.options;
    EventPublisher events = context.events;
    boolean blocks =
        !NonBlocking.test(options.store())
            || !NonBlocking.test(previous.store())
            || !(options.exactOnly() || NonBlocking.test(options.embedder()));
    return new BackgroundCopier(
        new EntryCopier(previous.store(), previous.listing(), options.store(), options.time()),
        options.store(),
        text ->
            !options.exactOnly() && embedder.reads(text)
                ? Optional.of(embedder.embed(text))
                : Optional.empty(),
        blocks,
        options.ticker(),
        took -> events.publish(new CacheEvent.Stored(1, 0, took)),
        e ->
            events.publish(
                new CacheEvent.Failed(
                    e instanceof EmbedderException
                        ? CacheEvent.Part.EMBEDDER
                        : CacheEvent.Part.STORE,
                    e)));
  }

  /** Returns the policy, scaled to the embedding model if it has a relative threshold. */
  private static HitPolicy scaled(
      Context context, HitPolicy chosen, Embedder embedder, Supplier<StateBlob> saved) {
    if (!(chosen instanceof HitPolicy.Scaled policy)) {
      return chosen;
    }
    CachedScale scale =
        new CachedScale(
            embedder,
            saved,
            context.events::publish,
            context.options.newCircuitBreaker(1),
            resolve -> runBounded(context.failOpen, resolve));
    // If the measurement takes longer than a lookup may, it ends in the background.
    return context.options.limits().scaleDeadline().run(() -> policy.scaledBy(scale));
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

  private static @Nullable LearnerSync newLearner(Context context, HitPolicy policy) {
    CacheOptions options = context.options;
    return policy instanceof LearningPolicy learning
        ? new LearnerSync(
            learning,
            blob(options, "policy"),
            context.events::publish,
            options.ticker(),
            context.async.background())
        : null;
  }

  private static @Nullable HitEvaluator newEvaluator(
      Context context, VectorStore changedStore, @Nullable LearnerSync learner) {
    CacheOptions options = context.options;
    CacheOptions.Judging judging = options.judging();
    return judging != null && (learner != null || options.shadowMode())
        ? new HitEvaluator(
            judging.judge(),
            learner,
            options.shadowMode(),
            changedStore,
            options.time(),
            context.events::publish,
            judging.newWorker("semcache-judge"))
        : null;
  }

  private static @Nullable ConfirmationRecorder newConfirmations(
      Context context,
      ResilientStore store,
      CandidateVerifier verifier,
      Supplier<HitPolicy> policy) {
    CacheOptions options = context.options;
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
                            .map(found -> pending(query, found, verifier, policy, context.failOpen))
                            .orElse(List.of())),
        options.store(),
        context.events::publish,
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
    return stateStoreOf(options.store());
  }

  private static StateStore stateStoreOf(VectorStore store) {
    return store instanceof StateStore own
        ? own
        : InMemoryVectorStore.builder(store.space()).build();
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
    if (previous != null) {
      previous.copier().close();
      previous.removals().close();
    }
    if (evaluator != null) {
      evaluator.close();
    }
    if (confirmations != null) {
      confirmations.close();
    }
    if (learner != null || feedback.isPending()) {
      saveInTime();
    }
    workers.close();
    if (options.closesStore()) {
      options.store().close();
    }
  }

  /** Saves what was learned, and the reports that could not be stored before. */
  private void saveInTime() {
    try {
      boolean unused =
          workers
              .newBulkhead(UnaryOperator.identity(), Duration.ZERO)
              .call(
                  CLOSE_LIMIT,
                  () -> {
                    if (learner != null) {
                      learner.close();
                    }
                    feedback.close();
                    return true;
                  });
    } catch (TimeoutException e) {
      events.publish(new CacheEvent.Failed(CacheEvent.Part.LEARNING, e));
    }
  }
}
