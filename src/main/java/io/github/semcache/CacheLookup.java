package io.github.semcache;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.internal.decision.VerifiedDecision;
import io.github.semcache.internal.entry.Confirmations;
import io.github.semcache.internal.entry.Curation;
import io.github.semcache.internal.entry.DependencyStamp;
import io.github.semcache.internal.entry.ReplyMapper;
import io.github.semcache.internal.entry.SoftExpiry;
import io.github.semcache.internal.learning.DecidedQuery;
import io.github.semcache.internal.learning.PendingReports;
import io.github.semcache.internal.learning.WrongReports;
import io.github.semcache.internal.resilience.CacheabilityCheck;
import io.github.semcache.internal.resilience.FailOpen;
import io.github.semcache.internal.resilience.Operation;
import io.github.semcache.internal.stats.EventPublisher;
import io.github.semcache.internal.stats.UsagePublisher;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import io.github.semcache.verify.Verification;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks up answers in the store: by key, then by distance. */
final class CacheLookup {
  private final CacheabilityCheck cacheability;
  private final ResilientEmbedder embedder;
  private final ResilientStore store;
  private final Supplier<HitPolicy> policy;
  private final CandidateVerifier verifier;
  private final boolean shadowMode;
  private final boolean exactOnly;
  private final Consumer<CacheEntry> onHit;
  private final @Nullable SoftExpiry softExpiry;
  private final PendingReports pending;
  private final BiConsumer<LookupResult.Miss, CacheEntry> onVerified;
  private final @Nullable BackgroundVerifier background;
  private final @Nullable PreviousLookup previous;
  private final UsagePublisher usage;
  private final EventPublisher events;
  private final FailOpen failOpen;

  /**
   * Creates a lookup.
   *
   * @param onHit receives each served entry; must not block
   * @param onVerified receives the entries that an expensive verification accepted for a miss
   * @param background the verifier after a miss; null for none
   * @param previous the lookup in the previous store; null for none
   */
  CacheLookup(
      CacheabilityCheck cacheability,
      ResilientEmbedder embedder,
      ResilientStore store,
      Supplier<HitPolicy> policy,
      CandidateVerifier verifier,
      boolean shadowMode,
      boolean exactOnly,
      Consumer<CacheEntry> onHit,
      @Nullable SoftExpiry softExpiry,
      PendingReports pending,
      BiConsumer<LookupResult.Miss, CacheEntry> onVerified,
      @Nullable BackgroundVerifier background,
      @Nullable PreviousLookup previous,
      UsagePublisher usage,
      EventPublisher events,
      FailOpen failOpen) {
    this.cacheability = cacheability;
    this.embedder = embedder;
    this.store = store;
    this.policy = policy;
    this.verifier = verifier;
    this.shadowMode = shadowMode;
    this.exactOnly = exactOnly;
    this.onHit = onHit;
    this.softExpiry = softExpiry;
    this.pending = pending;
    this.onVerified = onVerified;
    this.background = background;
    this.previous = previous;
    this.usage = usage;
    this.events = events;
    this.failOpen = failOpen;
  }

  /**
   * Looks up the entry of the same normalized text and scope. Computes no embedding. After a miss,
   * the request bypasses the cache if its answer must not be cached, or if that cannot be decided.
   */
  LookupResult exact(CacheRequest request) {
    return exact(request, store::tryFind, miss -> previous == null ? miss : previous.exact(miss));
  }

  /**
   * Looks up the entry as {@link #exact(CacheRequest)} does.
   *
   * @param find returns the entry of a query; empty if the store fails
   * @param findPrevious looks up the entry in the previous store after a miss
   */
  LookupResult exact(
      CacheRequest request,
      Function<Query, Optional<ResilientStore.Found>> find,
      Function<LookupResult.Miss, LookupResult> findPrevious) {
    return withinDeadline(
        LookupResult.Miss.of(request),
        miss -> find(miss, find).orElse(findPrevious).orElse(this::checkCacheability));
  }

  private LookupResult checkCacheability(LookupResult.Miss miss) {
    return miss.request().writes() && !miss.shadowHit()
        ? cacheability.tryBypassReason(miss.request().prompt()).map(miss::bypassing).orElse(miss)
        : miss;
  }

  /** Looks up the entry of the same text and scope in this store only. */
  LookupResult exact(LookupResult.Miss miss) {
    return exact(miss, store::tryFind);
  }

