package io.github.semcache.bench;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Insertion;
import io.github.semcache.store.NearestQuery;
import io.github.semcache.store.VectorStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Made-up entries whose embeddings lie in clusters, as those of prompts do: a cluster's centre is a
 * random direction, and a member adds noise to it. Answers have 800 bytes. The same numbers give
 * the same corpus.
 */
final class Corpus {
  private static final int CLUSTERS = 500;
  private static final double NOISE = 0.6;
  private static final String ANSWER =
      "An answer of a language model. ".repeat(26).substring(0, 800);

  final int size;
  final EmbeddingSpace space;
  private final float[][] centres;

  Corpus(int size, int dimension) {
    this.size = size;
    this.space = new EmbeddingSpace("bench-" + size, dimension);
    Random random = new Random(1);
    centres = new float[CLUSTERS][];
    for (int i = 0; i < CLUSTERS; i++) {
      centres[i] = gaussian(random, dimension, 1);
    }
  }

  private static float[] gaussian(Random random, int dimension, double scale) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) (scale * random.nextGaussian());
    }
    return vector;
  }

  Embedding embedding(int number) {
    Random random = new Random(1_000_003L * number + 17);
    float[] vector = gaussian(random, space.dimension(), NOISE);
    float[] centre = centres[Math.floorMod(number, CLUSTERS)];
    for (int i = 0; i < vector.length; i++) {
      vector[i] += centre[i];
    }
    return Embedding.of(vector);
  }

  /** An embedding near those of the corpus, but none of them. */
  Embedding probe(int number) {
    return embedding(-1 - number);
  }

  Query query(int number) {
    return Query.of(Prompt.of("prompt " + number), Normalizer.none(), Map.of());
  }

  Insertion insertion(int number) {
    Query query = query(number);
    CacheEntry entry =
        new CacheEntry(
            query.key(),
            query.scope().hash(),
            query.text(),
            ANSWER,
            Map.of("model", "bench", "finish_reason", "STOP"),
            Instant.ofEpochMilli(1_700_000_000_000L + number));
    return new Insertion(entry, Optional.of(embedding(number)), Optional.empty());
  }

  NearestQuery nearest(int probe) {
    return new NearestQuery(probe(probe), Scope.none().hash(), 10, Optional.empty());
  }

  /** Fills a store, unless its last entry shows that it was filled before. */
  void fill(VectorStore store) {
    if (store.find(query(size - 1).key()).isPresent()) {
      return;
    }
    List<Insertion> batch = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      batch.add(insertion(i));
      if (batch.size() == 500 || i == size - 1) {
        store.put(batch);
        batch.clear();
      }
    }
  }

  /** The share of probes for which a store's nearest entry is that of an exact scan. */
  double recall(VectorStore store, int probes) {
    Embedding[] all = new Embedding[size];
    for (int i = 0; i < size; i++) {
      all[i] = embedding(i);
    }
    int found = 0;
    for (int p = 0; p < probes; p++) {
      Embedding probe = probe(p);
      int best = 0;
      for (int i = 1; i < size; i++) {
        if (probe.cosineDistance(all[i]) < probe.cosineDistance(all[best])) {
          best = i;
        }
      }
      String nearest = store.nearest(nearest(p)).matches().get(0).entry().key();
      found += nearest.equals(query(best).key()) ? 1 : 0;
    }
    return (double) found / probes;
  }
}
