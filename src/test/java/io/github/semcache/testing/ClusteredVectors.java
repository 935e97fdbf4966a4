package io.github.semcache.testing;

import io.github.semcache.embedding.Embedding;
import java.util.Random;

/**
 * Vectors that lie as embeddings of prompts do: topics, subjects within a topic, and wordings of a
 * subject.
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

  /** A prompt of some subject. */
  public Embedding next() {
    return Embedding.of(near(subjects[random.nextInt(SUBJECTS)], 0.5));
  }

  /** Another wording of a prompt. */
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