  /**
   * Looks up the entry of the same text and scope in this store only.
   *
   * @param find returns the entry of a query; empty if the store fails
   */
  LookupResult exact(LookupResult.Miss miss, Function<Query, Optional<ResilientStore.Found>> find) {
    return withinDeadline(miss, attempt -> find(attempt, find));
  }

  /**
   * Looks up the entry of the same text and scope again, after a miss, and tries to acquire the
   * lease of its key in the same round trip.
   *
   * @param duration the duration of the lease
   */
  LookupResult claim(LookupResult.Miss miss, Duration duration) {
    return withinDeadline(
        miss,
        attempt ->
            find(attempt, query -> store.tryClaim(query, attempt.waiting().known(), duration)));
  }

  /** Runs a step of the lookup until the deadline of the request, and contains its errors. */
  private LookupResult withinDeadline(
      LookupResult.Miss miss, Function<LookupResult.Miss, LookupResult> step) {
    return miss.request()
        .limits()
        .run(() -> failOpen.contain(CacheEvent.Part.STORE, () -> step.apply(miss)))
        .orElseGet(miss::withStoreFailure)
        .checkDeadline();
  }

  private LookupResult find(
      LookupResult.Miss miss, Function<Query, Optional<ResilientStore.Found>> lookup) {
    pending.retryIfDue();
    CacheRequest request = miss.request();
    if (miss.storeFailed() || request.limits().isExpired()) {
      return miss;
    }
    if (!request.reads()) {
      return request.writes() ? miss.withVersions(store.tryVersions(request.query())) : miss;
    }
    Optional<ResilientStore.Found> found = lookup.apply(request.query());
    if (found.isEmpty()) {
      return miss.withStoreFailure();
    }
    LookupResult.Miss looked = miss.withFound(found.get());
    LookupResult.Miss next =
        found.get().entry().filter(entry -> !Confirmations.permit(entry, request.query())).isEmpty()
            ? looked
            : looked.withReason(MissReason.UNCONFIRMED);
    return found
        .get()
        .entry()
        .filter(entry -> isServable(request.query(), entry))
        .map(entry -> serve(next, entry, Answer.Source.EXACT, 0, Optional.empty()))
        .orElse(next);
  }

  /** Returns whether the entry is confirmed, and users did not report it as wrong for the query. */
  private boolean isServable(Query query, CacheEntry entry) {
    return Confirmations.permit(entry, query)
        && !WrongReports.isReported(entry, query)
        && pending.permit(query, entry);
  }

  /**
   * Looks up the nearest entries in the same scope and lets the policy and the verifier decide on
   * them.
   */
  LookupResult semantic(LookupResult.Miss miss) {
    Optional<LookupResult.Miss> uncompared = uncompared(miss);
    if (uncompared.isPresent()) {
      return uncompared.get().checkDeadline();
    }
    Query query = miss.request().query();
    return usage.skips(query)
        ? miss.skipped()
        : usage.measured(
            query,
            () -> compare(miss).orElse(this::comparePrevious),
            LookupResult.Hit.class::isInstance,
            LookupResult::isFailed);
  }

  /** Compares a prompt with the entries of this store, if prompts are compared. */
  LookupResult compare(LookupResult.Miss miss) {
    return isCompared(miss) ? withinDeadline(miss, this::search) : miss;
  }

  private LookupResult comparePrevious(LookupResult.Miss miss) {
    return previous == null ? miss : previous.semantic(miss);
  }

  /** Returns the result of a miss that is not followed by a semantic lookup; empty if it is. */
  private Optional<LookupResult.Miss> uncompared(LookupResult.Miss miss) {
    CacheRequest request = miss.request();
    if (!request.reads() || miss.storeFailed() || miss.shadowHit()) {
      return Optional.of(miss);
    }
    if (exactOnly) {
      return Optional.of(isUnconfirmed(miss) ? miss : miss.withReason(MissReason.EXACT_ONLY));
    }
    return request.limits().isExpired()
        ? Optional.of(miss.withReason(MissReason.DEADLINE))
        : Optional.empty();
  }

  /** Returns whether a miss is followed by a semantic lookup. */
  boolean isCompared(LookupResult.Miss miss) {
    return uncompared(miss).isEmpty();
  }

