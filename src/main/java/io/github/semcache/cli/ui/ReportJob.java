package io.github.semcache.cli.ui;

import io.github.semcache.evaluation.CachingEmbedder;
import io.github.semcache.evaluation.DataFile;
import io.github.semcache.evaluation.DataFileException;
import io.github.semcache.evaluation.DataSet;
import io.github.semcache.evaluation.EvaluationReport;
import io.github.semcache.evaluation.LabeledPrompt;
import io.github.semcache.evaluation.PromptColumns;
import io.github.semcache.prompt.Normalizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Creates a report of an uploaded file in the background, one at a time. The latest report is in
 * memory until the next one. Thread-safe.
 */
final class ReportJob implements AutoCloseable {
  static final int MAX_BYTES = 32 << 20;
  private static final int SEED = 1;
  private static final int EMBEDDING_PERCENT = 40;

  private final CachingEmbedder embedder;
  private State state = State.IDLE;
  private int percent;
  private String message = "";
  private String id = "";
  private String html = "";
  private @Nullable Thread worker;

  private enum State {
    IDLE,
    RUNNING,
    DONE,
    FAILED
  }

  ReportJob(CachingEmbedder embedder) {
    this.embedder = embedder;
  }

  /**
   * A file to report on.
   *
   * @param name the name of the file
   * @param prompt the column of the prompts; empty to recognize the columns
   * @param label the column of the labels
   * @param limit the maximum number of prompts
   * @param maxErrorRate the highest acceptable error rate
   * @param isShuffled whether the prompts are shuffled
   */
  record Request(
      String name,
      Optional<String> prompt,
      Optional<String> label,
      int limit,
      double maxErrorRate,
      boolean isShuffled) {}

  /**
   * Reads a file and starts the report.
   *
   * @throws HttpFailure if the file is not usable, or another report is running
   */
  synchronized Map<String, @Nullable Object> start(Request request, byte[] content)
      throws IOException {
    if (state == State.RUNNING) {
      throw new HttpFailure(HttpFailure.CONFLICT, "another report is running");
    }
    List<LabeledPrompt> all = read(request, content);
    List<LabeledPrompt> sample = sample(all, request.limit());
    state = State.RUNNING;
    percent = 0;
    message = sample.size() + " of " + all.size() + " prompts";
    id = RequestGuard.randomHex(16);
    html = "";
    Thread thread = new Thread(() -> run(request, sample, all.size()), "semcache-ui-report");
    thread.setDaemon(true);
    worker = thread;
    thread.start();
    return status();
  }

  private static List<LabeledPrompt> read(Request request, byte[] content) throws IOException {
    Path file = Files.createTempFile("semcache-", extension(request.name()));
    try {
      Files.write(file, content);
      return read(request, file);
    } finally {
      Files.delete(file);
    }
  }

  /** Returns the extension that determines the format. */
  private static String extension(String name) {
    String lowerCase = name.toLowerCase(Locale.ROOT);
    return List.of(".tsv", ".jsonl", ".ndjson", ".json").stream()
        .filter(lowerCase::endsWith)
        .findFirst()
        .orElse(".csv");
  }

  private static List<LabeledPrompt> read(Request request, Path file) {
    try {
      if (request.prompt().isPresent() && request.label().isPresent()) {
        return DataFile.read(file)
            .prompts(PromptColumns.of(request.prompt().get()).label(request.label().get()));
      }
      if (DataSet.read(file) instanceof DataSet.Prompts found) {
        return found.prompts();
      }
    } catch (DataFileException e) {
      String problem = String.valueOf(e.getMessage()).replace(file.toString(), request.name());
      throw new HttpFailure(HttpFailure.UNPROCESSABLE, problem, Map.of("columns", columns(file)));
    }
    throw new HttpFailure(
        HttpFailure.UNPROCESSABLE,
        request.name() + " contains pairs of prompts; a report needs prompts with labels");
  }

  /** Returns the column names of a file, or an empty list if it cannot be read. */
  private static List<String> columns(Path file) {
    try {
      return DataFile.read(file).columns();
    } catch (DataFileException e) {
      return List.of();
    }
  }

  /** Returns at most a number of prompts, in file order. */
  private static List<LabeledPrompt> sample(List<LabeledPrompt> prompts, int limit) {
    if (prompts.size() <= limit) {
      return prompts;
    }
    List<LabeledPrompt> shuffled = new ArrayList<>(prompts);
    Collections.shuffle(shuffled, new Random(SEED));
    return shuffled.subList(0, limit).stream()
        .sorted(Comparator.comparingLong(LabeledPrompt::line))
        .toList();
  }

  private void run(Request request, List<LabeledPrompt> prompts, int available) {
    try {
      List<String> texts =
          prompts.stream().map(prompt -> Normalizer.nfc().normalize(prompt.text())).toList();
      int threads = Runtime.getRuntime().availableProcessors();
      embedder.precompute(
          texts, threads, done -> progress(EMBEDDING_PERCENT * done / texts.size()));
      EvaluationReport.Builder report =
          EvaluationReport.builder(embedder, prompts)
              .title("Semantic cache evaluation of " + request.name())
              .command("semcache-cli ui (%,d of %,d prompts)".formatted(prompts.size(), available))
              .maxErrorRate(request.maxErrorRate())
              .standardPolicies()
              .progress(
                  done -> progress(EMBEDDING_PERCENT + (100 - EMBEDDING_PERCENT) * done / 100));
      if (request.isShuffled()) {
        report.shuffled(SEED);
      }
      finish(State.DONE, "", report.build().html());
    } catch (CancellationException e) {
      finish(State.IDLE, "canceled", "");
    } catch (RuntimeException e) {
      finish(State.FAILED, "the report failed: " + e.getMessage(), "");
    }
  }

  /** Records the progress and ends a report that was canceled. */
  private synchronized void progress(int newPercent) {
    if (state != State.RUNNING || worker == null) {
      throw new CancellationException("the report was canceled");
    }
    percent = newPercent;
  }

  private synchronized void finish(State newState, String newMessage, String newHtml) {
    state = newState;
    message = newState == State.DONE ? message : newMessage;
    html = newHtml;
    worker = null;
  }

  /** Ends the running report with its next step. */
  synchronized void cancel() {
    worker = null;
  }

  synchronized Map<String, @Nullable Object> status() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("state", state.name());
    json.put("percent", percent);
    json.put("message", message);
    json.put("path", state == State.DONE ? "/report/" + id : null);
    return json;
  }

  /** Returns the report with an ID, which cannot be guessed. */
  synchronized Optional<String> html(String wantedId) {
    return state == State.DONE && id.equals(wantedId) ? Optional.of(html) : Optional.empty();
  }

  @Override
  public void close() {
    cancel();
  }
}
