package io.github.semcache;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.internal.concurrent.SingleFlight;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The calls that are calling the model, with the embeddings of their prompts, for callers that ask
 * the same in other words. Thread-safe.
 */
final class SimilarCalls {
  /** Limits the time of a search, which compares with each running call. */
  private static final int MAX_CALLS = 256;

  private final BiPredicate<LookupResult.Miss, Match> accepts;
  private final boolean separatesContributors;
  private final Map<SingleFlight.Call<CacheCall>, Running> running = new ConcurrentHashMap<>();

  private record Running(Query query, Embedding embedding, SingleFlight.Call<CacheCall> call) {}

  private record Candidate(Running running, double distance) {}

  /**
   * Creates an instance without calls.
   *
   * @param accepts whether the policy and the verifier accept a match with an empty answer
   * @param separatesContributors whether only calls of the same contributor are found
   */
  SimilarCalls(BiPredicate<LookupResult.Miss, Match> accepts, boolean separatesContributors) {
    this.accepts = accepts;
    this.separatesContributors = separatesContributors;
  }

  /**
   * Adds a call until its end, unless its embedding is not known, its answer is not stored, or
   * there are too many calls.
   */
  void add(LookupResult.Miss miss, SingleFlight.Call<CacheCall> call) {
    Optional<Embedding> embedding = miss.embedding();
    if (embedding.isEmpty() || !miss.request().writes() || running.size() >= MAX_CALLS) {
      return;
    }
    running.put(call, new Running(miss.request().query(), embedding.get(), call));
    CompletableFuture<?> unused =
        call.end().future().whenComplete((end, failure) -> running.remove(call));
  }

  /**
   * Returns the nearest call in the same scope and with the same filter of labels, if its prompt is
   * accepted.
   *
   * @param owner the calling thread, which must not wait for its own call
   */
  Optional<SingleFlight.Call<CacheCall>> find(LookupResult.Miss miss, @Nullable Thread owner) {
    Optional<Embedding> embedding = miss.embedding();
    if (embedding.isEmpty() || running.isEmpty()) {
      return Optional.empty();
    }
    Query query = miss.request().query();
    return running.values().stream()
        .filter(other -> other.query().scope().hash().equals(query.scope().hash()))
        .filter(other -> other.query().labelFilter().equals(query.labelFilter()))
        .filter(
            other ->
                !separatesContributors || other.query().contributor().equals(query.contributor()))
        .filter(other -> !other.query().key().equals(query.key()) && !other.call().isLedBy(owner))
        .map(other -> new Candidate(other, embedding.get().cosineDistance(other.embedding())))
        .min(Comparator.comparingDouble(Candidate::distance))
        .filter(nearest -> accepts.test(miss, match(nearest)))
        .map(nearest -> nearest.running().call());
  }

  private static Match match(Candidate candidate) {
    Query query = candidate.running().query();
    CacheEntry entry =
        new CacheEntry(
            query.key(), query.scope().hash(), query.text(), "", Map.of(), Instant.EPOCH);
    return new Match(entry, candidate.distance());
  }
}