  private LookupResult search(LookupResult.Miss miss) {
    CacheRequest request = miss.request();
    if (miss.embedding().isPresent()) {
      return search(miss, miss.embedding().get());
    }
    Optional<Boolean> readable = embedder.tryRead(request.query().text());
    if (readable.isPresent() && !readable.get()) {
      return miss.unreadable();
    }
    Optional<Embedding> embedding =
        readable.isPresent() ? embedder.tryEmbed(request) : Optional.empty();
    LookupResult.Miss embedded = miss.withEmbedding(embedding);
    return embedding.isPresent() ? search(embedded, embedding.get()) : embedded;
  }

  private LookupResult search(LookupResult.Miss embedded, Embedding embedding) {
    CacheRequest request = embedded.request();
    if (request.limits().isExpired()) {
      return embedded.withReason(MissReason.DEADLINE);
    }
    AtomicBoolean withheld = new AtomicBoolean(isUnconfirmed(embedded));
    Optional<List<Match>> matches =
        store.tryNearest(
            request.query(),
            embedding,
            found -> {
              List<Match> remaining = servable(embedded, found);
              withheld.compareAndSet(false, isWithheld(request.query(), found, remaining));
              return remaining;
            });
    return matches
        .map(nearest -> decide(embedded, nearest, withheld.get()))
        .orElseGet(embedded::withStoreFailure);
  }

  /** Returns whether no match remains, and matches were removed because they are not confirmed. */
  private static boolean isWithheld(Query query, List<Match> found, List<Match> remaining) {
    return remaining.isEmpty()
        && found.stream().anyMatch(match -> !Confirmations.permit(match.entry(), query));
  }

  private static boolean isUnconfirmed(LookupResult.Miss miss) {
    return miss.reason().equals(MissReason.UNCONFIRMED);
  }

  /**
   * Decides on matches.
   *
   * @param isWithheld whether matches were removed because they are not confirmed
   */
  private LookupResult decide(LookupResult.Miss miss, List<Match> matches, boolean isWithheld) {
    LookupResult decided = decide(miss, matches);
    return isWithheld
            && decided instanceof LookupResult.Miss missed
            && missed.reason().equals(MissReason.NO_NEIGHBOR)
        ? missed.withReason(MissReason.UNCONFIRMED)
        : decided;
  }

  /** Decides on the nearest entries of a query in this store. */
  LookupResult compare(LookupResult.Miss embedded, List<Match> found) {
    return withinDeadline(
        embedded,
        miss -> {
          List<Match> remaining = servable(miss, found);
          return decide(
              miss,
              remaining,
              isUnconfirmed(miss) || isWithheld(miss.request().query(), found, remaining));
        });
  }

  /**
   * Returns the nearest entries that the policy and the verifier accept one by one, nearest first,
   * without the entries with some keys.
   */
  List<CandidateVerifier.Accepted> accepted(
      LookupResult.Miss embedded, Set<String> exceptKeys, int limit) {
    Query query = embedded.request().query();
    return embedded
        .embedding()
        .flatMap(
            embedding ->
                store.tryNearest(
                    query,
                    embedding,
                    limit + exceptKeys.size(),
                    found -> servable(embedded, found)))
        .map(found -> found.stream().filter(match -> !exceptKeys.contains(match.entry().key())))
        .map(others -> accepted(query, others.toList(), limit))
        .orElse(List.of());
  }

  private List<CandidateVerifier.Accepted> accepted(Query query, List<Match> matches, int limit) {
    return verifier.accepted(query, matches, found -> decide(query, found), limit);
  }

  /** Removes the matches that must not be served. */
  List<Match> servable(LookupResult.Miss miss, List<Match> found) {
    return servable(miss.request().query(), miss.versions().orElse(""), found);
  }

  /**
   * Removes the matches that are not confirmed, those that users reported as wrong for the query,
   * those whose dependencies have changed, and those whose labels do not meet the filter of the
   * query.
   *
   * @param versions the current versions of the query's dependencies
   */
  private List<Match> servable(Query query, String versions, List<Match> matches) {
    List<Match> current =
        query.scope().dependencies().isEmpty() && query.labelFilter().isEmpty()
            ? matches
            : matches.stream()
                .filter(match -> isCurrent(query, versions, match.entry()))
                .filter(match -> query.acceptsLabels(match.entry().labels()))
                .toList();
    List<Match> confirmed = Confirmations.permitted(query, current);
    return pending.servable(query, WrongReports.servable(query, confirmed));
  }

  private static boolean isCurrent(Query query, String versions, CacheEntry entry) {
    return query.scope().dependencies().isEmpty() || DependencyStamp.matches(entry, versions);
  }

