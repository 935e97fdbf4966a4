package io.github.semcache.bench;

import ai.onnxruntime.OrtException;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.evaluation.CachingEmbedder;
import io.github.semcache.evaluation.DataFile;
import io.github.semcache.evaluation.LabeledPrompt;
import io.github.semcache.evaluation.NeighborTable;
import io.github.semcache.evaluation.PromptColumns;
import io.github.semcache.evaluation.Replay;
import io.github.semcache.evaluation.ReplayCounts;
import io.github.semcache.evaluation.ReplayOrder;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * Compares the default policy on the local model with the default policy on a {@link StaticTable}
 * that is distilled from it, by its threshold.
 *
 * <pre>
 * mvn -q -Pbench test-compile exec:exec
 *     -Dbench.main=io.github.semcache.bench.StaticEmbeddingStudy -Dbench="DATA"
 * </pre>
 *
 * <p>The argument is the directory with {@code snips.csv}, {@code banking77_train.csv}, and {@code
 * clinc150_train.csv}.
 */
public final class StaticEmbeddingStudy {
  private static final List<String> SETS = List.of("banking77_train", "clinc150_train", "snips");
  private static final double[] THRESHOLDS = {0.05, 0.06, 0.07, 0.08, 0.10, 0.12, 0.15};
  private static final int TOKENS = 30_522;
  private static final int COMPONENTS = 256;
  private static final int PROMPTS = 5_000;
  private static final long SEED = 1;
  private static final double PERCENT = 100;

  private final Path data;

  private StaticEmbeddingStudy(Path data) {
    this.data = data;
  }

  /**
   * Prints hits and wrong hits.
   *
   * @param args see the description of the class
   * @throws IOException if the model cannot be read
   * @throws OrtException if the model cannot be run
   */
  public static void main(String[] args) throws IOException, OrtException {
    StaticEmbeddingStudy study = new StaticEmbeddingStudy(Path.of(args[0]));
    Embedder model = CachingEmbedder.inMemory(MiniLmEmbedder.create());
    Map<String, Result> expected = new TreeMap<>();
    for (String set : SETS) {
      expected.put(set, study.replay(model, set));
      System.out.println(set + ", model: " + expected.get(set));
    }
    float[][] vectors = PrincipalComponents.project(StaticTable.distill(TOKENS), COMPONENTS);
    for (StaticTable.Weighting weighting : StaticTable.Weighting.values()) {
      StaticTable table = StaticTable.of(vectors, weighting);
      expected.forEach((set, result) -> study.compare(table, weighting, set, result));
    }
  }

  /** The rates of hits and of wrong hits, in percent of the requests. */
  private record Result(double hits, double wrong) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%.1f / %.2f", hits, wrong);
    }
  }

  private void compare(
      StaticTable table, StaticTable.Weighting weighting, String set, Result model) {
    double hitsAtEqualError = 0;
    Result previous = new Result(0, 0);
    for (double threshold : THRESHOLDS) {
      Result result = replay(new StaticModel(table, weighting, threshold), set);
      System.out.printf(Locale.ROOT, "%s, %s, %.2f: %s%n", set, weighting, threshold, result);
      if (previous.wrong() <= model.wrong() && result.wrong() > previous.wrong()) {
        double part =
            Math.min(1, (model.wrong() - previous.wrong()) / (result.wrong() - previous.wrong()));
        hitsAtEqualError = previous.hits() + part * (result.hits() - previous.hits());
      }
      previous = result;
    }
    System.out.printf(
        Locale.ROOT,
        "%s, %s: %.1f hits at the error of the model, %.0f %% of its hits%n",
        set,
        weighting,
        hitsAtEqualError,
        PERCENT * hitsAtEqualError / model.hits());
  }

  private Result replay(Embedder embedder, String set) {
    List<LabeledPrompt> prompts =
        new ReplayOrder(Optional.of(SEED), PROMPTS)
            .apply(
                DataFile.read(data.resolve(set + ".csv"))
                    .prompts(PromptColumns.of("text").label("category")));
    NeighborTable neighbors = NeighborTable.of(embedder, prompts, done -> {});
    ReplayCounts counts =
        Replay.builder(embedder).neighbors(neighbors).build().run(prompts).total();
    return new Result(
        PERCENT * counts.hitRate().value().orElse(0),
        PERCENT * counts.errorRate().orElseThrow().value().orElse(0));
  }

  /** An embedder that declares a threshold. */
  private record StaticModel(StaticTable table, StaticTable.Weighting weighting, double threshold)
      implements Embedder {
    @Override
    public List<Embedding> embed(List<String> texts) {
      return texts.stream().map(text -> Embedding.of(table.embed(text))).toList();
    }

    @Override
    public String modelId() {
      return "static-" + weighting + "-" + threshold;
    }

    @Override
    public int dimension() {
      return table.dimension();
    }

    @Override
    public OptionalDouble maxDistance() {
      return OptionalDouble.of(threshold);
    }
  }
}
