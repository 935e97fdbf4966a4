package io.github.semcache.evaluation;

import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.guard.Guard.PromptPair;
import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.guard.Guards;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.verify.PairVerifier;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
 * @param options the texts and limits of the report
 * @param settings the policies to replay
 * @param progress receives the progress in percent; called by one thread at a time
 */
record ReportRunner(
    Embedder embedder,
    List<LabeledPrompt> prompts,
    Options options,
    List<Setting> settings,
    IntConsumer progress) {
  /** The threshold of embedders that declare none. */
  private static final double DEFAULT_THRESHOLD = 0.15;

  private static final int MAX_WRONG_HITS = 20;
  private static final int MAX_WRONG_HITS_PER_LABELS = 2;
  private static final double BIN_WIDTH = 0.02;
  private static final int BINS = 35;

  /**
   * The texts and limits of a report.
   *
   * @param title the title of the report
   * @param command the command line that writes the report, or null
   * @param createdAt when the report is created
   * @param seed the seed of the shuffle, or empty for the order of the list
   * @param maxErrorRate the highest acceptable error rate
   * @param guards the guards that are checked for each wrong hit
   * @param verifier the verifier whose scores are evaluated
   */
  record Options(
      String title,
      @Nullable String command,
      Instant createdAt,
      Optional<Long> seed,
      double maxErrorRate,
      Guards guards,
      PairVerifier verifier) {}

  /**
   * A policy at one setting.
   *
   * @param policy the name of the policy
   * @param name the name of the setting
   * @param threshold the threshold, or null if the setting is not a threshold
   * @param code the Java code that builds a cache with the setting, or null
   * @param options sets the policy of a replay
   */
  record Setting(
      String policy,
      String name,
      @Nullable Double threshold,
      @Nullable String code,
      Consumer<Replay.Builder> options) {

    ReportData.Point replay(Replay.Builder replay, List<LabeledPrompt> prompts) {
      options.accept(replay);
      return ReportData.Point.of(name, threshold, code, replay.build().run(prompts));
    }
  }

  /** Blocks until all replays are done; they run in parallel on all processors. */
  ReportData run() {
    int size = prompts.size();
    NeighborTable table =
        NeighborTable.of(embedder, prompts, done -> progress.accept(50 * done / size));
    List<ReportData.Curve> curves = curves(points(table));
    NearestMatches nearest = NearestMatches.of(replay(table), prompts);
    return new ReportData(
        options.title(),
        embedder.modelId(),
        size,
        (int) prompts.stream().map(LabeledPrompt::label).distinct().count(),
        options.seed().map(number -> "shuffled with seed " + number).orElse("in order"),
        options.command(),
        options.createdAt().truncatedTo(ChronoUnit.SECONDS).toString(),
        options.maxErrorRate(),
        ReportData.Recommendation.of(curves, options.maxErrorRate()),
        curves,
        List.of(
            ReportData.ScoreCurve.of(
                "cosine similarity", nearest.scores(match -> 1 - match.distance() / 2)),
            ReportData.ScoreCurve.of(
                "verifier", nearest.scores(match -> match.score(options.verifier())))),
        Reliability.of(
            nearest.within(threshold()).scores(match -> match.score(options.verifier()))),
        threshold(),
        bins(new NearestPairs(prompts, replay(table), ReportRunner::unguarded).at(0).pairs()),
        wrongHits(replay(table).cache(b -> unverified(b, threshold())).build().run(prompts)));
  }

  private double threshold() {
    return embedder.maxDistance().orElse(DEFAULT_THRESHOLD);
  }

  private static void unverified(SemanticCacheBuilder builder, double threshold) {
    builder.hitPolicy(unguarded(threshold)).verifier(PairVerifier.none());
  }

  private static HitPolicy unguarded(double threshold) {
    return HitPolicy.maxDistance(threshold).unguarded();
  }

  private Replay.Builder replay(NeighborTable table) {
    Replay.Builder replay = Replay.builder(embedder).neighbors(table);
    options.seed().ifPresent(replay::shuffled);
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
                ReportData.Curve.of(
                    policy,
                    IntStream.range(0, points.size())
                        .filter(i -> settings.get(i).policy().equals(policy))
                        .mapToObj(points::get)
                        .toList(),
                    options.maxErrorRate()))
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
        options.guards().rejections(PromptPair.of(hit.prompt().text(), matched)).stream()
            .map(RejectionReason::code)
            .toList());
  }
}
