package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.guard.Guards;
import io.github.semcache.guard.PromptPair;
import io.github.semcache.guard.RejectionReason;
import io.github.semcache.policy.HitPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.DoubleFunction;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A page to look at: what each policy would do on a stream of labeled prompts, how far right and
 * wrong pairs are apart, and which wrong hits there would be. The page is one file without links;
 * it holds the texts of its wrong hits.
 *
 * <p>Immutable. Needs the optional dependency {@code org.webjars.npm:chart.js}.
 */
public final class EvaluationReport {
  /** The distance at which wrong hits are looked for: the cut that a cache has by default. */
  private static final double SHOWN_CUT = 0.15;

  private static final int SHOWN_WRONG_HITS = 20;
  private static final int SAME_LABELS_SHOWN = 2;
  private static final double BIN_WIDTH = 0.02;
  private static final int BINS = 35;

  private final ReportData data;

  private EvaluationReport(ReportData data) {
    this.data = data;
  }

  /**
   * Begins a report.
   *
   * @param embedder who makes the embeddings; best one that remembers them
   * @param prompts what to replay, each with its label
   * @return a builder
   * @throws IllegalArgumentException if there are no prompts, or some have no label
   */
  public static Builder builder(Embedder embedder, List<LabeledPrompt> prompts) {
    return new Builder(embedder, prompts);
  }

  /**
   * The page.
   *
   * @return HTML, to be encoded in UTF-8
   * @throws IllegalStateException if the script for the charts is not on the class path
   */
  public String html() {
    try {
      return ReportPage.html(data.title(), JsonMapper.builder().build().writeValueAsString(data));
    } catch (JsonProcessingException e) {
      throw new AssertionError("numbers and texts can be written", e);
    }
  }

  /**
   * Writes the page, over a file that is there.
   *
   * @param file the file
   * @throws UncheckedIOException if it cannot be written
   * @throws IllegalStateException if the script for the charts is not on the class path
   */
  public void write(Path file) {
    try {
      Files.writeString(file, html());
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written: " + e.getMessage(), e);
    }
  }

  /** The options of an {@link EvaluationReport}. Not safe for use by many threads. */
  public static final class Builder {
    private final Embedder embedder;
    private final List<LabeledPrompt> prompts;
    private String title = "What a semantic cache would do";
    private Optional<Long> seed = Optional.empty();
    private final List<Run> runs = new ArrayList<>();
    private Guards guards = Guards.english();
    private IntConsumer progress = percent -> {};

    private Builder(Embedder embedder, List<LabeledPrompt> prompts) {
      this.embedder = requireNonNull(embedder, "embedder");
      this.prompts = List.copyOf(prompts);
      if (prompts.isEmpty()) {
        throw new IllegalArgumentException("prompts is empty; a report needs at least one");
      }
      if (prompts.stream().anyMatch(prompt -> prompt.label().isEmpty())) {
        throw new IllegalArgumentException("some prompts have no label; a report needs them all");
      }
    }

    /**
     * Sets the page's title.
     *
     * @param title any text
     * @return this builder
     */
    public Builder title(String title) {
      this.title = requireNonNull(title, "title");
      return this;
    }

    /**
     * Asks the prompts in a random order.
     *
     * @param seed the same seed gives the same order
     * @return this builder
     */
    public Builder shuffled(long seed) {
      this.seed = Optional.of(seed);
      return this;
    }

    /**
     * Adds a policy that has a cut. The first one that is added is also drawn over its cuts.
     *
     * @param name what to call it
     * @param policy makes the policy of a cut
     * @param cuts the cuts to show, from strict to loose
     * @return this builder
     */
    public Builder policy(String name, DoubleFunction<HitPolicy> policy, List<Double> cuts) {
      for (double cut : cuts) {
        HitPolicy made = policy.apply(cut);
        runs.add(new Run(name, Double.toString(cut), cut, replay -> replay.hitPolicy(made)));
      }
      return this;
    }

