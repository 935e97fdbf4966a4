package io.github.semcache.guard;

import io.github.semcache.Answer;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.evaluation.CachingEmbedder;
import io.github.semcache.evaluation.DataFile;
import io.github.semcache.evaluation.LabeledPrompt;
import io.github.semcache.evaluation.NeighborTable;
import io.github.semcache.evaluation.PromptColumns;
import io.github.semcache.evaluation.Replay;
import io.github.semcache.evaluation.ReplayResult;
import io.github.semcache.evaluation.ReplayedPrompt;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.policy.Decision;
import io.github.semcache.policy.HitPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Measures what policies and guards do to a stream of labeled prompts, and how many right and wrong
 * hits of the distance alone each guard would have stopped.
 *
 * <pre>
 * mvn -q test-compile exec:java -Dexec.classpathScope=test \
 *     -Dexec.mainClass=io.github.semcache.guard.GuardMeasurement \
 *     -Dexec.args="CACHE_DIRECTORY banking77_train.csv"
 * </pre>
 *
 * <p>Each file has a header and the columns text and category. Its prompts are shuffled and cut to
 * 10,000, for the seeds 1 to 3. A reason as a further argument shows twenty right hits that the
 * guard of this reason would have stopped, and twenty wrong ones.
 */
final class GuardMeasurement {
  private static final double CUT = 0.15;
  private static final int PROMPTS = 10_000;
  private static final int SEEDS = 3;
  private static final int SHOWN = 20;

  private GuardMeasurement() {}

  public static void main(String[] args) {
    String shown = args.length > 2 ? args[2] : "";
    CachingEmbedder embedder = CachingEmbedder.onDisk(Path.of(args[0]), MiniLmEmbedder.create());
    List<LabeledPrompt> all =
        DataFile.read(Path.of(args[1])).prompts(PromptColumns.of("text").label("category"));
    for (int seed = 1; seed <= SEEDS; seed++) {
      List<LabeledPrompt> stream = new ArrayList<>(all);
      Collections.shuffle(stream, new Random(seed));
      stream = stream.subList(0, Math.min(PROMPTS, stream.size()));
      measure(embedder, stream, seed == 1 ? shown : "");
    }
  }

  private static void measure(Embedder embedder, List<LabeledPrompt> stream, String shown) {
    NeighborTable table = NeighborTable.of(embedder, stream, done -> {});
    HitPolicy bare = HitPolicy.maxDistance(CUT).unguarded();
    ReplayResult unguarded = run(embedder, table, bare, stream);
    print("distance alone 0.15", unguarded);
    policies().forEach((name, policy) -> print(name, run(embedder, table, policy, stream)));
    Map<String, int[]> fired = new TreeMap<>();
    for (ReplayedPrompt hit : unguarded.prompts()) {
      if (hit.answer().source() == Answer.Source.SEMANTIC) {
        count(hit, fired, shown);
      }
    }
    fired.forEach(
        (reason, counts) ->
            System.out.printf(
                "  %-16s stops %4d right, %4d wrong%n", reason, counts[0], counts[1]));
  }

  private static Map<String, HitPolicy> policies() {
    Map<String, HitPolicy> policies = new LinkedHashMap<>();
    policies.put("guards", HitPolicy.maxDistance(CUT));
    policies.put("guards, then the next", thenTheNext(HitPolicy.maxDistance(CUT)));
    for (double cut : List.of(0.05, 0.10, 0.20)) {
      policies.put("distance alone " + cut, HitPolicy.maxDistance(cut).unguarded());
      policies.put("guards " + cut, HitPolicy.maxDistance(cut));
    }
    policies.put("relative 0.08", HitPolicy.relativeDistance(0.08));
    policies.put("same words", HitPolicy.sameWords());
    return policies;
  }

  /** What the cache does not do: if a guard objects, the next entry within the cut is tried. */
  private static HitPolicy thenTheNext(HitPolicy guarded) {
    return (query, matches) -> {
      Decision decision = guarded.decide(query, matches);
      for (int i = 1; i < matches.size() && decision instanceof Decision.Miss; i++) {
        Decision next = guarded.decide(query, matches.subList(i, matches.size()));
        decision = next instanceof Decision.Hit ? next : decision;
      }
      return decision;
    };
  }

  private static ReplayResult run(
      Embedder embedder, NeighborTable table, HitPolicy policy, List<LabeledPrompt> stream) {
    return Replay.builder(embedder).neighbors(table).hitPolicy(policy).build().run(stream);
  }

  private static void print(String what, ReplayResult result) {
    System.out.printf(
        "%-24s hits %.2f %%  wrong %.2f %%%n",
        what,
        100 * result.total().hitRate().value().orElse(0),
        100 * result.total().errorRate().orElseThrow().value().orElse(0));
  }

  private static void count(ReplayedPrompt hit, Map<String, int[]> fired, String shown) {
    String asked = hit.prompt().text();
    String matched = hit.answer().matchedPrompt().orElseThrow();
    int wrong = hit.isWrongHit() ? 1 : 0;
    Guards.english()
        .reject(PromptPair.of(asked, matched))
        .ifPresent(
            reason -> {
              int[] counts = fired.computeIfAbsent(reason.code(), code -> new int[2]);
              counts[wrong]++;
              if (reason.code().equals(shown) && counts[wrong] <= SHOWN) {
                System.out.printf(
                    "%s%n    %s%n    %s%n", wrong == 1 ? "wrong" : "right", asked, matched);
              }
            });
  }
}
