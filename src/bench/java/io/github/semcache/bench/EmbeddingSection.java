package io.github.semcache.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Compares {@link MiniLmEmbedder}, which computes a text with one thread, with the model of
 * LangChain4j, which uses the default of ONNX Runtime: a thread for each processor.
 */
final class EmbeddingSection {
  private static final int CALLS = 30;

  /** The threads of ONNX Runtime wait in a loop before they sleep. */
  private static final long PAUSE_MILLIS = 200;

  private static final Map<String, String> TEXTS =
      new TreeMap<>(
          Map.of(
              "7 words",
              "Which city serves as France's capital?",
              "80 words",
              "my card was declined at the store ".repeat(11).strip()));

  private final Report report;
  private final Duration duration;
  private final Report.Table table;

  EmbeddingSection(Report report, Duration duration) {
    this.report = report;
    this.duration = duration;
    table =
        report.table(
            "Local embedding",
            "text",
            "MiniLmEmbedder, p50 ms",
            "CPU ms",
            "LangChain4j, p50 ms",
            "CPU ms",
            "ratio of p50",
            "ratio of CPU");
  }

  void run() throws InterruptedException {
    Embedder embedder = MiniLmEmbedder.create();
    EmbeddingModel model = new AllMiniLmL6V2QuantizedEmbeddingModel(Runnable::run);
    for (Map.Entry<String, String> text : TEXTS.entrySet()) {
      measure(
          text, List.of(new Times(each -> embedder.embed(List.of(each))), new Times(model::embed)));
    }
  }

  private void measure(Map.Entry<String, String> text, List<Times> variants)
      throws InterruptedException {
    int rounds = (int) Math.max(4, duration.toMillis() / 200);
    for (int i = 0; i < rounds; i++) {
      for (Times variant : variants) {
        variant.measure(text.getValue(), i > 0);
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    }
    Times own = variants.get(0);
    Times other = variants.get(1);
    double ratio = own.cpuMillis() / other.cpuMillis();
    table.row(
        text.getKey(),
        own.medianMillis(),
        own.cpuMillis(),
        other.medianMillis(),
        other.cpuMillis(),
        own.medianMillis() / other.medianMillis(),
        ratio);
    report.atMost("local embedding, ratio of CPU times, " + text.getKey(), ratio, 0.5);
  }

  /** The times of a variant. */
  private static final class Times {
    private static final OperatingSystemMXBean PROCESS =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final Consumer<String> embedder;
    private final List<Long> nanos = new ArrayList<>();
    private long cpuNanos;

    Times(Consumer<String> embedder) {
      this.embedder = embedder;
    }

    void measure(String text, boolean counts) {
      long cpuBefore = PROCESS.getProcessCpuTime();
      List<Long> measured = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        long before = System.nanoTime();
        embedder.accept(text);
        measured.add(System.nanoTime() - before);
      }
      if (counts) {
        cpuNanos += PROCESS.getProcessCpuTime() - cpuBefore;
        nanos.addAll(measured);
      }
    }

    double medianMillis() {
      return nanos.stream().sorted().toList().get(nanos.size() / 2) / 1e6;
    }

    double cpuMillis() {
      return cpuNanos / 1e6 / nanos.size();
    }
  }
}
