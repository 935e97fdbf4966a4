package io.github.semcache.internal.verify;

import static java.util.Objects.requireNonNull;

import io.github.semcache.internal.verify.BoostedTrees.Tree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The weights of a local verifier: decision trees over {@linkplain Feature features} of two
 * prompts, and weights of words. Immutable and thread-safe.
 */
public final class VerifierModel {
  private static final String HEADER = "semcache-verifier 1";
  private static final String FEATURES =
      Arrays.stream(Feature.values())
          .map(Feature::label)
          .collect(Collectors.joining(" ", "features ", ""));

  /** The log odds that are added for requests that ask for the same in the same forms. */
  private static final double SAME_REQUEST_LOG_ODDS = 1.5;

  /** The log odds that are added for requests at most one of which has another word. */
  private static final double OTHER_REQUEST_LOG_ODDS = 0.7;

  /** The log odds that are added for requests each of which has another word. */
  private static final double OTHER_WORDS_LOG_ODDS = -1;

  private final BoostedTrees trees;
  private final WordWeights words;
  private final double accept;
  private final double strictAccept;
  private final double reject;

  /**
   * Creates a model.
   *
   * @param trees the decision trees, which expect the features of this version
   * @param words the weights of words
   * @param accept the score from which a pair is accepted
   * @param strictAccept the score from which a pair is accepted if another verifier follows
   * @param reject the score below which a pair is rejected
   * @throws IllegalArgumentException if the thresholds are not in [0, 1] and ascending, or a tree
   *     is malformed
   */
  public VerifierModel(
      BoostedTrees trees, WordWeights words, double accept, double strictAccept, double reject) {
    this.trees = requireNonNull(trees, "trees");
    this.words = requireNonNull(words, "words");
    this.accept = accept;
    this.strictAccept = strictAccept;
    this.reject = reject;
    if (!(0 <= reject && reject <= accept && accept <= strictAccept && strictAccept <= 1)) {
      throw new IllegalArgumentException(
          "thresholds are %s, %s, and %s; they must be ascending and in [0, 1]"
              .formatted(reject, accept, strictAccept));
    }
    for (Tree tree : trees.trees()) {
      check(tree);
    }
  }

  private static void check(Tree tree) {
    for (int i = 0; i < tree.size(); i++) {
      boolean leaf = tree.feature(i) < 0;
      if (!Float.isFinite(tree.number(i))
          || tree.feature(i) >= Feature.count()
          || (!leaf && (tree.child(i) <= i || tree.child(i) + 1 >= tree.size()))) {
        throw new IllegalArgumentException("node " + i + " of a tree is malformed");
      }
    }
  }

  /**
   * Returns the decision trees.
   *
   * @return the trees
   */
  public BoostedTrees trees() {
    return trees;
  }

  /**
   * Returns the weights of words.
   *
   * @return the weights
   */
  public WordWeights words() {
    return words;
  }

  /**
   * Returns a copy with other trees.
   *
   * @param newTrees the trees
   * @return the copy
   */
  public VerifierModel withTrees(BoostedTrees newTrees) {
    return new VerifierModel(newTrees, words, accept, strictAccept, reject);
  }

  /**
   * Returns a copy with other thresholds.
   *
   * @param newAccept the score from which a pair is accepted, in [0, 1]
   * @param newStrictAccept the score from which a pair is accepted if another verifier follows
   * @param newReject the score below which a pair is rejected
   * @return the copy
   * @throws IllegalArgumentException if the thresholds are not in [0, 1] and ascending
   */
  public VerifierModel withThresholds(double newAccept, double newStrictAccept, double newReject) {
    return new VerifierModel(trees, words, newAccept, newStrictAccept, newReject);
  }

  /**
   * Returns the score from which a pair is accepted.
   *
   * @return the score, in [0, 1]
   */
  public double accept() {
    return accept;
  }

  /**
   * Returns the score from which a pair is accepted if another verifier follows.
   *
   * @return the score, in [0, 1]
   */
  public double strictAccept() {
    return strictAccept;
  }

  /**
   * Returns the score below which a pair is rejected.
   *
   * @return the score, in [0, 1]
   */
  public double reject() {
    return reject;
  }

  /**
   * Returns the estimated probability that two prompts have the same answer.
   *
   * @param features the features of the prompts
   * @return the probability, in (0, 1)
   */
  public double score(PairFeatures features) {
    double logOdds = trees.logOdds(features.values(words));
    return 1 / (1 + Math.exp(-logOdds - addedLogOdds(features)));
  }

