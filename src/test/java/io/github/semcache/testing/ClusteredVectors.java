package io.github.semcache.testing;

import io.github.semcache.embedding.Embedding;
import java.util.Random;

/**
 * Random vectors that are clustered like the embeddings of prompts: topics, subjects in a topic,
 * and wordings of a subject. Not thread-safe.
 */
public final class ClusteredVectors {
  private static final int TOPICS = 50;
  private static final int SUBJECTS = 2_000;

  private final int dimension;
  private final Random random;
  private final float[][] subjects = new float[SUBJECTS][];

  public ClusteredVectors(int dimension, Random random) {
    this.dimension = dimension;
    this.random = random;
    float[][] topics = new float[TOPICS][];
    for (int i = 0; i < TOPICS; i++) {
      topics[i] = near(new float[dimension], 1);
    }
    for (int i = 0; i < SUBJECTS; i++) {
      subjects[i] = near(topics[random.nextInt(TOPICS)], 0.8);
    }
  }

  /** Returns the embedding of a prompt on a random subject. */
  public Embedding next() {
    return Embedding.of(near(subjects[random.nextInt(SUBJECTS)], 0.5));
  }

  /** Returns the embedding of a paraphrase of a prompt. */
  public Embedding like(Embedding embedding) {
    return Embedding.of(near(embedding.toArray(), 0.3));
  }

  private float[] near(float[] center, double distance) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = center[i] + (float) (random.nextGaussian() * distance / Math.sqrt(dimension));
    }
    return vector;
  }
}
