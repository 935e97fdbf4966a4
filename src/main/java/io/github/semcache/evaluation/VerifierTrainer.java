package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.internal.language.Dictionary;
import io.github.semcache.internal.language.TextAnalysis;
import io.github.semcache.internal.language.Token;
import io.github.semcache.internal.verify.BoostedTrees;
import io.github.semcache.internal.verify.PairFeatures;
import io.github.semcache.internal.verify.VerifierModel;
import io.github.semcache.internal.verify.WordWeights;
import io.github.semcache.verify.LocalVerifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Fits the model of a {@link LocalVerifier} to labeled pairs from one or more sources. The weights
 * of words that a source contributes are not used for the features of the same source, so that the
 * trees cannot memorize its vocabulary. The result depends only on the pairs and the seed.
 *
 * <p>Not thread-safe. Adding a source blocks on the embedder.
 */
public final class VerifierTrainer {
  private static final double MAX_DISTANCE = 0.45;
  private static final double MAX_MINED_DISTANCE = 0.35;
  private static final int MINED_NEIGHBORS = 3;
  private static final int MIN_DOCUMENTS = 3;

  /**
   * The weight of the examples of a source.
   *
   * @param same the weight of a pair with the same answer, at least 0
   * @param different the weight of a pair with different answers, at least 0
   */
  public record Weights(double same, double different) {
    /**
     * Checks the components.
     *
     * @throws IllegalArgumentException if a weight is negative or not finite
     */
    public Weights {
      if (!(same >= 0 && different >= 0 && same + different < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "weights are %s and %s; they must be at least 0".formatted(same, different));
      }
    }
  }

  private final Embedder embedder;
  private final long seed;
  private final Map<String, List<FeaturedPair>> sources = new LinkedHashMap<>();
  private final Map<String, Integer> documents = new HashMap<>();
  private int documentCount;

  /**
   * Creates a trainer.
   *
   * @param embedder computes the distances of the pairs
   * @param seed the seed of all random choices
   */
  public VerifierTrainer(Embedder embedder, long seed) {
    this.embedder = requireNonNull(embedder, "embedder");
    this.seed = seed;
  }

  /**
   * Adds labeled pairs. Pairs that a rule of the verifier rejects and pairs with a distance above
   * 0.45 are skipped.
   *
   * @param source the name of the source
   * @param pairs the pairs
   * @param weights the weights of the examples
   * @return this trainer
   */
  public VerifierTrainer addPairs(String source, List<LabeledPair> pairs, Weights weights) {
    List<String> texts = new ArrayList<>();
    for (LabeledPair pair : pairs) {
      texts.add(pair.first());
      texts.add(pair.second());
    }
    List<Embedding> embeddings = embedder.embed(texts);
    List<FeaturedPair> examples = examples(source);
    for (int i = 0; i < pairs.size(); i++) {
      LabeledPair pair = pairs.get(i);
      double distance = embeddings.get(2 * i).cosineDistance(embeddings.get(2 * i + 1));
      if (distance <= MAX_DISTANCE) {
        PairFeatures features = features(pair.first(), pair.second(), distance);
        addExample(examples, features, pair.sameAnswer(), weights, 1);
      }
    }
    return this;
  }

  /** What two prompts with the same label have in common. */
  public enum LabelMeaning {
    /** The same answer. */
    ANSWER,
    /**
     * The same intent. If one of the prompts has a name, a concrete noun, or a prepositional phrase
     * that the other lacks, the pair counts as half an example of different answers.
     */
    INTENT
  }

  /**
   * Adds pairs of labeled prompts that are close to each other, and edited prompts.
   *
   * @param source the name of the source
   * @param prompts the prompts, each with a label
   * @param meaning what two prompts with the same label have in common
   * @param count the number of pairs to draw
   * @param weights the weights of the examples
   * @return this trainer
   */
  public VerifierTrainer addPrompts(
      String source,
      List<LabeledPrompt> prompts,
      LabelMeaning meaning,
      int count,
      Weights weights) {
    prompts.forEach(prompt -> addDocument(prompt.text()));
    mine(source, prompts, meaning, count, weights);
    SplittableRandom random = new SplittableRandom(seed);
    List<String> drawn = new ArrayList<>();
    for (int i = 0; i < count / 8; i++) {
      drawn.add(prompts.get(random.nextInt(prompts.size())).text());
    }
    return addPairs(
        source + " (edited)", new PairSynthesizer(seed).pairs(drawn), new Weights(1, 1));
  }

  /**
   * Adds pairs of generated prompts that are close to each other. Two prompts have the same answer
   * if they have the same label. How rare words are is not derived from these prompts.
   *
   * @param source the name of the source
   * @param prompts the prompts, each with a label
   * @param count the number of pairs to draw
   * @param weights the weights of the examples
   * @return this trainer
   */
  public VerifierTrainer addGenerated(
      String source, List<LabeledPrompt> prompts, int count, Weights weights) {
    mine(source, prompts, LabelMeaning.ANSWER, count, weights);
    return this;
  }

  private void mine(
      String source,
      List<LabeledPrompt> prompts,
      LabelMeaning meaning,
      int count,
      Weights weights) {
    NeighborTable table = NeighborTable.of(embedder, prompts, done -> {});
    Map<Integer, LabeledPrompt> byIndex = new LinkedHashMap<>();
    List<Embedding> embeddings = embedder.embed(prompts.stream().map(LabeledPrompt::text).toList());
    for (int i = 0; i < prompts.size(); i++) {
      Integer index = table.indexOf(embeddings.get(i));
      if (index != null) {
        byIndex.putIfAbsent(index, prompts.get(i));
      }
    }
    mine(examples(source), table, byIndex, meaning, count, weights);
  }

