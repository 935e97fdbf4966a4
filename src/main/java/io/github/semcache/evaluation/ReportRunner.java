package io.github.semcache.evaluation;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.guard.Guards;
import io.github.semcache.guard.PromptPair;
import io.github.semcache.policy.HitPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Replays the prompts of a report with every policy and collects the data of the report.
 *
 * @param embedder computes the embeddings
 * @param prompts the prompts, each with a label
 * @param title the title of the report
 * @param seed the seed of the shuffle, or empty for the order of the list
 * @param settings the policies to replay
 * @param guards the guards that are checked for each wrong hit
 * @param progress receives the progress in percent; called by one thread at a time
 */
record ReportRunner(
    Embedder embedder,
    List<LabeledPrompt> prompts,
    String title,
    Optional<Long> seed,
    List<Setting> settings,
    Guards guards,
    IntConsumer progress) {
  /** The threshold of the replay whose wrong hits are shown: the default of the cache. */
  private static final double WRONG_HITS_THRESHOLD = 0.15;

  private static final int MAX_WRONG_HITS = 20;
  private static final int MAX_WRONG_HITS_PER_LABELS = 2;
  private static final double BIN_WIDTH = 0.02;
  private static final int BINS = 35;

  /**
   * A policy at one setting.
   *
   * @param policy the name of the policy
   * @param name the name of the setting
   * @param threshold the threshold, or null if the setting is not a threshold
   * @param options sets the policy of a replay
   */
  record Setting(
      String policy, String name, @Nullable Double threshold, Consumer<Replay.Builder> options) {

    ReportData.Point replay(Replay.Builder replay, List<LabeledPrompt> prompts) {
      options.accept(replay);
      return ReportData.Point.of(name, threshold, replay.build().run(prompts));
    }
  }

  /** Blocks until all replays are done; they run in parallel on all processors. */
  ReportData run() {
    int size = prompts.size();
    NeighborTable table =
        NeighborTable.of(embedder, prompts, done -> progress.accept(50 * done / size));
    return new ReportData(
        title,
        embedder.modelId(),
        size,
        (int) prompts.stream().map(LabeledPrompt::label).distinct().count(),
        seed.map(number -> "shuffled with seed " + number).orElse("in order"),
        curves(points(table)),
        bins(new NearestPairs(prompts, replay(table), ReportRunner::unguarded).at(0).pairs()),
        wrongHits(replay(table).hitPolicy(unguarded(WRONG_HITS_THRESHOLD)).build().run(prompts)));
  }

  private static HitPolicy unguarded(double threshold) {
    return HitPolicy.maxDistance(threshold).unguarded();
  }

  private Replay.Builder replay(NeighborTable table) {
    Replay.Builder replay = Replay.builder(embedder).neighbors(table);
    seed.ifPresent(replay::shuffled);
    return replay;
  }

  /** Returns the point of each setting, in the order of the settings. */
  private List<ReportData.Point> points(NeighborTable table) {
    AtomicInteger done = new AtomicInteger();
    return settings.parallelStream()
        .map(
            setting -> {
              ReportData.Point point = setting.replay(replay(table), prompts);
              synchronized (done) {
                progress.accept(50 + 50 * done.incrementAndGet() / settings.size());
              }
              return point;
            })
        .toList();
  }

  private List<ReportData.Curve> curves(List<ReportData.Point> points) {
    return settings.stream()
        .map(Setting::policy)
        .distinct()
        .map(
            policy ->
                new ReportData.Curve(
                    policy,
                    IntStream.range(0, points.size())
                        .filter(i -> settings.get(i).policy().equals(policy))
                        .mapToObj(points::get)
                        .toList()))
        .toList();
  }

  private static List<ReportData.Bin> bins(List<ScoredPair> pairs) {
    int[] same = new int[BINS];
    int[] different = new int[BINS];
    for (ScoredPair pair : pairs) {
      int bin = (int) (pair.distance() / BIN_WIDTH);
      if (bin < BINS) {
        (pair.sameAnswer() ? same : different)[bin]++;
      }
    }
    return IntStream.range(0, BINS)
        .mapToObj(i -> new ReportData.Bin(i * BIN_WIDTH, same[i], different[i]))
        .toList();
  }

  /** Returns the wrong hits with the smallest distances, at most two for the same two labels. */
  private List<ReportData.WrongHit> wrongHits(ReplayResult result) {
    Map<List<String>, Integer> shown = new HashMap<>();
    return result.wrongHits().stream()
        .sorted(Comparator.comparingDouble(hit -> hit.distance().orElse(0)))
        .filter(hit -> shown.merge(labels(hit), 1, Integer::sum) <= MAX_WRONG_HITS_PER_LABELS)
        .limit(MAX_WRONG_HITS)
        .map(this::wrongHit)
        .toList();
  }

  private static List<String> labels(ReplayedPrompt hit) {
    List<String> labels =
        new ArrayList<>(List.of(hit.prompt().label().orElse(""), hit.answer().text()));
    labels.sort(Comparator.naturalOrder());
    return labels;
  }

  private ReportData.WrongHit wrongHit(ReplayedPrompt hit) {
    String matched = hit.answer().matchedPrompt().orElse("");
    return new ReportData.WrongHit(
        hit.prompt().text(),
        hit.prompt().label().orElse(""),
        matched,
        hit.answer().text(),
        hit.distance().orElse(0),
        hit.prompt().line(),
        guards.rejections(PromptPair.of(hit.prompt().text(), matched)).stream()
            .map(RejectionReason::code)
            .toList());
  }
}
