package io.github.semcache.bench;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.evaluation.CachingEmbedder;
import io.github.semcache.evaluation.DataFile;
import io.github.semcache.evaluation.LabeledPrompt;
import io.github.semcache.evaluation.NeighborTable;
import io.github.semcache.evaluation.PromptColumns;
import io.github.semcache.evaluation.Replay;
import io.github.semcache.evaluation.ReplayCounts;
import io.github.semcache.evaluation.ReplayOrder;
import io.github.semcache.evaluation.ReplayResult;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.verify.LocalVerifier;
import io.github.semcache.verify.PairVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Measures the hits, the wrong hits, and the calls of a verifier that never errs, behind the local
 * verifier, by the maximum distance and by the score from which the local verifier accepts.
 *
 * <pre>
 * mvn -q -Pbench test-compile exec:exec -Dbench.main=io.github.semcache.bench.ChatDistanceStudy
 *     -Dbench="DATA" -Dbench.options="snips 20000"
 * </pre>
 *
 * <p>The arguments are the directory of the data, the name of a file in it without {@code .csv},
 * and the maximum number of prompts. The order is that of seed 1.
 */
public final class ChatDistanceStudy {
  private static final double[] DISTANCES = {0.15, 0.20, 0.25, 0.30, 0.35};
  private static final double[] SCORES = {0.80, 0.95, 0.98, 0.99};

  private final Embedder embedder;
  private final List<LabeledPrompt> prompts;
  private final NeighborTable neighbors;

  private ChatDistanceStudy(Embedder embedder, List<LabeledPrompt> prompts) {
    this.embedder = embedder;
    this.prompts = prompts;
    this.neighbors = NeighborTable.of(embedder, prompts, done -> {});
  }

  /**
   * Prints a line for each distance and score.
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
    ChatDistanceStudy study =
        new ChatDistanceStudy(CachingEmbedder.onDisk(cache, MiniLmEmbedder.create()), prompts);
    LocalVerifier strict = PairVerifier.local().strict();
    for (double distance : DISTANCES) {
      study.print(args[1], distance, strict, "strict");
    }
    for (double score : SCORES) {
      study.print(args[1], 0.25, PairVerifier.local().thresholds(score, 0.05), "" + score);
    }
  }

  private void print(String name, double distance, LocalVerifier first, String strictness) {
    ReplayResult result =
        Replay.builder(embedder)
            .neighbors(neighbors)
            .cache(builder -> builder.maxDistance(distance))
            .labelsWhereUnsure(first)
            .build()
            .run(prompts);
    ReplayCounts total = result.total();
    System.out.printf(
        Locale.ROOT,
        "| %s | %.2f | %s | %.1f / %.2f (%.2f) |%n",
        name,
        distance,
        strictness,
        100 * total.hitRate().value().orElse(0),
        100 * total.errorRate().orElseThrow().value().orElse(0),
        (double) result.verifierCalls().orElse(0) / total.requests());
  }
}
