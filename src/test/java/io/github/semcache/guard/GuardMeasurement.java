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
import io.github.semcache.guard.Guard.PromptPair;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.policy.HitPolicy.Decision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Measures the hit and error rates of policies and guards on a stream of labeled prompts, and how
 * many correct and wrong hits of an unguarded policy each guard prevents.
 *
 * <pre>
 * mvn -q test-compile exec:java -Dexec.classpathScope=test \
 *     -Dexec.mainClass=io.github.semcache.guard.GuardMeasurement \
 *     -Dexec.args="CACHE_DIRECTORY banking77_train.csv"
 * </pre>
 *
 * <p>The file has a header with the columns text and category. Its prompts are shuffled with the
 * seeds 1 to 3 and limited to 10,000. An optional third argument is the code of a rejection reason:
 * the program then prints up to twenty correct and twenty wrong hits with this reason.
 */
final class GuardMeasurement {
  private static final double THRESHOLD = 0.15;
  private static final int MAX_PROMPTS = 10_000;
  private static final int SEEDS = 3;
  private static final int MAX_EXAMPLES = 20;

  private GuardMeasurement() {}

  public static void main(String[] args) {
    String reason = args.length > 2 ? args[2] : "";
    CachingEmbedder embedder = CachingEmbedder.onDisk(Path.of(args[0]), MiniLmEmbedder.create());
    List<LabeledPrompt> all =
        DataFile.read(Path.of(args[1])).prompts(PromptColumns.of("text").label("category"));
    for (int seed = 1; seed <= SEEDS; seed++) {
      List<LabeledPrompt> stream = new ArrayList<>(all);
      Collections.shuffle(stream, new Random(seed));
      stream = stream.subList(0, Math.min(MAX_PROMPTS, stream.size()));
      measure(embedder, stream, seed == 1 ? reason : "");
    }
  }

  private static void measure(Embedder embedder, List<LabeledPrompt> stream, String reason) {
    NeighborTable table = NeighborTable.of(embedder, stream, done -> {});
    HitPolicy noGuards = HitPolicy.maxDistance(THRESHOLD).unguarded();
    ReplayResult unguarded = run(embedder, table, noGuards, stream);
    print("no guards 0.15", unguarded);
    policies().forEach((name, policy) -> print(name, run(embedder, table, policy, stream)));
    Map<String, int[]> rejections = new TreeMap<>();
    for (ReplayedPrompt hit : unguarded.prompts()) {
      if (hit.answer().source() == Answer.Source.SEMANTIC) {
        count(hit, rejections, reason);
      }
    }
    rejections.forEach(
        (code, counts) ->
            System.out.printf(
                "  %-16s rejects %4d correct, %4d wrong%n", code, counts[0], counts[1]));
  }

  private static Map<String, HitPolicy> policies() {
    Map<String, HitPolicy> policies = new LinkedHashMap<>();
    policies.put("guards", HitPolicy.maxDistance(THRESHOLD));
    policies.put("guards, then next entry", thenNextEntry(HitPolicy.maxDistance(THRESHOLD)));
    for (double threshold : List.of(0.05, 0.10, 0.20)) {
      policies.put("no guards " + threshold, HitPolicy.maxDistance(threshold).unguarded());
      policies.put("guards " + threshold, HitPolicy.maxDistance(threshold));
    }
    policies.put("relative 0.08", HitPolicy.relativeDistance(0.08));
    policies.put("same words", HitPolicy.sameWords());
    return policies;
  }

  /** Tries the next entry within the threshold after a rejection, which the cache does not do. */
  private static HitPolicy thenNextEntry(HitPolicy guarded) {
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

  private static void count(ReplayedPrompt hit, Map<String, int[]> rejections, String shown) {
    String asked = hit.prompt().text();
    String matched = hit.answer().matchedPrompt().orElseThrow();
    int wrong = hit.isWrongHit() ? 1 : 0;
    Guards.english()
        .reject(PromptPair.of(asked, matched))
        .ifPresent(
            reason -> {
              int[] counts = rejections.computeIfAbsent(reason.code(), code -> new int[2]);
              counts[wrong]++;
              if (reason.code().equals(shown) && counts[wrong] <= MAX_EXAMPLES) {
                System.out.printf(
                    "%s%n    %s%n    %s%n", wrong == 1 ? "wrong" : "correct", asked, matched);
              }
            });
  }
}
