package io.github.semcache.internal.verify;

import java.util.Map;

/**
 * Weights of words: how often two prompts that differ in a word have different answers, and how
 * rare the word is. Immutable and thread-safe.
 */
public final class WordWeights {
  private static final float[] UNKNOWN_WORD = {0.6f, 1};
  private static final float[] UNKNOWN_CLASS = {1, 1};

  private final Map<String, float[]> weights;

  /**
   * Creates weights.
   *
   * @param weights the log odds of different answers, and the rarity in [0, 1], of each word
   */
  public WordWeights(Map<String, float[]> weights) {
    this.weights = Map.copyOf(weights);
  }

  Map<String, float[]> weights() {
    return weights;
  }

  /**
   * Returns the weights of a word that is not listed.
   *
   * @param word the word, or a class of words that starts with an asterisk
   * @return the log odds and the rarity
   */
  public static float[] unknown(String word) {
    return (word.startsWith("*") ? UNKNOWN_CLASS : UNKNOWN_WORD).clone();
  }

  private float[] get(String word) {
    float[] found = weights.get(word);
    return found != null ? found : word.startsWith("*") ? UNKNOWN_CLASS : UNKNOWN_WORD;
  }

  /** Returns the log odds of different answers. */
  double odds(String word) {
    return get(word)[0];
  }

  /** Returns the rarity, in [0, 1]. */
  double rarity(String word) {
    return get(word)[1];
  }
}
