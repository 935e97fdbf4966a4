package io.github.semcache.bench;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.evaluation.CachingEmbedder;
import io.github.semcache.evaluation.DataFile;
import io.github.semcache.evaluation.LabeledPrompt;
import io.github.semcache.evaluation.PromptColumns;
import io.github.semcache.evaluation.ReplayOrder;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.verify.LocalVerifier;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.PairVerifier.Pair;
import io.github.semcache.verify.Verification;
import io.github.semcache.verify.Verification.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Measures how many calls of a chat verifier that never errs could be saved if a prompt were served
 * without a call because its nearest wordings were all confirmed for the same entry.
 *
 * <pre>
 * mvn -q -Pbench test-compile exec:exec -Dbench.main=io.github.semcache.bench.ConfirmationStudy
 *     -Dbench="DATA" -Dbench.options="banking77_train 10000"
 * </pre>
 *
 * <p>The arguments are the directory of the data, the name of a file in it without {@code .csv},
 * and the maximum number of prompts. The order is that of seed 1.
 */
public final class ConfirmationStudy {
  private static final double MAX_DISTANCE = 0.30;
  private static final int MAX_CANDIDATES = 10;
  private static final int[] CONFIRMED = {2, 3, 4, 6, 8, 10};
  private static final double[] DISTANCES = {0.10, 0.15, 0.20};

  private final List<LabeledPrompt> prompts;
  private final float[][] vectors;
  private final LocalVerifier local = PairVerifier.local().strict();

  /** The prompts that are keys of entries, and the prompt of each one's entry. */
  private final List<Integer> keys = new ArrayList<>();

  private final Map<Integer, Integer> entries = new HashMap<>();
  private final Map<String, Integer> exact = new HashMap<>();
  private final List<Vote> votes = new ArrayList<>();
  private int hits;
  private int wrong;
  private int calls;

  private ConfirmationStudy(List<LabeledPrompt> prompts, List<Embedding> embeddings) {
    this.prompts = prompts;
    this.vectors =
        embeddings.stream().map(one -> one.ofLengthOne().toArray()).toArray(float[][]::new);
  }

  /** The wordings nearest to a prompt that was not served without a call. */
  private record Vote(int confirmed, double distance, boolean right, boolean called) {}

  private record Neighbor(int key, double distance) {}

  /**
   * Prints the hits and calls with a call for each unsure prompt, and what votes could save.
   *
   * @param args see the description of the class
   * @throws IOException if the data cannot be read
   */
  public static void main(String[] args) throws IOException {
    Path cache = Path.of(System.getProperty("user.home"), ".cache", "semcache");
    List<LabeledPrompt> prompts =
        new ReplayOrder(Optional.of(1L), Integer.parseInt(args[2]))
            .apply(
                DataFile.read(Path.of(args[0]).resolve(args[1] + ".csv"))
                    .prompts(PromptColumns.of("text").label("category")));
    List<Embedding> embeddings =
        CachingEmbedder.onDisk(cache, MiniLmEmbedder.create())
            .embed(prompts.stream().map(LabeledPrompt::text).toList());
    ConfirmationStudy study = new ConfirmationStudy(prompts, embeddings);
    IntStream.range(0, prompts.size()).forEach(study::ask);
    study.print();
  }

  private void ask(int prompt) {
    String text = prompts.get(prompt).text();
    Integer known = exact.get(text);
    if (known != null) {
      serve(prompt, known);
      return;
    }
    List<Neighbor> neighbors = neighbors(prompt);
    int unsure = -1;
    double best = -1;
    for (Neighbor neighbor : neighbors.subList(0, Math.min(MAX_CANDIDATES, neighbors.size()))) {
      Verification decision =
          local.verify(new Pair(text, prompts.get(neighbor.key).text(), "", neighbor.distance));
      if (decision.isAccepted()) {
        serve(prompt, entry(neighbor));
        return;
      }
      if (decision.outcome() == Outcome.UNSURE && decision.score().orElse(0) > best) {
        best = decision.score().orElse(0);
        unsure = entry(neighbor);
      }
    }
    vote(prompt, neighbors, unsure >= 0);
    boolean confirmed = unsure >= 0 && isSame(unsure, prompt);
    calls += unsure >= 0 ? 1 : 0;
    hits += confirmed ? 1 : 0;
    keys.add(prompt);
    entries.put(prompt, confirmed ? unsure : prompt);
    exact.put(text, confirmed ? unsure : prompt);
  }

  private void serve(int prompt, int entry) {
    hits++;
    wrong += isSame(entry, prompt) ? 0 : 1;
    exact.put(prompts.get(prompt).text(), entry);
  }

  private int entry(Neighbor neighbor) {
    return entries.getOrDefault(neighbor.key, neighbor.key);
  }

  /** Counts the nearest wordings that belong to the same entry. */
  private void vote(int prompt, List<Neighbor> neighbors, boolean called) {
    int confirmed = 0;
    while (confirmed < neighbors.size()
        && entry(neighbors.get(confirmed)) == entry(neighbors.get(0))) {
      confirmed++;
    }
    if (confirmed > 0) {
      Neighbor nearest = neighbors.get(0);
      votes.add(new Vote(confirmed, nearest.distance, isSame(entry(nearest), prompt), called));
    }
  }

  private boolean isSame(int first, int second) {
    return prompts.get(first).label().equals(prompts.get(second).label());
  }

  private List<Neighbor> neighbors(int prompt) {
    return keys.stream()
        .map(
            key ->
                new Neighbor(key, Math.max(0, 1 - NeighborFile.dot(vectors[prompt], vectors[key]))))
        .filter(neighbor -> neighbor.distance <= MAX_DISTANCE)
        .sorted((a, b) -> Double.compare(a.distance, b.distance))
        .toList();
  }

  private void print() {
    double requests = prompts.size();
    System.out.printf(
        Locale.ROOT,
        "hits %.1f %%, wrong %.2f %%, calls per request %.2f%n",
        100 * hits / requests,
        100 * wrong / requests,
        calls / requests);
    for (int confirmed : CONFIRMED) {
      for (double distance : DISTANCES) {
        List<Vote> served =
            votes.stream()
                .filter(vote -> vote.confirmed >= confirmed && vote.distance <= distance)
                .toList();
        System.out.printf(
            Locale.ROOT,
            "| %d | %.2f | %.2f | %.2f |%n",
            confirmed,
            distance,
            served.stream().filter(Vote::called).count() / requests,
            100 * served.stream().filter(vote -> !vote.right).count() / requests);
      }
    }
  }
}
