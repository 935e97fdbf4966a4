package io.github.semcache.bench;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.evaluation.CachingEmbedder;
import io.github.semcache.evaluation.DataFile;
import io.github.semcache.evaluation.LabeledPair;
import io.github.semcache.evaluation.LabeledPrompt;
import io.github.semcache.evaluation.PairColumns;
import io.github.semcache.evaluation.PromptColumns;
import io.github.semcache.evaluation.VerifierTrainer;
import io.github.semcache.evaluation.VerifierTrainer.LabelMeaning;
import io.github.semcache.evaluation.VerifierTrainer.Weights;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.verify.LocalVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Fits the model of the local verifier that is part of the library.
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

  /** The scores from which pairs are accepted, accepted before another verifier, and rejected. */
  private static final double ACCEPT = 0.86;

  private static final double STRICT_ACCEPT = 0.98;
  private static final double REJECT = 0.02;

  private static final List<String> PAIR_FILES =
      List.of("near-misses.csv", "unseen-pairs.csv", "unseen-pairs-2.csv", "unseen-pairs-3.csv");

  private VerifierStudy() {}

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
    LocalVerifier verifier = fit(embedder, Path.of(args[0]), Path.of(args[1]), leftOut);
    Files.writeString(Path.of(args[2]), verifier.format());
  }

  /**
   * Fits a model. A different answer weighs more where intents are the labels, because a request
   * has many candidates there.
   */
  static LocalVerifier fit(Embedder embedder, Path data, Path guardPairs, String leftOut)
      throws IOException {
    VerifierTrainer trainer = new VerifierTrainer(embedder, SEED);
    addPrompts(trainer, data, "snips", leftOut, LabelMeaning.ANSWER, new Weights(1.5, 1));
    addPrompts(trainer, data, "banking77_train", leftOut, LabelMeaning.INTENT, new Weights(1, 9));
    addPrompts(trainer, data, "clinc150_train", leftOut, LabelMeaning.INTENT, new Weights(1, 3));
    PairColumns columns = PairColumns.of("a", "b", "label");
    for (String file : PAIR_FILES) {
      if (!leftOut.equals("own") && !leftOut.equals(file)) {
        List<LabeledPair> pairs = DataFile.read(guardPairs.resolve(file)).pairs(columns);
        trainer.addPairs("own", pairs, new Weights(8, 8));
      }
    }
    if (!leftOut.equals("paws")) {
      trainer.addPairs("paws", paws(data.resolve("pawsx_dev_en.tsv")), new Weights(2, 2));
    }
    return trainer.fit(ACCEPT, STRICT_ACCEPT, REJECT);
  }

  private static void addPrompts(
      VerifierTrainer trainer,
      Path data,
      String name,
      String leftOut,
      LabelMeaning meaning,
      Weights weights) {
    if (!name.equals(leftOut)) {
      DataFile file = DataFile.read(data.resolve(name + ".csv"));
      List<LabeledPrompt> prompts =
          new ArrayList<>(file.prompts(PromptColumns.of("text").label("category")));
      Collections.shuffle(prompts, new Random(SEED));
      trainer.addPrompts(name, prompts.subList(0, PROMPTS), meaning, MINED_PAIRS, weights);
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
}
