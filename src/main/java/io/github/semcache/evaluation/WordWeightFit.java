package io.github.semcache.evaluation;

import io.github.semcache.internal.verify.PairFeatures;
import io.github.semcache.internal.verify.WordWeights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Fits how often a word that only one of two prompts has goes with different answers: a logistic
 * regression with one weight per word, fitted by stochastic gradient descent. The distance and the
 * presence of several unmatched words are inputs as well, so that a word does not get the blame for
 * them.
 */
final class WordWeightFit {
  private static final int EPOCHS = 6;
  private static final int MIN_COUNT = 4;
  private static final double PRIOR = 0.5;
  private static final double PULL = 0.02;
  private static final double STEP = 0.3;

  private final Map<String, Integer> indices = new HashMap<>();
  private final List<int[]> words = new ArrayList<>();
  private final List<FeaturedPair> pairs;
  private int[] counts = new int[1024];
  private double[] weights = {};
  private double bias = -1;
  private double distanceWeight = 8;

  private WordWeightFit(List<FeaturedPair> pairs) {
    this.pairs = pairs;
    for (FeaturedPair pair : pairs) {
      words.add(index(pair.features()));
    }
  }

  /** Returns the log odds of the words that occur often enough. */
  static Map<String, Double> odds(List<FeaturedPair> pairs, long seed) {
    return new WordWeightFit(pairs).fit(new SplittableRandom(seed));
  }

  /** Combines log odds with the rarity of words. */
  static WordWeights combine(Map<String, Double> odds, Map<String, Double> rarity) {
    Map<String, float[]> combined = new HashMap<>();
    Set<String> keys = new LinkedHashSet<>(odds.keySet());
    keys.addAll(rarity.keySet());
    for (String key : keys) {
      float[] unknown = WordWeights.unknown(key);
      double wordOdds = odds.getOrDefault(key, (double) unknown[0]);
      double wordRarity = rarity.getOrDefault(key, (double) unknown[1]);
      if (Math.abs(wordOdds - unknown[0]) > 0.05 || wordRarity < 0.95) {
        combined.put(key, new float[] {round(wordOdds), round(wordRarity)});
      }
    }
    return new WordWeights(combined);
  }

  /** Rounds to the precision of the model file. */
  private static float round(double value) {
    return Math.round(value * 100) / 100f;
  }

  private int[] index(PairFeatures features) {
    Set<String> unmatched = new LinkedHashSet<>(features.wordsOfFirst());
    unmatched.addAll(features.wordsOfSecond());
    int[] found = new int[unmatched.size()];
    int count = 0;
    for (String word : unmatched) {
      int index = indices.computeIfAbsent(word, key -> indices.size());
      if (index == counts.length) {
        counts = Arrays.copyOf(counts, 2 * counts.length);
      }
      counts[index]++;
      found[count++] = index;
    }
    return found;
  }

  private Map<String, Double> fit(SplittableRandom random) {
    weights = new double[indices.size()];
    Arrays.fill(weights, PRIOR);
    int[] order = new int[pairs.size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      shuffle(order, random);
      for (int row : order) {
        update(row, STEP / (1 + epoch));
      }
    }
    Map<String, Double> odds = new HashMap<>();
    indices.forEach(
        (word, index) -> {
          if (counts[index] >= MIN_COUNT) {
            odds.put(word, weights[index]);
          }
        });
    return odds;
  }

  private static void shuffle(int[] order, SplittableRandom random) {
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
  }

  private void update(int row, double step) {
    FeaturedPair pair = pairs.get(row);
    double distance = pair.features().distance();
    double sum = bias + distanceWeight * distance;
    for (int word : words.get(row)) {
      sum += weights[word];
    }
    double gradient = ((pair.same() ? 0 : 1) - 1 / (1 + Math.exp(-sum))) * pair.baseWeight();
    bias += step * 0.05 * gradient;
    distanceWeight += step * 0.2 * gradient * distance;
    for (int word : words.get(row)) {
      double pull = PULL * (weights[word] - PRIOR) * Math.min(1, 3.0 / counts[word]);
      weights[word] += step * (0.5 * gradient - pull);
    }
  }
}
