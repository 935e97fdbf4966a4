package io.github.semcache.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
  private static final String MODEL = "[MODEL]";
  private static final String CACHE = "[CACHE]";

  /**
   * The result of a run.
   *
   * @param exitCode the exit code
   * @param output the output
   */
  private record Run(int exitCode, String output) {
    static Run of(Map<String, String> environment, String input, String... arguments) {
      ByteArrayOutputStream printed = new ByteArrayOutputStream();
      int exitCode =
          new Demo(
                  environment,
                  Optional.of(new BufferedReader(new StringReader(input))),
                  new PrintStream(printed, true, StandardCharsets.UTF_8))
              .run(List.of(arguments));
      return new Run(exitCode, printed.toString(StandardCharsets.UTF_8));
    }

    /** Returns the source of each answer. */
    List<String> sources() {
      return output
          .lines()
          .map(line -> line.replace("Question (empty to end): ", ""))
          .filter(line -> line.startsWith("["))
          .map(line -> line.substring(0, MODEL.length()))
          .toList();
    }
  }

  @Test
  void paraphraseAndRepetitionAreAnsweredFromTheCache() {
    Run run = Run.of(Map.of(), "");

    assertThat(run.exitCode()).isZero();
    assertThat(run.sources()).containsExactly(MODEL, CACHE, CACHE, MODEL);
    assertThat(run.output())
        .contains("NOT a language model", "4 requests", "time: model", "exact hit")
        .containsPattern("1,000 times again: (\\d+ µs|\\d+\\.\\d ms) \\(median\\)")
        .containsPattern(
            "semantic hit, distance 0\\.\\d{3} to \"What is the capital of France\\?\"");
  }

  @Test
  void endPointsToTheLocalPageOfTheSameStore(@TempDir Path directory) {
    assertThat(Run.of(Map.of(), "").output())
        .endsWith("java -jar target/semcache-cli.jar ui" + System.lineSeparator());
    assertThat(Run.of(Map.of(), "", "--store", directory.toString()).output())
        .endsWith("ui --store \"" + directory + "\"" + System.lineSeparator());
  }

  @Test
  void secondRunOnTheSameDirectoryIsAnsweredFromTheCache(@TempDir Path directory) {
    String[] arguments = {"--store", directory.toString()};
    assertThat(Run.of(Map.of(), "", arguments).sources())
        .containsExactly(MODEL, CACHE, CACHE, MODEL);
    assertThat(Run.of(Map.of(), "", arguments).sources())
        .containsExactly(CACHE, CACHE, CACHE, CACHE);
  }

  @Test
  void questionsOfTheUserAreExplained() {
    Run run =
        Run.of(
            Map.of(),
            "What is the capital of Germany?\nWhat is the capital of Germany?\n\nnot read\n");

    assertThat(run.sources()).endsWith(MODEL, CACHE).hasSize(6);
    assertThat(run.output())
        .contains("A scripted answer to: What is the capital of Germany?", "nearest entries:")
        .containsPattern("0\\.\\d{3} {2}\"What is the capital of France\\?\": ")
        .doesNotContain("not read");
  }

  @Test
  void helpIsPrinted() {
    Run run = Run.of(Map.of(), "", "--help");

    assertThat(run.exitCode()).isZero();
    assertThat(run.output()).contains("--store DIR", "OPENAI_API_KEY", "REDIS_URL");
  }

  @Test
  void unknownOptionIsRejectedInOneLine() {
    Run run = Run.of(Map.of(), "", "--shop", "x");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.output()).contains("[--shop, x]; see --help").hasLineCount(1);
  }

  @Test
  void unreachableOrInvalidRedisUrlIsReportedInOneLine() {
    for (String url : List.of("redis://:secret@127.0.0.1:1", "redis://:secret@under_score")) {
      Run run = Run.of(Map.of("REDIS_URL", url), "");

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.output())
          .startsWith("demo: the store cannot be opened: ")
          .doesNotContain("secret")
          .hasLineCount(1);
    }
  }
}
