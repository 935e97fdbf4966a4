package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.guard.Guards;
import io.github.semcache.verify.PairVerifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An HTML report that compares hit policies on a stream of labeled prompts: the hit rate and the
 * error rate of each policy, the distances of prompt pairs with the same and with different
 * answers, and a sample of the wrong hits. The report is one file without external resources. It
 * contains the prompt texts of the sampled wrong hits.
 *
 * <p>EvaluationReport is immutable and thread-safe. It requires the optional dependency {@code
 * org.webjars.npm:chart.js}.
 */
public final class EvaluationReport {
  private final ReportData data;

  private EvaluationReport(ReportData data) {
    this.data = data;
  }

  /**
   * Returns a builder.
   *
   * @param embedder computes the embeddings; use a {@link CachingEmbedder}, because the replays
   *     embed the same prompts again
   * @param prompts the prompts to replay, at least one, each with a label
   * @return the builder
   * @throws IllegalArgumentException if there are no prompts, or some have no label
   */
  public static Builder builder(Embedder embedder, List<LabeledPrompt> prompts) {
    return new Builder(embedder, prompts);
  }

  /**
   * Returns the script that draws the charts of a report, for other pages.
   *
   * @return the source of Chart.js, which defines {@code Chart}
   * @throws IllegalStateException if Chart.js is not on the class path
   */
  public static String chartScript() {
    return ReportPage.chartJs();
  }

  /**
   * Returns the report as HTML.
   *
   * @return the page, to be encoded in UTF-8
   * @throws IllegalStateException if Chart.js is not on the class path
   */
  public String html() {
    try {
      return ReportPage.html(data.title(), JsonMapper.builder().build().writeValueAsString(data));
    } catch (JsonProcessingException e) {
      throw new AssertionError("report data is serializable", e);
    }
  }

  /**
   * Writes the report to a file and replaces the file if it exists.
   *
   * @param file the file
   * @throws UncheckedIOException if the file cannot be written
   * @throws IllegalStateException if Chart.js is not on the class path
   */
  public void write(Path file) {
    try {
      Files.writeString(file, html());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e, e);
    }
  }

  /** A builder of {@link EvaluationReport}. Builder is not thread-safe. */
  public static final class Builder {
    private final Embedder embedder;
    private final List<LabeledPrompt> prompts;
    private String title = "Semantic cache evaluation";
    private Optional<Long> seed = Optional.empty();
    private final List<ReportRunner.Setting> settings = new ArrayList<>();
    private Guards guards = Guards.english();
    private PairVerifier verifier = PairVerifier.local();
    private double maxErrorRate = 0.01;
    private @Nullable String command;
    private InstantSource time = InstantSource.system();
    private IntConsumer progress = percent -> {};

    private Builder(Embedder embedder, List<LabeledPrompt> prompts) {
      this.embedder = requireNonNull(embedder, "embedder");
      this.prompts = List.copyOf(prompts);
      if (prompts.isEmpty()) {
        throw new IllegalArgumentException("prompts is empty; a report needs at least one");
      }
      if (prompts.stream().anyMatch(prompt -> prompt.label().isEmpty())) {
        throw new IllegalArgumentException(
            "some prompts have no label; every prompt must have one");
      }
    }

    /**
     * Sets the title.
     *
     * @param title the title
     * @return this builder
     */
    public Builder title(String title) {
      this.title = requireNonNull(title, "title");
      return this;
    }

    /**
     * Shuffles the prompts.
     *
     * @param seed the seed of the shuffle; the same seed gives the same order
     * @return this builder
     */
    public Builder shuffled(long seed) {
      this.seed = Optional.of(seed);
      return this;
    }

    /**
     * Adds a policy at one setting. A policy with several settings is added several times under the
     * same name.
     *
     * @param name the name of the policy
     * @param setting the name of the setting
     * @param options sets the policy of a replay
     * @return this builder
     */
    public Builder policy(String name, String setting, Consumer<Replay.Builder> options) {
      settings.add(new ReportRunner.Setting(name, setting, null, null, options));
      return this;
    }

    /**
     * Adds a policy at one setting that the report may recommend. The rates of the first policy
     * with thresholds are also plotted against them.
     *
     * @param name the name of the policy
     * @param setting the name of the setting
     * @param threshold the threshold, if the setting is one
     * @param code the Java code that builds a cache with the setting
     * @param options sets the policy of the cache
     * @return this builder
     */
    public Builder policy(
        String name,
        String setting,
        OptionalDouble threshold,
        String code,
        Consumer<SemanticCacheBuilder> options) {
      settings.add(
          new ReportRunner.Setting(
              name,
              setting,
              threshold.isPresent() ? threshold.getAsDouble() : null,
              requireNonNull(code, "code"),
              replay -> replay.cache(options)));
      return this;
    }

    /**
     * Adds the default policy, thresholds with and without a verifier, {@code sameWords}, and error
     * budgets, each at several settings.
     *
     * @return this builder
     */
    public Builder standardPolicies() {
      StandardPolicies.addTo(this);
      return this;
    }

    /**
     * Sets the verifier whose scores are evaluated. The default is {@link PairVerifier#local}.
     *
     * @param verifier the verifier
     * @return this builder
     */
    public Builder verifier(PairVerifier verifier) {
      this.verifier = requireNonNull(verifier, "verifier");
      return this;
    }

    /**
     * Sets the highest acceptable error rate. The report recommends the setting with the most hits
     * whose error rate is at most this rate with confidence.
     *
     * @param rate the rate, in (0, 1); 0.01 by default
     * @return this builder
     * @throws IllegalArgumentException if the rate is out of range
     */
    public Builder maxErrorRate(double rate) {
      if (!(rate > 0 && rate < 1)) {
        throw new IllegalArgumentException(
            "maxErrorRate is " + rate + "; it must be more than 0 and less than 1");
      }
      this.maxErrorRate = rate;
      return this;
    }

    /**
     * Sets the command line that is shown on the page.
     *
     * @param command the command line that writes the report
     * @return this builder
     */
    public Builder command(String command) {
      this.command = requireNonNull(command, "command");
      return this;
    }

    /**
     * Sets the clock of the date that is shown on the page. The default is the system clock.
     *
     * @param time the clock
     * @return this builder
     */
    public Builder timeSource(InstantSource time) {
      this.time = requireNonNull(time, "timeSource");
      return this;
    }

    /**
     * Sets the guards that are checked for each shown wrong hit. The default is {@link
     * Guards#english}.
     *
     * @param guards the guards
     * @return this builder
     */
    public Builder guards(Guards guards) {
      this.guards = requireNonNull(guards, "guards");
      return this;
    }

    /**
     * Sets a listener for the progress of {@link #build}.
     *
     * @param progress receives the progress in percent; called by one thread at a time
     * @return this builder
     */
    public Builder progress(IntConsumer progress) {
      this.progress = requireNonNull(progress, "progress");
      return this;
    }

    /**
     * Replays the prompts with every policy, on all processors. Blocks until all replays are done.
     *
     * @return the report
     * @throws RuntimeException any exception of the embedder or the policies
     */
    public EvaluationReport build() {
      return new EvaluationReport(
          new ReportRunner(
                  embedder,
                  prompts,
                  new ReportRunner.Options(
                      title, command, time.instant(), seed, maxErrorRate, guards, verifier),
                  List.copyOf(settings),
                  progress)
              .run());
    }
  }
}
