package io.github.semcache;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.policy.Decision;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Query;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import java.util.List;
import java.util.Optional;

/** Answers requests from what is kept: by the same text, then by a near one. */
final class CacheLookup {
  private final ResilientEmbedder embeddings;
  private final ResilientStore entries;
  private final HitPolicy policy;
  private final Learning learning;
  private final EventPublisher events;
  private final FailOpen fence;

  CacheLookup(
      ResilientEmbedder embeddings,
      ResilientStore entries,
      HitPolicy policy,
      Learning learning,
      EventPublisher events,
      FailOpen fence) {
    this.embeddings = embeddings;
    this.entries = entries;
    this.policy = policy;
    this.learning = learning;
    this.events = events;
    this.fence = fence;
  }

  /** The answer of either tier. */
  Optional<Answer> find(CacheRequest request) {
    return exact(request).or(() -> semantic(request));
  }

  /** The answer kept for the same normalized text in the same scope. Makes no embedding. */
  Optional<Answer> exact(CacheRequest request) {
    if (!request.reads()) {
      return Optional.empty();
    }
    return entries
        .find(request)
        .filter(entry -> !learning.hides(request, entry, CacheEvent.Tier.EXACT, 0))
        .map(entry -> hit(request, entry, Answer.Source.EXACT, 0));
  }

  /** The answer that the policy chooses among those kept for near texts in the same scope. */
  Optional<Answer> semantic(CacheRequest request) {
    if (!request.reads() || request.storeFailed() || request.isHidden()) {
      return Optional.empty();
    }
    Optional<Embedding> embedding = embeddings.embed(request);
    if (embedding.isEmpty()) {
      request.misses(MissReason.EMBEDDER_ERROR);
      return Optional.empty();
    }
    return entries
        .nearest(request, embedding.get(), matches -> learning.allowed(request.query, matches))
        .flatMap(matches -> decide(request, matches))
        .map(match -> hit(request, match.entry(), Answer.Source.SEMANTIC, match.distance()));
  }

  private Optional<Match> decide(CacheRequest request, List<Match> matches) {
    matches.stream().findFirst().ifPresent(nearest -> request.nearestIs(nearest.distance()));
    Decision decision =
        fence
            .attempt(Operation.DECIDE, () -> policy.decide(request.query, matches))
            .orElse(Decision.miss(MissReason.POLICY_ERROR));
    request.decided(matches, decision);
    if (decision instanceof Decision.Miss miss) {
      request.misses(miss.reason());
      return Optional.empty();
    }
    return served(request, decision);
  }

  /** The match of a hit, unless it is put to the test or the cache is in shadow mode. */
  private Optional<Match> served(CacheRequest request, Decision decision) {
    boolean audited = decision instanceof Decision.Audit && request.asksModel();
    Match match =
        decision instanceof Decision.Audit audit
            ? audit.match()
            : ((Decision.Hit) decision).match();
    if (learning.hides(request, match.entry(), CacheEvent.Tier.SEMANTIC, match.distance())) {
      return Optional.empty();
    }
    if (audited) {
      request.misses(MissReason.AUDIT);
    }
    return audited ? Optional.empty() : Optional.of(match);
  }

  private Answer hit(
      CacheRequest request, CacheEntry entry, Answer.Source source, double distance) {
    Answer answer = Answer.ofEntry(request.query, entry, source, distance, entries.ageOf(entry));
    CacheEvent.Tier tier =
        source == Answer.Source.EXACT ? CacheEvent.Tier.EXACT : CacheEvent.Tier.SEMANTIC;
    if (request.counts()) {
      events.publish(new CacheEvent.Hit(tier, distance, answer.age(), answer.usage()));
    }
    return answer;
  }

  /** Counts a request that is not answered from the cache; false if it was counted before. */
  boolean missed(CacheRequest request) {
    boolean first = request.counts();
    if (first) {
      events.publish(request.miss());
    }
    return first;
  }

  /** What is kept near a query, and what the policy says of it. Trouble is thrown. */
  Explanation explain(Query query) {
    List<Match> matches = nearestAllowed(query);
    return new Explanation(
        entries.find(query),
        matches.stream()
            .map(match -> new Explanation.Candidate(match, policy.decide(query, List.of(match))))
            .toList(),
        policy.decide(query, matches));
  }

  /** The nearest entries that people have not ruled out. Trouble is thrown. */
  List<Match> nearestAllowed(Query query) {
    return entries.nearest(
        query, embeddings.embed(query.text()), matches -> learning.allowed(query, matches));
  }
}
