package io.github.semcache.store;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedding;
import java.time.Instant;
import java.util.Optional;

/**
 * A search for the nearest entries (KNN) in one scope.
 *
 * @param embedding the embedding to search for
 * @param scope the {@linkplain io.github.semcache.prompt.Scope#hash hash} of the scope; entries of
 *     other scopes are not considered
 * @param k the maximum number of entries to return, at least 1
 * @param notBefore the earliest creation time of the entries to consider, in whole milliseconds;
 *     empty considers entries of any age
 */
public record NearestQuery(Embedding embedding, String scope, int k, Optional<Instant> notBefore) {

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if k is less than 1
   */
  public NearestQuery {
    requireNonNull(embedding, "embedding");
    requireNonNull(scope, "scope");
    requireNonNull(notBefore, "notBefore");
    if (k < 1) {
      throw new IllegalArgumentException("k is " + k + "; it must be at least 1");
    }
  }
}
