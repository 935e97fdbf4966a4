package io.github.semcache.bench;

import io.github.semcache.evaluation.CachingEmbedder;
import io.github.semcache.evaluation.DataFile;
import io.github.semcache.evaluation.LabeledPrompt;
import io.github.semcache.evaluation.NeighborTable;
import io.github.semcache.evaluation.PromptColumns;
import io.github.semcache.evaluation.Replay;
import io.github.semcache.evaluation.ReplayResult;
import io.github.semcache.evaluation.ReplayedPrompt;
import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.judge.AnswerJudge.Comparison;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.learning.ErrorBudget;
import io.github.semcache.policy.Verdict;
import io.github.semcache.prompt.Normalizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Prints the tables of decision 0003.
 *
 * <pre>
 * mvn -q -Pbench test-compile exec:exec -Dbench.main=io.github.semcache.bench.ErrorBudgetStudy
 *     -Dbench="budgets,noise,switch,templates text category" -Dbench.options="one.csv other.csv"
 * </pre>
 *
 * <p>The arguments are the tables, the columns of the prompts and the labels, and the data files.
 * Embeddings are cached in {@code ~/.cache/semcache}, like those of the command line.
 */
public final class ErrorBudgetStudy {
  private static final int REQUESTS = 10_000;
  private static final int REQUESTS_AFTER_SWITCH = 1_000;
  private static final long SEEDS = 3;
  private static final List<Double> BUDGETS = List.of(0.01, 0.02);
  private static final double FALSE_SAME_RATE = 0.01;
  private static final double FALSE_DIFFERENT_RATE = 0.03;

  private final CachingEmbedder embedder;

  private ErrorBudgetStudy(CachingEmbedder embedder) {
    this.embedder = embedder;
  }

  /**
   * Prints the tables.
   *
   * @param args the comma-separated tables, the column of the prompts, the column of the labels,
   *     and the data files
   */
  public static void main(String[] args) {
    Set<String> tables = Set.of(args[0].split(",", -1));
    PromptColumns columns = PromptColumns.of(args[1]).label(args[2]);
    Path directory = Path.of(System.getProperty("user.home"), ".cache", "semcache");
    ErrorBudgetStudy study =
        new ErrorBudgetStudy(CachingEmbedder.onDisk(directory, MiniLmEmbedder.create()));
    List<Traffic> files =
        Arrays.stream(args)
            .skip(3)
            .map(Path::of)
            .map(file -> study.traffic(file, DataFile.read(file).prompts(columns)))
            .toList();
    if (tables.contains("budgets")) {
      files.forEach(study::budgets);
    }
    if (tables.contains("noise")) {
      files.forEach(study::noise);
    }
    if (tables.contains("switch") && files.size() > 1) {
      study.switches(files.get(0), files.get(1));
    }
    if (tables.contains("templates")) {
      TemplatedTraffic.all().stream()
          .map(stream -> study.traffic(Path.of(stream.name()), stream.prompts(REQUESTS, 7)))
          .forEach(study::budgets);
    }
  }

  /** Prompts with their neighbors, which are computed once for many replays. */
  private record Traffic(String name, List<LabeledPrompt> prompts, NeighborTable neighbors) {}

  private Traffic traffic(Path file, List<LabeledPrompt> prompts) {
    embedder.precompute(
        prompts.stream().map(prompt -> Normalizer.nfc().normalize(prompt.text())).toList(),
        Runtime.getRuntime().availableProcessors(),
        done -> {});
    return new Traffic(
        String.valueOf(file.getFileName()),
        prompts,
        NeighborTable.of(embedder, prompts, done -> {}));
  }

  private Replay.Builder replay(Traffic traffic, long seed) {
    return Replay.builder(embedder).neighbors(traffic.neighbors()).shuffled(seed).limit(REQUESTS);
  }

  private static LongStream seeds() {
    return LongStream.rangeClosed(1, SEEDS);
  }

  /** Compares error budgets with the best fixed threshold in hindsight. */
  private void budgets(Traffic traffic) {
    for (double budget : BUDGETS) {
      seeds()
          .parallel()
          .mapToObj(seed -> budgetRow(traffic, budget, seed))
          .forEachOrdered(System.out::println);
    }
  }

