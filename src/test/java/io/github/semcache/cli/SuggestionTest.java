package io.github.semcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.testkit.FakeEmbedder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {
  private static String suggestion(String commandLine) {
    CliRun run = CliRun.of(new FakeEmbedder(), commandLine.split(" "));
    assertThat(run.exitCode()).isEqualTo(2);
    return run.err().lines().filter(line -> line.startsWith("Did you mean")).toList().toString();
  }

  @ParameterizedTest
  @CsvSource({
    "repaly x.csv, replay",
    "Replay x.csv, replay",
    "fti x.csv, fit",
    "cashes, caches",
    "replay x.csv --promt text, --prompt",
    "replay x.csv --promt=text, --prompt",
    "replay --lable=intent x.csv, --label",
    "ls --stroe /tmp, --store",
    "forget --store /tmp --kye 123456, --key"
  })
  void misspelledNameIsSuggested(String commandLine, String name) {
    assertThat(suggestion(commandLine)).isEqualTo("[Did you mean " + name + "?]");
  }

  @Test
  void misspelledOptionIsNamedInsteadOfTheMissingOne() {
    CliRun run = CliRun.of(new FakeEmbedder(), "explain", "what?", "--stroe=/tmp");

    assertThat(run.err()).contains("Unknown option: '--stroe'").doesNotContain("Missing");
    assertThat(CliRun.of(new FakeEmbedder(), "explain", "--", "--stroe").err())
        .contains("Missing required option: '--store");
  }

  @Test
  void unrelatedNameIsNotSuggested() {
    assertThat(suggestion("xylophone")).isEqualTo("[]");
    assertThat(suggestion("replay x.csv --xylophone")).isEqualTo("[]");
  }

  @Test
  void editDistanceCountsASwapAsOne() {
    assertThat(Suggestion.editDistance("repaly", "replay")).isEqualTo(1);
    assertThat(Suggestion.editDistance("", "abc")).isEqualTo(3);
    assertThat(Suggestion.editDistance("report", "replay")).isEqualTo(3);
  }
}
