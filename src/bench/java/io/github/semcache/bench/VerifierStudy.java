package io.github.semcache.bench;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.evaluation.CachingEmbedder;
import io.github.semcache.evaluation.DataFile;
import io.github.semcache.evaluation.LabeledPair;
import io.github.semcache.evaluation.LabeledPrompt;
import io.github.semcache.evaluation.NeighborTable;
import io.github.semcache.evaluation.PairColumns;
import io.github.semcache.evaluation.PromptColumns;
import io.github.semcache.evaluation.Replay;
import io.github.semcache.evaluation.ReplayCounts;
import io.github.semcache.evaluation.ReplayOrder;
import io.github.semcache.evaluation.SlotGrammar;
import io.github.semcache.evaluation.VerifierTrainer;
import io.github.semcache.evaluation.VerifierTrainer.LabelMeaning;
import io.github.semcache.evaluation.VerifierTrainer.Weights;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.verify.LocalVerifier;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Fits the model of the local verifier that is part of the library, or a model without one of the
 * sources, and measures the latter on the source that it was fitted without.
 *
 * <pre>
 * mvn -q -Pbench test-compile exec:exec -Dbench.main=io.github.semcache.bench.VerifierStudy
 *     -Dbench="DATA src/test/resources/io/github/semcache/guard"
 *     -Dbench.options="src/main/resources/io/github/semcache/verify/local-verifier.txt"
 * </pre>
 *
 * <p>The arguments are the directory with {@code snips.csv}, {@code banking77_train.csv}, {@code
 * clinc150_train.csv}, and {@code pawsx_dev_en.tsv}; the directory with the labeled pairs of the
 * guards; the model file to write; and, to leave out a source, its name.
 */
public final class VerifierStudy {
  private static final long SEED = 1;
  private static final int PROMPTS = 4_000;
  private static final int MINED_PAIRS = 8_000;
  private static final int GENERATED_PROMPTS = 400;
  private static final int GENERATED_PAIRS = 600;
  private static final int REPLAYED_PROMPTS = 10_000;

  /** The scores from which pairs are accepted, accepted before another verifier, and rejected. */
  private static final double ACCEPT = 0.8;

  private static final double[] ACCEPT_SCORES = {0.5, 0.7, ACCEPT, 0.9, 0.95};
  private static final int SEEDS = 3;
  private static final double STRICT_ACCEPT = 0.985;
  private static final double REJECT = 0.05;

  private static final List<String> PAIR_FILES =
      List.of("near-misses.csv", "unseen-pairs.csv", "unseen-pairs-2.csv", "unseen-pairs-3.csv");

  /** The domains of the grammar that are also domains of a source. */
  private static final Map<String, Set<String>> DOMAINS_OF_SOURCES =
      Map.of(
          "snips", Set.of("weather", "music", "restaurants", "movies", "books"),
          "banking77_train", Set.of("finance"));

  private final Embedder embedder;
  private final Path data;
  private final Path guardPairs;
  private final String leftOut;
  private final VerifierTrainer trainer;

  private VerifierStudy(Embedder embedder, Path data, Path guardPairs, String leftOut) {
    this.embedder = embedder;
    this.data = data;
    this.guardPairs = guardPairs;
    this.leftOut = leftOut;
    this.trainer = new VerifierTrainer(embedder, SEED);
  }

  /**
   * Fits a model and writes it.
   *
   * @param args see the description of the class
   * @throws IOException if a file cannot be read or written
   */
  public static void main(String[] args) throws IOException {
    Path cache = Path.of(System.getProperty("user.home"), ".cache", "semcache");
    Embedder embedder = CachingEmbedder.onDisk(cache, MiniLmEmbedder.create());
    String leftOut = args.length > 3 ? args[3] : "";
    VerifierStudy study = new VerifierStudy(embedder, Path.of(args[0]), Path.of(args[1]), leftOut);
    LocalVerifier verifier = study.fit();
    Files.writeString(Path.of(args[2]), verifier.format());
    if (!leftOut.isEmpty() && Files.exists(study.prompts(leftOut))) {
      study.replay(verifier);
    }
  }