  private String budgetRow(Traffic traffic, double budget, long seed) {
    HindsightThreshold best =
        HindsightThreshold.of(replay(traffic, seed), traffic.prompts(), budget);
    ReplayResult learned =
        replay(traffic, seed).hitPolicy(ErrorBudget.of(budget)).build().run(traffic.prompts());
    return String.format(
        Locale.ROOT,
        "| %s | %.2f | %d | %.1f at %.3f | %s | %.2f |",
        traffic.name(),
        budget,
        seed,
        100 * best.hitRate(),
        best.threshold(),
        rates(learned),
        hitRate(learned) / best.hitRate());
  }

  private static double hitRate(ReplayResult result) {
    return result.total().hitRate().value().orElse(0);
  }

  private static String rates(ReplayResult result) {
    return String.format(
        Locale.ROOT,
        "%.1f (%.1f) | %.2f (%.2f)",
        100 * hitRate(result),
        100 * result.secondHalf().hitRate().value().orElse(0),
        100 * result.total().errorRate().orElseThrow().value().orElse(0),
        100 * result.secondHalf().errorRate().orElseThrow().value().orElse(0));
  }

  /** Compares a noisy judge with a perfect one. */
  private void noise(Traffic traffic) {
    for (double budget : BUDGETS) {
      seeds()
          .parallel()
          .mapToObj(seed -> noiseRow(traffic, budget, seed))
          .forEachOrdered(System.out::println);
    }
  }

  private String noiseRow(Traffic traffic, double budget, long seed) {
    Replay.Builder learning = replay(traffic, seed).hitPolicy(ErrorBudget.of(budget));
    ReplayResult perfect = learning.build().run(traffic.prompts());
    Random random = new Random(seed);
    ReplayResult noisy =
        learning.cache(builder -> builder.judge(noisyJudge(random))).build().run(traffic.prompts());
    return String.format(
        Locale.ROOT,
        "| %s, noisy judge | %.2f | %d | %s | %.2f |",
        traffic.name(),
        budget,
        seed,
        rates(noisy),
        hitRate(noisy) / hitRate(perfect));
  }

  /** Returns a judge whose verdicts are wrong at random. */
  private static AnswerJudge noisyJudge(Random random) {
    return (Comparison comparison) -> {
      boolean same = comparison.cachedAnswer().equals(comparison.newAnswer());
      boolean errs = random.nextDouble() < (same ? FALSE_DIFFERENT_RATE : FALSE_SAME_RATE);
      return same != errs ? Verdict.SAME : Verdict.DIFFERENT;
    };
  }

  /** Replays streams in which the traffic changes halfway, in both directions. */
  private void switches(Traffic one, Traffic other) {
    seeds()
        .forEach(
            seed -> {
              List<LabeledPrompt> first = half(one, seed);
              List<LabeledPrompt> second = half(other, seed);
              Traffic forward =
                  traffic(Path.of(one.name() + " then " + other.name()), join(first, second));
              Traffic backward =
                  new Traffic(
                      other.name() + " then " + one.name(),
                      join(second, first),
                      forward.neighbors());
              for (double budget : BUDGETS) {
                System.out.println(afterSwitch(forward, first.size(), budget, seed));
                System.out.println(afterSwitch(backward, second.size(), budget, seed));
              }
            });
  }

  private static List<LabeledPrompt> join(List<LabeledPrompt> first, List<LabeledPrompt> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  private String afterSwitch(Traffic stream, int change, double budget, long seed) {
    ReplayResult result =
        Replay.builder(embedder)
            .neighbors(stream.neighbors())
            .hitPolicy(ErrorBudget.of(budget))
            .build()
            .run(stream.prompts());
    long wrong =
        result.prompts().stream()
            .skip(change)
            .limit(REQUESTS_AFTER_SWITCH)
            .filter(ReplayedPrompt::isWrongHit)
            .count();
    return String.format(
        Locale.ROOT,
        "| %s | %.2f | %d | %s | %.2f |",
        stream.name(),
        budget,
        seed,
        rates(result),
        100.0 * wrong / REQUESTS_AFTER_SWITCH);
  }

  private static List<LabeledPrompt> half(Traffic traffic, long seed) {
    List<LabeledPrompt> shuffled = new ArrayList<>(traffic.prompts());
    Collections.shuffle(shuffled, new Random(seed));
    return shuffled.subList(0, Math.min(REQUESTS / 2, shuffled.size()));
  }
}
