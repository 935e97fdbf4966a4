package io.github.semcache.testing;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.NearestQuery;
import io.github.semcache.store.NewEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Entries, insertions and queries for tests of stores. */
public final class Entries {
  private Entries() {}

  public static CacheEntry entry(Scope scope, String prompt, String answer, Instant createdAt) {
    Query query = Query.of(Prompt.of(prompt).scope(scope), Normalizer.none(), Map.of());
    return new CacheEntry(
        query.key(), scope.hash(), query.text(), answer, Map.of("model", "test-model"), createdAt);
  }

  public static NewEntry forEver(CacheEntry entry, Embedding embedding) {
    return new NewEntry(entry, Optional.of(embedding), Optional.empty());
  }

  public static NewEntry expiring(CacheEntry entry, Embedding embedding, Duration timeToLive) {
    return new NewEntry(entry, Optional.of(embedding), Optional.of(timeToLive));
  }

  public static NearestQuery nearest(Scope scope, Embedding embedding, int k) {
    return new NearestQuery(embedding, scope.hash(), k, Optional.empty());
  }

  /** A unit vector at an angle to the first axis, in the plane of the first two axes. */
  public static Embedding atAngle(int dimension, double degrees) {
    float[] components = new float[dimension];
    components[0] = (float) Math.cos(Math.toRadians(degrees));
    components[1] = (float) Math.sin(Math.toRadians(degrees));
    return Embedding.of(components);
  }

  /** A vector of a random direction. */
  public static Embedding random(int dimension, Random random) {
    float[] components = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      components[i] = (float) random.nextGaussian();
    }
    return Embedding.of(components);
  }
}
