package io.github.semcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.semcache.testkit.FakeEmbedder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
  @TempDir Path directory;

  private final FakeEmbedder embedder =
      new FakeEmbedder()
          .place("where is my card", 0)
          .place("where's my card", 5)
          .place("where is my pin", 8)
          .place("how do i pay", 120);

  @BeforeEach
  void writeFiles() throws IOException {
    Files.writeString(
        directory.resolve("stream.csv"),
        """
        text,category
        where is my card,card
        how do i pay,pay
        where's my card,card
        where is my pin,pin
        """);
    Path pairs = Files.createDirectory(directory.resolve("pairs"));
    Files.writeString(
        pairs.resolve("cases.tsv"),
        "# comment\nhit\twhere is my card\twhere's my card\nmiss\twhere is my card\thow do i pay\n");
    Files.writeString(directory.resolve("README.md"), "text,category\n");
  }

  private CliRun bench(String... more) {
    List<String> args = new ArrayList<>(List.of("bench", directory.toString()));
    args.add("--no-embedding-cache");
    args.addAll(List.of(more));
    return CliRun.of(embedder, args.toArray(String[]::new));
  }

  private static JsonNode result(JsonNode json, String set, String policy) {
    for (JsonNode result : json.get("results")) {
      if (result.get("set").asText().equals(set) && result.get("policy").asText().equals(policy)) {
        return result;
      }
    }
    throw new AssertionError("no result of " + policy + " on " + set);
  }

  @Test
  void streamsAndPairsAreMeasuredWithEachPolicy() {
    JsonNode json = bench("--json").json();

    JsonNode distance = result(json, "stream", "distance");
    assertThat(distance.get("kind").asText()).isEqualTo("stream");
    assertThat(distance.get("size").asInt()).isEqualTo(4);
    assertThat(distance.get("hits").asDouble()).isEqualTo(0.5);
    assertThat(distance.get("wrong").asDouble()).isPositive();
    JsonNode pairs = result(json, "cases", "distance");
    assertThat(pairs.get("size").asInt()).isEqualTo(4);
    assertThat(pairs.get("hits").asDouble()).isEqualTo(1);
    assertThat(pairs.get("wrong").asDouble()).isZero();
    assertThat(result(json, "cases", "labels").get("hits").isNull()).isTrue();
    assertThat(result(json, "stream", "labels").get("verifierCalls").isNumber()).isTrue();
    assertThat(json.get("results")).hasSize(12);
  }

  @Test
  void tableHasARowPerSet() {
    CliRun run = bench("--policy", "distance", "--policy", "never", "--seeds", "1");

    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .containsPattern("set +size +distance +never")
        .containsPattern("stream +4 +50\\.0 / \\d+\\.00 +0\\.0 / 0\\.00")
        .containsPattern("cases +4 pairs +100\\.0 / 0\\.00 +0\\.0 / 0\\.00");
    assertThat(bench("--policy", "never", "--markdown").out())
        .contains("| set | size | never |", "|---|---|---|", "| stream | 4 | 0.0 / 0.00 |");
  }

  @Test
  void differencesFromAnEarlierRunAreShown() throws IOException {
    Path earlier =
        Files.writeString(
            directory.resolve("earlier.txt"), bench("--policy", "distance", "--json").out());
    assertThat(bench("--policy", "distance", "--compare", earlier.toString()).out())
        .doesNotContain("[+", "[-");
    Files.writeString(
        earlier, Files.readString(earlier).replace("\"hits\" : 0.5", "\"hits\" : 0.4"));

    assertThat(bench("--policy", "distance", "--compare", earlier.toString()).out())
        .contains("[+10.0 / =]");
  }

  @Test
  void repeatedRunsPrintTheSame() {
    assertThat(bench("--json").out()).isEqualTo(bench("--json").out());
  }

  @Test
  void unrecognizedFilesAreSkippedAndReported() throws IOException {
    Files.writeString(directory.resolve("other.csv"), "x,y\n1,2\n");
    Files.writeString(directory.resolve("empty.csv"), "");
    CliRun run = bench("--policy", "never");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("stream", "cases");
    assertThat(run.err())
        .contains("skipped: " + directory.resolve("other.csv") + ": the columns are not recognized")
        .contains("skipped: " + directory.resolve("empty.csv") + " is empty");
  }

  @Test
  void badArgumentsAreRejected() throws IOException {
    Path empty = Files.createDirectory(directory.resolve("none"));
    CliRun.of(embedder, "bench", empty.toString(), "--no-embedding-cache")
        .assertFailed(1, "no data file is recognized; see --help");
    bench("--limit", "0").assertFailed(2, "--limit is 0; it must be at least 1");
    bench("--compare", directory.resolve("README.md").toString())
        .assertFailed(
            1,
            "--compare is '"
                + directory.resolve("README.md")
                + "'; it must be the output of bench --json");
    assertThat(bench("--policy", "nearest").err())
        .startsWith("semcache-cli: Invalid value for option '--policy'");
    assertThat(bench("--json", "--markdown").exitCode()).isEqualTo(2);
  }

  @Test
  void filesWithTheSameNameAndRepeatedArgumentsAreDistinguished() throws IOException {
    Path first = Files.createDirectory(directory.resolve("first")).resolve("same.csv");
    Path second = Files.createDirectory(directory.resolve("second")).resolve("same.csv");
    Files.copy(directory.resolve("stream.csv"), first);
    Files.copy(directory.resolve("stream.csv"), second);

    CliRun run = bench(first.toString(), "--policy", "never", "--policy", "never");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .containsOnlyOnce("never")
        .containsOnlyOnce(first.toString())
        .containsOnlyOnce(second.toString())
        .containsPattern("(?m)^stream ");
  }
}
