package io.github.semcache;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.internal.stats.UsagePublisher;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Looks up several prompts together, and several answers to one prompt. Never calls the model. */
final class MultiLookup {
  private final CacheLookup lookup;
  private final ResilientEmbedder embedder;
  private final ResilientStore store;
  private final UsagePublisher usage;
  private final @Nullable PreviousLookup previous;

  /**
   * Creates a lookup.
   *
   * @param previous the lookup in the previous store; null for none
   */
  MultiLookup(
      CacheLookup lookup,
      ResilientEmbedder embedder,
      ResilientStore store,
      UsagePublisher usage,
      @Nullable PreviousLookup previous) {
    this.lookup = lookup;
    this.embedder = embedder;
    this.store = store;
    this.usage = usage;
    this.previous = previous;
  }

  /**
   * Looks up several requests with one lookup by key, one call of the embedder, and one search; in
   * the previous store as well. All of them end at the latest deadline of the requests; each
   * decision at that of its request.
   */
  List<LookupResult> lookupAll(List<CacheRequest> requests) {
    List<LookupResult> results = untilLatestDeadline(requests, () -> exact(requests));
    List<Integer> indexes = new ArrayList<>();
    List<LookupResult.Miss> compared = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      if (results.get(i) instanceof LookupResult.Miss miss && lookup.isCompared(miss)) {
        if (usage.skips(miss.request().query())) {
          results.set(i, miss.skipped());
        } else {
          indexes.add(i);
          compared.add(miss);
        }
      }
    }
    if (!compared.isEmpty()) {
      List<LookupResult> decided =
          usage.measuredAll(
              compared.stream().map(miss -> miss.request().query()).toList(),
              () -> untilLatestDeadline(requests, () -> semanticInBoth(compared)),
              LookupResult.Hit.class::isInstance,
              LookupResult::isFailed);
      for (int i = 0; i < indexes.size(); i++) {
        results.set(indexes.get(i), decided.get(i));
      }
    }
    return results;
  }

  private static <T> T untilLatestDeadline(List<CacheRequest> requests, Supplier<T> step) {
    return requests.stream()
        .map(CacheRequest::limits)
        .max(Comparator.comparing(MultiLookup::remaining))
        .map(limits -> limits.run(step))
        .orElseGet(step);
  }

  private static Duration remaining(CacheRequest.Limits limits) {
    return limits.lookup().isPresent()
        ? limits.lookup().get().remaining()
        : Duration.ofSeconds(Long.MAX_VALUE);
  }

  private List<LookupResult> exact(List<CacheRequest> requests) {
    List<Query> queries =
        requests.stream().filter(CacheRequest::reads).map(CacheRequest::query).toList();
    Optional<Map<Query, ResilientStore.Found>> found =
        queries.isEmpty() ? Optional.of(Map.of()) : store.tryFindAll(queries);
    Function<Query, Optional<ResilientStore.Found>> find =
        query -> found.map(entries -> entries.get(query));
    Function<LookupResult.Miss, LookupResult> findPrevious =
        previous == null
            ? miss -> miss
            : previous.exactAll(
                requests.stream()
                    .filter(CacheRequest::reads)
                    .filter(request -> isMissing(find.apply(request.query())))
                    .toList());
    return new ArrayList<>(
        requests.stream().map(request -> lookup.exact(request, find, findPrevious)).toList());
  }

  private static boolean isMissing(Optional<ResilientStore.Found> found) {
    return found.flatMap(ResilientStore.Found::entry).isEmpty();
  }

  private List<LookupResult> semanticInBoth(List<LookupResult.Miss> misses) {
    List<LookupResult> results = semantic(misses);
    return previous == null ? results : previous.semanticAll(results);
  }

  /** Compares prompts with the entries of this store. */
  List<LookupResult> semantic(List<LookupResult.Miss> misses) {
    List<LookupResult> results = new ArrayList<>(embed(misses));
    List<LookupResult.Miss> embedded =
        results.stream()
            .map(LookupResult.Miss.class::cast)
            .filter(miss -> miss.embedding().isPresent())
            .toList();
    if (embedded.isEmpty()) {
      return results;
    }
    Optional<List<List<Match>>> found =
        store.tryNearestAll(
            embedded.stream().map(miss -> miss.request().query()).toList(),
            embedded.stream().flatMap(miss -> miss.embedding().stream()).toList());
    int next = 0;
    for (int i = 0; i < results.size(); i++) {
      LookupResult.Miss miss = (LookupResult.Miss) results.get(i);
      if (miss.embedding().isPresent()) {
        int index = next++;
        results.set(
            i,
            found
                .map(matches -> decide(miss, matches.get(index)))
                .orElseGet(() -> miss.withStoreFailure().checkDeadline()));
      }
    }
    return results;
  }

  /** Decides on matches. Searches again, wider, if there may be more and none may be served. */
  private LookupResult decide(LookupResult.Miss miss, List<Match> matches) {
    return store.mayHaveMore(matches) && lookup.servable(miss, matches).isEmpty()
        ? lookup.compare(miss)
        : lookup.compare(miss, matches);
  }

  /** Adds the embeddings, with one call of the embedder. */
  private List<LookupResult.Miss> embed(List<LookupResult.Miss> misses) {
    Map<String, Optional<Boolean>> readable = new HashMap<>();
    for (LookupResult.Miss miss : misses) {
      if (miss.embedding().isEmpty()) {
        readable.computeIfAbsent(textOf(miss), embedder::tryRead);
      }
    }
    List<String> texts =
        readable.entrySet().stream()
            .filter(entry -> entry.getValue().orElse(false))
            .map(Map.Entry::getKey)
            .toList();
    Map<String, Embedding> embeddings = embedder.tryEmbedAll(texts).orElse(Map.of());
    return misses.stream()
        .map(
            miss ->
                miss.embedding().isPresent()
                    ? miss
                    : embedded(
                        miss, readable.getOrDefault(textOf(miss), Optional.empty()), embeddings))
        .toList();
  }

  private static LookupResult.Miss embedded(
      LookupResult.Miss miss, Optional<Boolean> readable, Map<String, Embedding> embeddings) {
    if (readable.isPresent() && !readable.get()) {
      return miss.unreadable();
    }
    LookupResult.Miss embedded =
        miss.withEmbedding(Optional.ofNullable(embeddings.get(textOf(miss))));
    return embedded.withExpiredDeadline();
  }

  private static String textOf(LookupResult.Miss miss) {
    return miss.request().query().text();
  }

  /**
   * Returns the answer that a lookup returns, followed by those of other near entries that the
   * policy and the verifier accept: first of this store, then of the previous one, because
   * distances of different models cannot be compared. Counts one hit or one miss.
   */
  List<Answer> nearest(CacheRequest request, int limit) {
    LookupResult first = lookup.exact(request).orElse(lookup::semantic);
    if (!(first instanceof LookupResult.Hit hit)) {
      lookup.count((LookupResult.Miss) first);
      return List.of();
    }
    List<Answer> answers = new ArrayList<>(List.of(hit.answer()));
    // The hit was counted, so the other answers are not.
    LookupResult.Miss counted = hit.miss().counted();
    if (limit > 1 && lookup.isCompared(counted)) {
      request.limits().run(() -> answers.addAll(others(counted, keysOf(answers), limit - 1)));
    }
    int left = limit - answers.size();
    if (left > 0 && previous != null) {
      PreviousLookup old = previous;
      request.limits().run(() -> answers.addAll(old.others(counted, keysOf(answers), left)));
    }
    return answers;
  }

  private static Set<String> keysOf(List<Answer> answers) {
    return answers.stream()
        .flatMap(answer -> answer.entryId().stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Returns the answers of accepted entries of this store, without the entries with some keys. */
  List<Answer> others(LookupResult.Miss counted, Set<String> exceptKeys, int limit) {
    LookupResult.Miss embedded = embed(List.of(counted)).get(0);
    List<Answer> answers = new ArrayList<>();
    for (CandidateVerifier.Accepted accepted : lookup.accepted(embedded, exceptKeys, limit)) {
      Match match = accepted.match();
      LookupResult served =
          lookup.serve(
              embedded,
              match.entry(),
              Answer.Source.SEMANTIC,
              match.distance(),
              accepted.verification());
      if (served instanceof LookupResult.Hit hit) {
        answers.add(hit.answer());
      }
    }
    return answers;
  }
}
