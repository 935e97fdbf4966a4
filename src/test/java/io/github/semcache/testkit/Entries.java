package io.github.semcache.testkit;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Factories of entries, queries, and embeddings for tests of stores. Thread-safe. */
public final class Entries {
  private Entries() {}

  /**
   * Creates the entry that a cache without a normalizer would write.
   *
   * @param scope the scope of the prompt
   * @param prompt the text of the prompt
   * @param answer the text of the answer
   * @param createdAt the creation time
   * @return an entry with the single attribute {@code model=test-model}
   */
  public static CacheEntry entry(Scope scope, String prompt, String answer, Instant createdAt) {
    Query query = Query.of(Prompt.of(prompt).scope(scope), Normalizer.none(), Map.of());
    return new CacheEntry(
        query.key(), scope.hash(), query.text(), answer, Map.of("model", "test-model"), createdAt);
  }

  /**
   * Creates a write of an entry that does not expire.
   *
   * @param entry the entry
   * @param embedding the embedding of its prompt
   * @return the write
   */
  public static NewEntry withoutExpiry(CacheEntry entry, Embedding embedding) {
    return new NewEntry(entry, Optional.of(embedding), Optional.empty());
  }

  /**
   * Creates a write of an entry that expires.
   *
   * @param entry the entry
   * @param embedding the embedding of its prompt
   * @param timeToLive the time to live
   * @return the write
   */
  public static NewEntry expiring(CacheEntry entry, Embedding embedding, Duration timeToLive) {
    return new NewEntry(entry, Optional.of(embedding), Optional.of(timeToLive));
  }

  /**
   * Creates a search without a limit on the age of the entries.
   *
   * @param scope the scope to search
   * @param embedding the embedding to search for
   * @param k the maximum number of entries
   * @return the search
   */
  public static NearestQuery nearest(Scope scope, Embedding embedding, int k) {
    return new NearestQuery(embedding, scope.hash(), k, Optional.empty());
  }

  /**
   * Creates a unit vector in the plane of the first two axes.
   *
   * @param dimension the dimension, at least 2
   * @param degrees the angle to the first axis
   * @return the vector
   */
  public static Embedding atAngle(int dimension, double degrees) {
    float[] components = new float[dimension];
    components[0] = (float) Math.cos(Math.toRadians(degrees));
    components[1] = (float) Math.sin(Math.toRadians(degrees));
    return Embedding.of(components);
  }

  /**
   * Creates a vector with a uniformly distributed direction.
   *
   * @param dimension the dimension
   * @param random the source of randomness
   * @return the vector; its length is not 1
   */
  public static Embedding random(int dimension, Random random) {
    float[] components = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      components[i] = (float) random.nextGaussian();
    }
    return Embedding.of(components);
  }
}