    /**
     * Adds a policy at one setting, or one more setting of a policy.
     *
     * @param name what to call the policy
     * @param setting what to call the setting
     * @param options sets it on a replay
     * @return this builder
     */
    public Builder policy(String name, String setting, Consumer<Replay.Builder> options) {
      runs.add(new Run(name, setting, null, options));
      return this;
    }

    /**
     * Sets which guards are asked whether they would have stopped a wrong hit.
     *
     * @param guards the guards; {@link Guards#english} unless set
     * @return this builder
     */
    public Builder guards(Guards guards) {
      this.guards = requireNonNull(guards, "guards");
      return this;
    }

    /**
     * Sets who is told how far the work is.
     *
     * @param progress is told percents, from one thread at a time
     * @return this builder
     */
    public Builder progress(IntConsumer progress) {
      this.progress = requireNonNull(progress, "progress");
      return this;
    }

    /**
     * Replays the prompts with every policy, on all processors.
     *
     * @return the report
     * @throws RuntimeException whatever embedder or policies throw
     */
    public EvaluationReport build() {
      int size = prompts.size();
      NeighborTable table =
          NeighborTable.of(embedder, prompts, done -> progress.accept(50 * done / size));
      AtomicInteger done = new AtomicInteger();
      List<ReportData.Point> points =
          IntStream.range(0, runs.size())
              .parallel()
              .mapToObj(
                  i -> {
                    ReportData.Point point = runs.get(i).point(replay(table), prompts);
                    synchronized (done) {
                      progress.accept(50 + 50 * done.incrementAndGet() / runs.size());
                    }
                    return point;
                  })
              .toList();
      return new EvaluationReport(
          new ReportData(
              title,
              embedder.modelId(),
              size,
              (int) prompts.stream().map(LabeledPrompt::label).distinct().count(),
              seed.map(number -> "shuffled with seed " + number).orElse("in order"),
              curves(points),
              bins(new NearestPairs(prompts, replay(table), Builder::bare).at(0).pairs()),
              wrongHits(replay(table).hitPolicy(bare(SHOWN_CUT)).build().run(prompts))));
    }

    private static HitPolicy bare(double cut) {
      return HitPolicy.maxDistance(cut).unguarded();
    }

    private Replay.Builder replay(NeighborTable table) {
      Replay.Builder replay = Replay.builder(embedder).neighbors(table);
      seed.ifPresent(replay::shuffled);
      return replay;
    }

    private List<ReportData.Curve> curves(List<ReportData.Point> points) {
      List<String> names = runs.stream().map(Run::name).distinct().toList();
      return names.stream()
          .map(
              name ->
                  new ReportData.Curve(
                      name,
                      IntStream.range(0, runs.size())
                          .filter(i -> runs.get(i).name().equals(name))
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
          (pair.same() ? same : different)[bin]++;
        }
      }
      return IntStream.range(0, BINS)
          .mapToObj(i -> new ReportData.Bin(i * BIN_WIDTH, same[i], different[i]))
          .toList();
    }

    /** The nearest ones, but not the same two labels over and over. */
    private List<ReportData.WrongHit> wrongHits(ReplayResult result) {
      Map<List<String>, Integer> shown = new HashMap<>();
      return result.wrongHits().stream()
          .sorted(Comparator.comparingDouble(hit -> hit.distance().orElse(0)))
          .filter(hit -> shown.merge(labels(hit), 1, Integer::sum) <= SAME_LABELS_SHOWN)
          .limit(SHOWN_WRONG_HITS)
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

  /** A policy at one setting. */
  private record Run(
      String name, String setting, @Nullable Double cut, Consumer<Replay.Builder> options) {

    ReportData.Point point(Replay.Builder replay, List<LabeledPrompt> prompts) {
      options.accept(replay);
      return ReportData.Point.of(setting, cut, replay.build().run(prompts));
    }
  }
}
