package io.github.semcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.semcache.testkit.FakeEmbedder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class FitAndReportCommandTest {
  @TempDir Path directory;

  private final FakeEmbedder embedder = new FakeEmbedder();

  /** Writes 600 prompts at random angles whose labels are sectors of ten degrees. */
  private String prompts() throws IOException {
    Random random = new Random(4);
    StringBuilder csv = new StringBuilder("prompt,label\n");
    for (int i = 0; i < 600; i++) {
      double degrees = 170 * random.nextDouble();
      String text = "tell me more of that" + "!".repeat(i);
      embedder.place(text, degrees);
      csv.append(text).append(",sector ").append((int) (degrees / 10)).append('\n');
    }
    return Files.writeString(directory.resolve("prompts.csv"), csv).toString();
  }

  private String pairs() throws IOException {
    StringBuilder csv = new StringBuilder("one,other,same\n");
    embedder.place("where is it", 0);
    for (int i = 0; i < 400; i++) {
      String other = "where is it" + "?".repeat(i + 1);
      embedder.place(other, i < 200 ? 10 : 40);
      csv.append("where is it,").append(other).append(i < 200 ? ",yes\n" : ",no\n");
    }
    return Files.writeString(directory.resolve("pairs.csv"), csv).toString();
  }

  private CliRun run(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--no-embedding-cache");
    return CliRun.of(embedder, all.toArray(String[]::new));
  }

  @Test
  void fitOfPromptsPrintsTheCode() throws IOException {
    CliRun run =
        run(
            "fit",
            prompts(),
            "--label",
            "label",
            "--error-rate",
            "0.05",
            "--seed",
            "1",
            "--verifier",
            "none");

    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .containsPattern(
            "threshold 0\\.\\d{4} for an error rate of at most 0\\.05 with confidence 0\\.95")
        .containsPattern(
            "(?m)^SemanticCache\\.builder\\(\\)\\.embedder\\(embedder\\)\\.maxDistance\\(0\\.\\d{4}\\)"
                + "\\.verifier\\(PairVerifier\\.none\\(\\)\\)$");
  }

  @Test
  void fitOfPairsSeparatesTheDistances() throws IOException {
    JsonNode json =
        run(
                "fit",
                pairs(),
                "--first",
                "one",
                "--second",
                "other",
                "--label",
                "same",
                "--precision",
                "0.9",
                "--no-guards",
                "--verifier",
                "none",
                "--json")
            .json();

    assertThat(json.get("threshold").asDouble()).isEqualTo(0.0152);
    assertThat(json.get("hits").asInt()).isEqualTo(200);
    assertThat(json.get("crossValidation").get("thresholds")).hasSize(5);
    assertThat(json.get("builder").asText())
        .endsWith(".maxDistance(0.0152).noGuards().verifier(PairVerifier.none())");
  }

  @Test
  void fitWithoutAThresholdFails() throws IOException {
    Path few =
        Files.writeString(directory.resolve("few.csv"), "prompt,label\na,1\nb,2\nc,1\nd,2\ne,1\n");

    run("fit", few.toString(), "--label", "label", "--error-rate", "0.01")
        .assertFailed(
            1,
            "no threshold meets the target with confidence 0.95 on these 5 requests; there are too few"
                + " requests, or prompts with different answers are too similar");
  }

  @Test
  void fitRejectsInvalidOptions() throws IOException {
    String file = prompts();

    run("fit", file, "--error-rate", "0.01")
        .assertFailed(2, "--label is missing; fit needs labels to recognize wrong hits");
    run("fit", file, "--label", "label", "--error-rate", "0.1", "--verifier", "labels")
        .assertFailed(2, "--verifier is labels; fit needs local or none");
    run("fit", file, "--label", "label", "--error-rate", "7")
        .assertFailed(2, "--error-rate: errorRate is 7.0; it must be more than 0 and less than 1");
    run("fit", file, "--label", "label", "--first", "prompt", "--error-rate", "0.1")
        .assertFailed(2, "--first and --second must be used together");
    run(
            "fit",
            file,
            "--label",
            "label",
            "--error-rate",
            "0.1",
            "--first",
            "prompt",
            "--second",
            "prompt",
            "--seed",
            "1")
        .assertFailed(
            2, "--seed, --scope, and --timestamp cannot be combined with --first and --second");
    run("fit", file, "--label", "label", "--error-rate", "0.1", "--confidence", "0.5")
        .assertFailed(
            2, "--confidence: confidence is 0.5; it must be more than 0.5 and less than 1");
    assertThat(run("fit", file, "--label", "label").exitCode()).isEqualTo(2);
    assertThat(
            run("fit", file, "--label", "label", "--error-rate", "0.1", "--precision", "0.9")
                .exitCode())
        .isEqualTo(2);
  }

  @Test
  void reportIsWrittenToTheOutputFile() throws IOException {
    Path page = directory.resolve("page.html");
    CliRun run = run("report", prompts(), "--label", "label", "-o", page.toString());

    assertThat(run.err()).isEmpty();
    assertThat(run.out().strip()).isEqualTo(page.toString());
    assertThat(page)
        .content()
        .contains("max-distance", "600", "semcache-cli report ", "--label label -o ")
        .contains("\"recommendation\":", "\"createdAt\":\"20", "\"maxErrorRate\":0.01");
  }

  @Test
  void reportRequiresLabelsAndAWritableFile() throws IOException {
    String file = prompts();

    run("report", file)
        .assertFailed(2, "--label is missing; a report needs labels to recognize wrong hits");
    run("report", file, "--label", "label", "--error-rate", "2")
        .assertFailed(2, "--error-rate is 2.0; it must be more than 0 and less than 1");
    CliRun run =
        run("report", file, "--label", "label", "-o", directory.resolve("no/page.html").toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("cannot write ", "no/page.html: ").hasLineCount(1);
  }

  @Test
  void replayDeletesTheEmbeddedStoreAtTheEnd() throws IOException {
    Path store = directory.resolve("store");
    String file = prompts();
    JsonNode inMemory =
        run("replay", file, "--label", "label", "--json", "--verifier", "none").json();
    JsonNode onDisk =
        run(
                "replay",
                file,
                "--label",
                "label",
                "--json",
                "--verifier",
                "none",
                "--store",
                store.toString())
            .json();

    assertThat(onDisk.get("hits").asInt()).isEqualTo(inMemory.get("hits").asInt()).isPositive();
    assertThat(store).doesNotExist();
  }
}
