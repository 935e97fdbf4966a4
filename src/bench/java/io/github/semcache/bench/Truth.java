package io.github.semcache.bench;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.Match;
import io.github.semcache.store.NearestEntries;
import io.github.semcache.store.NearestQuery;
import io.github.semcache.store.VectorStore;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Lookups whose nearest entry is known from an exact scan. */
final class Truth {
  static final int LOOKUPS = 200;

  /** Two distances that differ by less are one: float32 has seven digits. */
  private static final double ROUNDING = 1e-5;

  private final List<NearestQuery> queries;
  private final double[] distances;

  private Truth(List<NearestQuery> queries, VectorStore exact) {
    this.queries = queries;
    this.distances =
        queries.parallelStream().mapToDouble(query -> distance(exact.nearest(query))).toArray();
  }

  /** Other wordings of entries of a scope. */
  static Truth ofRewordings(Corpus corpus, VectorStore exact, int[] numbers, Scope scope) {
    return of(exact, scope, i -> corpus.rewording(numbers[i % numbers.length]));
  }

  /** Other wordings of entries, in a store of one scope. */
  static Truth ofRewordings(Corpus corpus, VectorStore exact) {
    return of(exact, Scope.none(), i -> corpus.rewording(corpus.scattered(i)));
  }

  /** Prompts that the corpus does not have. */
  static Truth ofNewcomers(Corpus corpus, VectorStore exact) {
    return of(exact, Scope.none(), corpus::newcomer);
  }

  private static Truth of(VectorStore exact, Scope scope, IntFunction<Embedding> probes) {
    return new Truth(
        IntStream.range(0, LOOKUPS).mapToObj(i -> Corpus.nearest(probes.apply(i), scope)).toList(),
        exact);
  }

  NearestQuery query(int number) {
    return queries.get(number % queries.size());
  }

  /** The share of lookups that find the nearest entry. */
  double recall(VectorStore store) {
    return recall(store, Corpus.K);
  }

  /** The same for lookups that ask for another number of entries. */
  double recall(VectorStore store, int k) {
    long found =
        IntStream.range(0, queries.size())
            .filter(i -> distance(store.nearest(asking(i, k))) <= distances[i] + ROUNDING)
            .count();
    return (double) found / queries.size();
  }

  NearestQuery asking(int number, int k) {
    NearestQuery query = query(number);
    return new NearestQuery(query.embedding(), query.scope(), k, query.notBefore());
  }

  private static double distance(NearestEntries found) {
    return found.matches().stream().mapToDouble(Match::distance).findFirst().orElse(2);
  }
}
