package io.github.semcache.bench;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.Match;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.store.VectorStore.NearestQuery;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Queries with the distance of their nearest entry, which is computed by an exact scan. */
final class GroundTruth {
  static final int QUERIES = 200;

  /** The tolerance for distances of float32 vectors, which have seven significant digits. */
  private static final double TOLERANCE = 1e-5;

  private final List<NearestQuery> queries;
  private final double[] distances;

  private GroundTruth(List<NearestQuery> queries, VectorStore exact) {
    this.queries = queries;
    this.distances =
        queries.parallelStream().mapToDouble(query -> distance(exact.nearest(query))).toArray();
  }

  /** Returns queries with paraphrases of entries in a scope. */
  static GroundTruth ofParaphrases(Corpus corpus, VectorStore exact, int[] numbers, Scope scope) {
    return of(exact, scope, i -> corpus.paraphrase(numbers[i % numbers.length]));
  }

  /** Returns queries with paraphrases of entries in a store with one scope. */
  static GroundTruth ofParaphrases(Corpus corpus, VectorStore exact) {
    return of(exact, Scope.none(), i -> corpus.paraphrase(corpus.scattered(i)));
  }

  /** Returns queries with prompts that are not paraphrases of an entry. */
  static GroundTruth ofNewPrompts(Corpus corpus, VectorStore exact) {
    return of(exact, Scope.none(), corpus::newPrompt);
  }

  private static GroundTruth of(VectorStore exact, Scope scope, IntFunction<Embedding> embeddings) {
    return new GroundTruth(
        IntStream.range(0, QUERIES)
            .mapToObj(i -> Corpus.nearestQuery(embeddings.apply(i), scope))
            .toList(),
        exact);
  }

  NearestQuery query(int number) {
    return queries.get(number % queries.size());
  }

  /** Returns a query with another number of results. */
  NearestQuery query(int number, int k) {
    NearestQuery query = query(number);
    return new NearestQuery(query.embedding(), query.scope(), k, query.notBefore());
  }

  /** Returns the fraction of queries for which a store finds the nearest entry. */
  double recall(VectorStore store) {
    return recall(store, Corpus.K);
  }

  /** Returns the fraction of queries with {@code k} results that find the nearest entry. */
  double recall(VectorStore store, int k) {
    long found =
        IntStream.range(0, queries.size())
            .filter(i -> distance(store.nearest(query(i, k))) <= distances[i] + TOLERANCE)
            .count();
    return (double) found / queries.size();
  }

  private static double distance(NearestEntries found) {
    return found.matches().stream().mapToDouble(Match::distance).findFirst().orElse(2);
  }
}