  private LookupResult decide(LookupResult.Miss miss, List<Match> matches) {
    Query query = miss.request().query();
    VerifiedDecision verified = verify(query, matches);
    Decision decision = verified.decision();
    LookupResult.Miss decided =
        miss.withDecision(
            new DecidedQuery(query, matches, decision),
            distanceOfNearest(matches),
            verified.verification());
    if (background != null && !shadowMode) {
      verified.unsure().ifPresent(match -> background.schedule(decided, match));
    }
    if (decision instanceof Decision.Miss refused) {
      return decided.withReason(refused.reason());
    }
    if (decision instanceof Decision.Audit audit) {
      return miss.request().callsModel() && !shadowMode
          ? decided.withReason(MissReason.AUDIT)
          : serve(decided, audit.match());
    }
    return serve(decided, ((Decision.Hit) decision).match());
  }

  /** Decides on the curated matches, and on the others if none of these is served. */
  private VerifiedDecision verify(Query query, List<Match> matches) {
    List<Match> curated = Curation.curated(matches);
    if (curated.isEmpty() || curated.size() == matches.size()) {
      return verifier.decide(query, matches, candidates -> decide(query, candidates));
    }
    VerifiedDecision first =
        verifier.decide(query, curated, candidates -> decide(query, candidates));
    if (VerifiedDecision.chosen(first.decision()).isPresent()) {
      return first;
    }
    VerifiedDecision second =
        verifier.decide(query, without(curated, matches), candidates -> decide(query, candidates));
    return isFirst(first.decision(), second.decision(), curated, matches) ? first : second;
  }

  private static List<Match> without(List<Match> curated, List<Match> matches) {
    return matches.stream().filter(match -> !curated.contains(match)).toList();
  }

  /**
   * Returns whether the decision on the curated matches is the result: if it is a hit, or if both
   * decisions are misses and the nearest match is curated.
   */
  private static boolean isFirst(
      Decision first, Decision second, List<Match> curated, List<Match> matches) {
    return VerifiedDecision.chosen(first).isPresent()
        || (VerifiedDecision.chosen(second).isEmpty() && curated.contains(matches.get(0)));
  }

  private Decision decide(Query query, List<Match> matches) {
    return failOpen
        .attempt(
            Operation.DECIDE,
            () -> VerifiedDecision.checked(policy.get().decide(query, matches), matches))
        .orElse(Decision.miss(MissReason.POLICY_ERROR));
  }

  private static OptionalDouble distanceOfNearest(List<Match> matches) {
    return matches.stream().mapToDouble(Match::distance).findFirst();
  }

  private LookupResult serve(LookupResult.Miss miss, Match match) {
    LookupResult result =
        serve(miss, match.entry(), Answer.Source.SEMANTIC, match.distance(), miss.verification());
    if (!shadowMode && miss.verification().filter(CacheLookup::hasModelCall).isPresent()) {
      onVerified.accept(miss, match.entry());
    }
    return result;
  }

  /** Returns whether a verification is too expensive to be repeated for the same prompt. */
  private static boolean hasModelCall(Verification verification) {
    return verification.cost().modelCalls() > 0;
  }

  /** Returns a hit, or a miss in shadow mode. */
  LookupResult serve(
      LookupResult.Miss miss,
      CacheEntry entry,
      Answer.Source source,
      double distance,
      Optional<Verification> verification) {
    if (shadowMode) {
      if (!miss.shadowHit()) {
        events.publish(
            new CacheEvent.ShadowHit(tierOf(source), distance, ReplyMapper.replyOf(entry).usage()));
      }
      return miss.withShadowHit();
    }
    Duration age = store.ageOf(entry);
    boolean isStale = softExpiry != null && softExpiry.isStale(age) && !Curation.isCurated(entry);
    Answer answer =
        Answer.ofEntry(miss.request().query(), entry, source, distance, verification, age, isStale);
    LookupResult.Hit hit = new LookupResult.Hit(answer, entry, miss);
    if (!miss.isCounted()) {
      count(hit);
    }
    onHit.accept(entry);
    return hit;
  }

  /** Counts a hit of a lookup that did not count it. */
  void count(LookupResult.Hit hit) {
    Answer answer = hit.answer();
    events.publish(
        new CacheEvent.Hit(
            tierOf(answer.source()), answer.distance().orElse(0), answer.age(), answer.usage()));
    usage.onHit(answer.query(), answer.reply(), ReplyMapper.modelTimeOf(hit.entry()));
    if (answer.isStale()) {
      events.publish(new CacheEvent.StaleHit(answer.age()));
    }
  }