  private static double addedLogOdds(PairFeatures features) {
    if (features.isSameRequest()) {
      return SAME_REQUEST_LOG_ODDS;
    }
    if (features.isRequestInOtherWords()) {
      return OTHER_WORDS_LOG_ODDS;
    }
    return features.isRequest() ? OTHER_REQUEST_LOG_ODDS : 0;
  }

  /**
   * Returns the text of this model, which {@link #parse} reads.
   *
   * @return lines that start with the name of the format
   */
  public String format() {
    StringBuilder out = new StringBuilder(HEADER).append('\n');
    out.append(FEATURES).append('\n');
    out.append("thresholds ")
        .append(accept)
        .append(' ')
        .append(strictAccept)
        .append(' ')
        .append(reject)
        .append('\n');
    out.append("bias ").append(number(trees.bias())).append('\n');
    for (Tree tree : trees.trees()) {
      out.append("tree");
      for (int i = 0; i < tree.size(); i++) {
        out.append(' ').append(tree.feature(i)).append(' ').append(number(tree.number(i)));
        if (tree.feature(i) >= 0) {
          out.append(' ').append(tree.child(i));
        }
      }
      out.append('\n');
    }
    for (Map.Entry<String, float[]> word : new TreeMap<>(words.weights()).entrySet()) {
      out.append("word ")
          .append(String.format(Locale.ROOT, "%.2f %.2f ", word.getValue()[0], word.getValue()[1]))
          .append(word.getKey())
          .append('\n');
    }
    return out.toString();
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%.4f", value);
    int end = text.length();
    while (text.charAt(end - 1) == '0') {
      end--;
    }
    return text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
  }

  /**
   * Parses a model.
   *
   * @param text the text of {@link #format}
   * @return the model
   * @throws IllegalArgumentException if the text is not a model of this version
   */
  public static VerifierModel parse(String text) {
    String[] lines = text.split("\n", -1);
    if (!lines[0].equals(HEADER)) {
      throw new IllegalArgumentException("the first line of the model must be \"" + HEADER + "\"");
    }
    List<Tree> trees = new ArrayList<>();
    Map<String, float[]> words = new HashMap<>();
    double[] thresholds = {};
    double bias = Double.NaN;
    for (int i = 1; i < lines.length; i++) {
      String[] parts = lines[i].split(" ", 4);
      try {
        switch (parts[0]) {
          case "features" -> requireFeatures(lines[i]);
          case "thresholds" ->
              thresholds =
                  Arrays.stream(lines[i].split(" "))
                      .skip(1)
                      .mapToDouble(Double::parseDouble)
                      .toArray();
          case "bias" -> bias = Double.parseDouble(parts[1]);
          case "tree" -> trees.add(tree(lines[i].split(" ")));
          case "word" ->
              words.put(
                  parts[3], new float[] {Float.parseFloat(parts[1]), Float.parseFloat(parts[2])});
          case "" -> {}
          default -> throw new IllegalArgumentException("unknown entry");
        }
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        throw new IllegalArgumentException("line " + (i + 1) + " of the model is malformed", e);
      }
    }
    if (thresholds.length != 3 || trees.isEmpty() || !Double.isFinite(bias)) {
      throw new IllegalArgumentException("the model is incomplete");
    }
    return new VerifierModel(
        new BoostedTrees(bias, trees),
        new WordWeights(words),
        thresholds[0],
        thresholds[1],
        thresholds[2]);
  }

  private static void requireFeatures(String line) {
    if (!line.equals(FEATURES)) {
      throw new IllegalArgumentException(
          "the model was fitted for other features; fit it again with this version of the library");
    }
  }

  private static Tree tree(String[] parts) {
    int size = 0;
    for (int i = 1; i < parts.length; size++) {
      i += Integer.parseInt(parts[i]) < 0 ? 2 : 3;
    }
    int[] features = new int[size];
    float[] values = new float[size];
    int[] children = new int[size];
    int node = 0;
    for (int i = 1; i < parts.length; node++) {
      features[node] = Integer.parseInt(parts[i]);
      values[node] = Float.parseFloat(parts[i + 1]);
      if (features[node] >= 0) {
        children[node] = Integer.parseInt(parts[i + 2]);
        i++;
      }
      i += 2;
    }
    return new Tree(features, values, children);
  }
}