  /** Draws prompts, and for each some of its nearest neighbors as a cache of random size would. */
  private void mine(
      List<FeaturedPair> examples,
      NeighborTable table,
      Map<Integer, LabeledPrompt> byIndex,
      LabelMeaning meaning,
      int count,
      Weights weights) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Integer> indices = List.copyOf(byIndex.keySet());
    for (int tries = 0; examples.size() < count && tries < 20 * count; tries++) {
      int query = indices.get(random.nextInt(indices.size()));
      double density = Math.pow(random.nextDouble(), 2) * 0.95 + 0.05;
      int found = 0;
      for (int neighbor : table.neighbors(query)) {
        double distance = table.embedding(query).cosineDistance(table.embedding(neighbor));
        if (found == MINED_NEIGHBORS || distance > MAX_MINED_DISTANCE) {
          break;
        }
        if (neighbor != query && byIndex.containsKey(neighbor) && random.nextDouble() < density) {
          found++;
          LabeledPrompt a = requireNonNull(byIndex.get(query));
          LabeledPrompt b = requireNonNull(byIndex.get(neighbor));
          addMined(examples, a, b, distance, meaning, weights);
        }
      }
    }
  }

  private static void addMined(
      List<FeaturedPair> examples,
      LabeledPrompt a,
      LabeledPrompt b,
      double distance,
      LabelMeaning meaning,
      Weights weights) {
    PairFeatures features = features(a.text(), b.text(), distance);
    boolean same = a.label().equals(b.label());
    if (same && meaning == LabelMeaning.INTENT && features.hasUnmatchedDetail()) {
      addExample(examples, features, false, weights, 0.5);
    } else {
      addExample(examples, features, same, weights, 1);
    }
  }

  private static PairFeatures features(String first, String second, double distance) {
    return PairFeatures.of(PairFeatures.ordered(first, second), distance);
  }

  private List<FeaturedPair> examples(String source) {
    return sources.computeIfAbsent(source, key -> new ArrayList<>());
  }

  private static void addExample(
      List<FeaturedPair> examples,
      PairFeatures features,
      boolean same,
      Weights weights,
      double factor) {
    if (!features.isDecidedByRule()) {
      double weight = same ? weights.same() : weights.different();
      examples.add(new FeaturedPair(features, same, factor, factor * weight));
    }
  }

  private void addDocument(String text) {
    Set<String> words = new HashSet<>();
    for (Token token : TextAnalysis.of(Dictionary.english(), text).tokens()) {
      if (token.isContent()) {
        words.add(token.key());
      }
    }
    words.forEach(word -> documents.merge(word, 1, Integer::sum));
    documentCount++;
  }

  /** Returns the inverse document frequency of the words, scaled to [0, 1]. */
  private Map<String, Double> rarity() {
    Map<String, Double> rarity = new HashMap<>();
    double scale = Math.log(Math.max(2, documentCount / 2.0));
    documents.forEach(
        (word, count) -> {
          if (count >= MIN_DOCUMENTS) {
            rarity.put(word, Math.min(1, Math.log((double) documentCount / count) / scale));
          }
        });
    return rarity;
  }

  /**
   * Fits a model from scratch.
   *
   * @param accept the score from which the verifier accepts a pair
   * @param strictAccept the score from which it accepts a pair if another verifier follows
   * @param reject the score below which it rejects a pair
   * @return a verifier with the model
   * @throws IllegalStateException if there are no examples of one of the labels
   */
  public LocalVerifier fit(double accept, double strictAccept, double reject) {
    Map<String, Double> rarity = rarity();
    List<FeaturedPair> all = sources.values().stream().flatMap(List::stream).toList();
    WordWeights words = WordWeightFit.combine(WordWeightFit.odds(all, seed), rarity);
    List<float[]> samples = new ArrayList<>();
    List<FeaturedPair> rows = new ArrayList<>();
    sources.forEach(
        (source, pairs) -> {
          WordWeights others = sources.size() > 1 ? wordsWithout(source, rarity) : words;
          for (FeaturedPair pair : pairs) {
            samples.add(pair.features().values(others));
            rows.add(pair);
          }
        });
    BoostedTrees trees =
        new GradientBoosting(GradientBoosting.Options.scratch(seed)).fit(samples, rows, null);
    return verifier(new VerifierModel(trees, words, accept, strictAccept, reject));
  }

  private WordWeights wordsWithout(String source, Map<String, Double> rarity) {
    List<FeaturedPair> rest = new ArrayList<>();
    sources.forEach(
        (name, pairs) -> {
          if (!name.equals(source)) {
            rest.addAll(pairs);
          }
        });
    return WordWeightFit.combine(WordWeightFit.odds(rest, seed), rarity);
  }

  /**
   * Adds trees to a model, so that it also fits the examples of this trainer. The weights of words
   * and the thresholds are those of the model.
   *
   * @param base the verifier whose model is the start
   * @return a verifier with the new model
   * @throws IllegalStateException if there are no examples of one of the labels
   */
  public LocalVerifier adapt(LocalVerifier base) {
    VerifierModel model = VerifierModel.parse(base.format());
    List<FeaturedPair> rows = sources.values().stream().flatMap(List::stream).toList();
    List<float[]> samples = new ArrayList<>();
    for (FeaturedPair pair : rows) {
      samples.add(pair.features().values(model.words()));
    }
    BoostedTrees trees =
        new GradientBoosting(GradientBoosting.Options.adaptation(seed))
            .fit(samples, rows, model.trees());
    return verifier(model.withTrees(trees));
  }

  private static LocalVerifier verifier(VerifierModel model) {
    return LocalVerifier.parse(model.format());
  }
}