  private static CacheEvent.Tier tierOf(Answer.Source source) {
    return source == Answer.Source.EXACT ? CacheEvent.Tier.EXACT : CacheEvent.Tier.SEMANTIC;
  }

  /**
   * Returns whether the policy and the verifier accept a match whose answer is not known yet.
   *
   * @param match the match, with an empty answer
   */
  boolean accepts(LookupResult.Miss miss, Match match) {
    Query query = miss.request().query();
    return miss.request()
        .limits()
        .run(
            () ->
                failOpen.contain(
                    CacheEvent.Part.POLICY,
                    () ->
                        verifier
                                .decide(
                                    query, List.of(match), candidates -> decide(query, candidates))
                                .decision()
                            instanceof Decision.Hit))
        .orElse(false);
  }

  /** Counts a miss, unless it was counted before. */
  LookupResult.Miss count(LookupResult.Miss miss) {
    if (!miss.isCounted()) {
      events.publish(miss.toEvent());
    }
    return miss.counted();
  }

  /** Returns the nearest entries and the decisions on them. Failures are thrown. */
  Explanation explain(Prompt prompt, Query query) {
    Optional<MissReason> bypassed =
        failOpen
            .require(Operation.CLASSIFY, () -> cacheability.bypassReason(prompt))
            .or(() -> exactOnly ? Optional.of(MissReason.EXACT_ONLY) : Optional.empty());
    Optional<Embedding> embedding =
        bypassed.isPresent() ? Optional.empty() : embedder.requireIfReadable(query);
    ResilientStore.Found found = failOpen.require(Operation.FIND, () -> store.find(query));
    Optional<CacheEntry> exact =
        found.entry().isPresent() || previous == null ? found.entry() : previous.find(query);
    if (embedding.isEmpty()) {
      return new Explanation(
          exact, List.of(), Decision.miss(bypassed.orElse(MissReason.UNREADABLE)));
    }
    List<Match> candidates = nearest(query, embedding.get(), found.versions());
    CandidateVerifier.Explained explained = explain(query, candidates);
    return new Explanation(exact, explained.candidates(), explained.decision());
  }

  /** Explains the decisions on curated matches and on the others, as {@link #verify} makes them. */
  private CandidateVerifier.Explained explain(Query query, List<Match> matches) {
    List<Match> curated = Curation.curated(matches);
    if (curated.isEmpty() || curated.size() == matches.size()) {
      return verifier.explain(query, matches, policy.get());
    }
    CandidateVerifier.Explained first = verifier.explain(query, curated, policy.get());
    CandidateVerifier.Explained second =
        verifier.explain(query, without(curated, matches), policy.get());
    return new CandidateVerifier.Explained(
        Stream.concat(first.candidates().stream(), second.candidates().stream())
            .sorted(Comparator.comparing(candidate -> matches.indexOf(candidate.match())))
            .toList(),
        isFirst(first.decision(), second.decision(), curated, matches)
            ? first.decision()
            : second.decision());
  }

  /**
   * Returns the keys of other entries, in the store and in the previous one, that may be served for
   * a query. Failures are thrown.
   */
  Set<String> duplicates(Prompt prompt, Query query) {
    Set<String> keys = new LinkedHashSet<>(duplicatesInStore(prompt, query));
    if (previous != null) {
      keys.addAll(previous.duplicates(prompt, query));
    }
    return keys;
  }

  private List<String> duplicatesInStore(Prompt prompt, Query query) {
    return explain(prompt, query).candidates().stream()
        .filter(candidate -> VerifiedDecision.chosen(candidate.decision()).isPresent())
        .filter(candidate -> !verifier.verifies() || candidate.verification().isPresent())
        .map(candidate -> candidate.match().entry().key())
        .filter(key -> !key.equals(query.key()))
        .toList();
  }

  /** Returns the candidates of the policy. Failures are thrown. */
  private List<Match> nearest(Query query, Embedding embedding, String versions) {
    return failOpen.require(
        Operation.SEARCH,
        () -> store.nearest(query, embedding, matches -> servable(query, versions, matches)));
  }

  /**
   * Returns more entries than the policy receives, including reported ones. Failures are thrown.
   */
  List<Match> nearestForReport(Query query) {
    return exactOnly
        ? List.of()
        : store.manyNearest(query.withoutLabelFilter(), embedder.embed(query));
  }
}