  /**
   * Fits a model. A different answer weighs more where intents are the labels, because a request
   * has many candidates there.
   */
  private LocalVerifier fit() throws IOException {
    addPrompts("snips", LabelMeaning.ANSWER, new Weights(3, 1));
    addPrompts("banking77_train", LabelMeaning.INTENT, new Weights(1, 9));
    addPrompts("clinc150_train", LabelMeaning.INTENT, new Weights(1, 3));
    PairColumns columns = PairColumns.of("a", "b", "label");
    for (String file : PAIR_FILES) {
      if (!leftOut.equals("own") && !leftOut.equals(file)) {
        List<LabeledPair> pairs = DataFile.read(guardPairs.resolve(file)).pairs(columns);
        trainer.addPairs("own", pairs, new Weights(12, 10));
      }
    }
    if (!leftOut.equals("paws")) {
      trainer.addPairs("paws", paws(data.resolve("pawsx_dev_en.tsv")), new Weights(2, 2));
    }
    addGrammar();
    return trainer.fit(ACCEPT, STRICT_ACCEPT, REJECT);
  }

  private void addPrompts(String name, LabelMeaning meaning, Weights weights) {
    if (!name.equals(leftOut)) {
      List<LabeledPrompt> prompts = new ArrayList<>(read(name));
      Collections.shuffle(prompts, new Random(SEED));
      trainer.addPrompts(name, prompts.subList(0, PROMPTS), meaning, MINED_PAIRS, weights);
    }
  }

  private Path prompts(String name) {
    return data.resolve(name + ".csv");
  }

  private List<LabeledPrompt> read(String name) {
    return DataFile.read(prompts(name)).prompts(PromptColumns.of("text").label("category"));
  }

  private void addGrammar() throws IOException {
    SlotGrammar grammar = SlotGrammar.parse(resource("slot-grammar.txt"));
    for (String domain : grammar.domains()) {
      if (!DOMAINS_OF_SOURCES.getOrDefault(leftOut, Set.of()).contains(domain)) {
        List<LabeledPrompt> prompts = grammar.prompts(domain, GENERATED_PROMPTS, SEED);
        trainer.addGenerated(domain, prompts, GENERATED_PAIRS, new Weights(2, 1.5));
      }
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = VerifierStudy.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException(name + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Reads a file without header: first, second, 0 or 1. */
  private static List<LabeledPair> paws(Path file) throws IOException {
    List<LabeledPair> pairs = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      String[] columns = line.split("\t", -1);
      pairs.add(new LabeledPair(columns[0], columns[1], columns[2].equals("1"), pairs.size() + 1L));
    }
    return pairs;
  }

  /** Prints hits and wrong hits on the source that was left out, by the score of acceptance. */
  private void replay(LocalVerifier verifier) {
    double[] hits = new double[ACCEPT_SCORES.length];
    double[] wrong = new double[ACCEPT_SCORES.length];
    for (long seed = 1; seed <= SEEDS; seed++) {
      List<LabeledPrompt> prompts =
          new ReplayOrder(Optional.of(seed), REPLAYED_PROMPTS).apply(read(leftOut));
      NeighborTable neighbors = NeighborTable.of(embedder, prompts, done -> {});
      Scores scores = new Scores(verifier);
      for (int i = 0; i < ACCEPT_SCORES.length; i++) {
        PairVerifier strictness = scores.from(ACCEPT_SCORES[i]);
        Replay.Builder replay =
            Replay.builder(embedder).cache(builder -> builder.verifier(strictness));
        ReplayCounts counts = replay.neighbors(neighbors).build().run(prompts).total();
        hits[i] += 100 * counts.hitRate().value().orElse(0) / SEEDS;
        wrong[i] += 100 * counts.errorRate().orElseThrow().value().orElse(0) / SEEDS;
      }
    }
    for (int i = 0; i < ACCEPT_SCORES.length; i++) {
      System.out.printf(
          Locale.ROOT, "%s, %.2f: %.1f / %.2f%n", leftOut, ACCEPT_SCORES[i], hits[i], wrong[i]);
    }
  }

  /** Computes the score of each pair once. */
  private record Scores(LocalVerifier verifier, Map<String, Verification> decisions) {
    Scores(LocalVerifier verifier) {
      this(verifier, new HashMap<>());
    }

    /** Returns a verifier that accepts the pairs from a score on. */
    PairVerifier from(double accept) {
      return pair -> {
        Verification decision =
            decisions.computeIfAbsent(
                pair.query() + '\n' + pair.cachedPrompt(), key -> verifier.verify(pair));
        double score = decision.score().orElse(decision.isAccepted() ? 1 : 0);
        return score >= accept
            ? Verification.accept().withScore(score)
            : Verification.unsure("score");
      };
    }
  }
}
