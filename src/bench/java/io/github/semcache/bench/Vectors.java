package io.github.semcache.bench;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Vectors by number.
 *
 * @param corpus the source of clustered vectors; empty for independent ones
 */
record Vectors(int size, int dimension, Optional<Corpus> corpus) {
  private static final double NOISE = 0.5;

  Embedding vector(int number) {
    return corpus.map(each -> each.embedding(number)).orElseGet(() -> independent(number));
  }

  private Embedding independent(int number) {
    return Embedding.of(gaussian(number));
  }

  private float[] gaussian(long seed) {
    SplittableRandom random = new SplittableRandom(seed * 7_919 + 1);
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }

  int target(int i) {
    return (int) Math.floorMod(i * 1_000_003L, (long) size);
  }

  NearestQuery query(int i) {
    Embedding query =
        corpus.map(each -> each.paraphrase(target(i))).orElseGet(() -> nearIndependent(i));
    return Corpus.nearestQuery(query, Scope.none());
  }

  private Embedding nearIndependent(int i) {
    float[] vector = gaussian(target(i));
    float[] noise = gaussian(-1L - i);
    for (int j = 0; j < dimension; j++) {
      vector[j] += (float) (NOISE * noise[j]);
    }
    return Embedding.of(vector);
  }

  NewEntry entry(int number) {
    return entry(number, Scope.none());
  }

  NewEntry entry(int number, Scope scope) {
    CacheEntry entry =
        new CacheEntry(
            "key-" + number,
            scope.hash(),
            "prompt " + number,
            "An answer. ".repeat(70),
            Map.of(),
            Instant.ofEpochMilli(1_700_000_000_000L + number));
    return new NewEntry(entry, Optional.of(vector(number)), Optional.of(Duration.ofDays(1)));
  }
}
