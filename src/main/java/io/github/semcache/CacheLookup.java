package io.github.semcache;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.internal.learning.DecidedQuery;
import io.github.semcache.internal.learning.PendingReports;
import io.github.semcache.internal.learning.WrongReports;
import io.github.semcache.policy.Decision;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Query;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Supplier;

/** Looks up answers in the store: by key, then by distance. */
final class CacheLookup {
  private final ResilientEmbedder embedder;
  private final ResilientStore store;
  private final Supplier<HitPolicy> policy;
  private final boolean shadowMode;
  private final PendingReports pending;
  private final EventPublisher events;
  private final FailOpen failOpen;

  CacheLookup(
      ResilientEmbedder embedder,
      ResilientStore store,
      Supplier<HitPolicy> policy,
      boolean shadowMode,
      PendingReports pending,
      EventPublisher events,
      FailOpen failOpen) {
    this.embedder = embedder;
    this.store = store;
    this.policy = policy;
    this.shadowMode = shadowMode;
    this.pending = pending;
    this.events = events;
    this.failOpen = failOpen;
  }

  /** Looks up the entry of the same normalized text and scope. Computes no embedding. */
  LookupResult exact(CacheRequest request) {
    return exact(LookupResult.Miss.of(request));
  }

  /** Looks up the entry of the same text and scope again, after a miss. */
  LookupResult exact(LookupResult.Miss miss) {
    return withinDeadline(miss, this::find);
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

  private LookupResult find(LookupResult.Miss miss) {
    CacheRequest request = miss.request();
    if (!request.reads() || miss.storeFailed() || request.limits().isExpired()) {
      return miss;
    }
    Optional<Optional<CacheEntry>> found = store.tryFind(request.query());
    if (found.isEmpty()) {
      return miss.withStoreFailure();
    }
    return found
        .get()
        .filter(entry -> isServable(request.query(), entry))
        .map(entry -> serve(miss, entry, Answer.Source.EXACT, 0))
        .orElse(miss);
  }

  /** Returns whether users did not report the entry as wrong for the query. */
  private boolean isServable(Query query, CacheEntry entry) {
    return !WrongReports.isReported(entry, query) && pending.permit(query, entry);
  }

  /** Looks up the nearest entries in the same scope and lets the policy decide on them. */
  LookupResult semantic(LookupResult.Miss miss) {
    return withinDeadline(miss, this::search);
  }

  private LookupResult search(LookupResult.Miss miss) {
    CacheRequest request = miss.request();
    if (!request.reads() || miss.storeFailed() || miss.shadowHit()) {
      return miss;
    }
    if (request.limits().isExpired()) {
      return miss.withReason(MissReason.DEADLINE);
    }
    Optional<Embedding> embedding = embedder.tryEmbed(request);
    LookupResult.Miss embedded = miss.withEmbedding(embedding);
    if (embedding.isEmpty()) {
      return embedded;
    }
    if (request.limits().isExpired()) {
      return embedded.withReason(MissReason.DEADLINE);
    }
    Optional<List<Match>> matches =
        store.tryNearest(
            request.query(), embedding.get(), found -> servable(request.query(), found));
    return matches.map(nearest -> decide(embedded, nearest)).orElseGet(embedded::withStoreFailure);
  }

  /** Removes the matches that users reported as wrong for the query. */
  private List<Match> servable(Query query, List<Match> matches) {
    return pending.servable(query, WrongReports.servable(query, matches));
  }

  private LookupResult decide(LookupResult.Miss miss, List<Match> matches) {
    Query query = miss.request().query();
    Decision decision =
        failOpen
            .attempt(Operation.DECIDE, () -> policy.get().decide(query, matches))
            .orElse(Decision.miss(MissReason.POLICY_ERROR));
    LookupResult.Miss decided =
        miss.withDecision(new DecidedQuery(query, matches, decision), distanceOfNearest(matches));
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

  private static OptionalDouble distanceOfNearest(List<Match> matches) {
    return matches.stream().mapToDouble(Match::distance).findFirst();
  }

  private LookupResult serve(LookupResult.Miss miss, Match match) {
    return serve(miss, match.entry(), Answer.Source.SEMANTIC, match.distance());
  }

  /** Returns a hit, or a miss in shadow mode. */
  private LookupResult serve(
      LookupResult.Miss miss, CacheEntry entry, Answer.Source source, double distance) {
    CacheEvent.Tier tier =
        source == Answer.Source.EXACT ? CacheEvent.Tier.EXACT : CacheEvent.Tier.SEMANTIC;
    if (shadowMode) {
      if (!miss.shadowHit()) {
        events.publish(
            new CacheEvent.ShadowHit(tier, distance, ReplyMapper.replyOf(entry).usage()));
      }
      return miss.withShadowHit();
    }
    Answer answer =
        Answer.ofEntry(miss.request().query(), entry, source, distance, store.ageOf(entry));
    if (!miss.isCounted()) {
      events.publish(new CacheEvent.Hit(tier, distance, answer.age(), answer.usage()));
    }
    return new LookupResult.Hit(answer);
  }

  /** Counts a hit of a lookup that did not count it. */
  void count(LookupResult.Hit hit) {
    Answer answer = hit.answer();
    events.publish(
        new CacheEvent.Hit(
            CacheEvent.Tier.SEMANTIC, answer.distance().orElse(0), answer.age(), answer.usage()));
  }

  /** Counts a miss, unless it was counted before. */
  LookupResult.Miss count(LookupResult.Miss miss) {
    if (!miss.isCounted()) {
      events.publish(miss.toEvent());
    }
    return miss.counted();
  }

  /** Returns the nearest entries and the decisions on them. Failures are thrown. */
  Explanation explain(Query query) {
    List<Match> matches = nearest(query);
    HitPolicy current = policy.get();
    return new Explanation(
        store.find(query),
        matches.stream()
            .map(match -> new Explanation.Candidate(match, current.decide(query, List.of(match))))
            .toList(),
        current.decide(query, matches));
  }

  /** Returns the candidates of the policy. Failures are thrown. */
  private List<Match> nearest(Query query) {
    return store.nearest(query, embedder.embed(query.text()), matches -> servable(query, matches));
  }

  /** Returns more entries than the policy receives, including reported entries. Throws failures. */
  List<Match> nearestForReport(Query query) {
    return store.manyNearest(query, embedder.embed(query.text()));
  }
}
