package io.github.semcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.semcache.testkit.FakeEmbedder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PairsCommandTest {
  @TempDir Path directory;

  private final FakeEmbedder embedder =
      new FakeEmbedder()
          .place("where is my card", 0)
          .place("where's my card", 5)
          .place("where is my pin", 8)
          .place("how do i pay", 120);

  private static final String CSV =
      """
      first,second,same
      where is my card,where's my card,yes
      where is my card,where is my pin,no
      where is my card,how do i pay,no
      where is my card,where is my card,yes
      """;

  private CliRun pairs(String fileName, String content, String... more) throws IOException {
    Path file = Files.writeString(directory.resolve(fileName), content);
    List<String> args = new ArrayList<>(List.of("pairs", file.toString()));
    args.add("--no-embedding-cache");
    args.addAll(List.of(more));
    return CliRun.of(embedder, args.toArray(String[]::new));
  }

  private CliRun byDistance(String fileName, String content, String... more) throws IOException {
    List<String> args = new ArrayList<>(List.of(more));
    args.addAll(List.of("--policy", "max-distance=0.1", "--verifier", "none", "--no-guards"));
    return pairs(fileName, content, args.toArray(String[]::new));
  }

  @Test
  void acceptedPairsAreCounted() throws IOException {
    JsonNode json =
        byDistance(
                "pairs.csv",
                CSV,
                "--first",
                "first",
                "--second",
                "second",
                "--label",
                "same",
                "--json")
            .json();

    assertThat(json.get("pairs").asInt()).isEqualTo(4);
    assertThat(json.get("acceptedRight").asInt()).isEqualTo(2);
    assertThat(json.get("acceptedWrong").asInt()).isEqualTo(1);
    assertThat(json.get("precision").asDouble()).isEqualTo(2.0 / 3);
    assertThat(json.get("recall").asDouble()).isEqualTo(1);
    assertThat(json.get("averagePrecision").asDouble()).isEqualTo(1);
    assertThat(json.get("byReason").get("too-far").get("wrong").asInt()).isEqualTo(1);
    assertThat(json.get("byReason").get("exact").get("right").asInt()).isEqualTo(1);
    assertThat(json.get("policy").asText())
        .isEqualTo("max-distance=0.1 without guards, verifier none");
  }

  @Test
  void textOutputHasRatesReasonsAndCurve() throws IOException {
    CliRun run = byDistance("pairs.csv", CSV, "--wrong-hits");

    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("4 decisions on pairs from ", "score by distance", "too-far")
        .containsPattern("accepted right +2 \\(100\\.00 % \\[")
        .containsPattern("accepted wrong +1 \\(50\\.00 % \\[")
        .containsPattern("average precision +1\\.0000")
        .contains("Accepted, with different answers:", "where is my pin");
  }

  @Test
  void bothDirectionsDoubleTheDecisions() throws IOException {
    JsonNode json = byDistance("pairs.csv", CSV, "--both-directions", "--json").json();

    assertThat(json.get("pairs").asInt()).isEqualTo(8);
    assertThat(json.get("wrongPairs").asInt()).isEqualTo(4);
    assertThat(json.get("acceptedWrong").asInt()).isEqualTo(2);
  }

  @Test
  void verifierDecidesAndOrdersThePairsByDefault() throws IOException {
    JsonNode json = pairs("pairs.csv", CSV, "--json").json();

    assertThat(json.get("policy").asText()).isEqualTo("default");
    assertThat(json.get("score").asText()).isEqualTo("of the verifier");
    assertThat(json.get("averagePrecision").isNumber()).isTrue();
  }

  @Test
  void guardsThatRejectAPairAreItsReason() throws IOException {
    embedder.place("pay 5 euros", 10).place("pay 6 euros", 10.5);
    JsonNode json =
        pairs("pairs.csv", "a,b,label\npay 5 euros,pay 6 euros,0\n", "--verifier", "none", "--json")
            .json();

    assertThat(json.get("byReason").has("replaced-number")).isTrue();
    assertThat(json.get("curve").get(0).get("score").asDouble()).isZero();
  }

  @Test
  void columnsAreRecognizedOrNamed() throws IOException {
    String withoutHeader =
        "# a comment\nhit\twhere is my card\twhere's my card\n\n# more\nmiss\twhere is my card\twhere is my pin\n";
    String jsonLines =
        """
        {"question1": "where is my card", "question2": "where's my card", "is_duplicate": 1}
        {"question1": "where is my card", "question2": "where is my pin", "is_duplicate": 0}
        """;
    for (CliRun run :
        List.of(
            byDistance("a.tsv", withoutHeader, "--json"),
            byDistance(
                "b.tsv",
                withoutHeader,
                "--json",
                "--columns",
                "x,y,z",
                "--label",
                "x",
                "--first",
                "y",
                "--second",
                "z"),
            byDistance("c.jsonl", jsonLines, "--json"),
            byDistance(
                "d.tsv",
                "where is my card\twhere's my card\t1\nwhere is my card\twhere is my pin\t0\n",
                "--json"))) {
      assertThat(run.json().get("acceptedRight").asInt()).isEqualTo(1);
      assertThat(run.json().get("acceptedWrong").asInt()).isEqualTo(1);
    }
  }

  @Test
  void oneLabelIsEvaluatedWithoutAnAveragePrecision() throws IOException {
    String oneLabel = "first,second,same\nwhere is my card,where is my pin,0\n";
    JsonNode json = byDistance("pairs.csv", oneLabel, "--json").json();

    assertThat(json.get("acceptedWrong").asInt()).isEqualTo(1);
    assertThat(json.get("averagePrecision").isNull()).isTrue();
    assertThat(json.get("recall").isNull()).isTrue();
    assertThat(byDistance("pairs.csv", oneLabel).out())
        .contains("average precision  - (needs pairs of both labels)");
  }

  @Test
  void badFilesAreReportedInOneLine() throws IOException {
    Path file = directory.resolve("pairs.csv");
    byDistance("pairs.csv", "")
        .assertFailed(1, file + " is empty; it must have a header and at least one row");
    byDistance("pairs.csv", "first,second,same\n")
        .assertFailed(1, file + " has a header but no rows");
    byDistance("pairs.csv", CSV, "--first", "first", "--second", "third", "--label", "same")
        .assertFailed(
            1,
            "second is 'third', but "
                + file
                + " has no such column; its columns are 'first', 'second', 'same'");
    byDistance("pairs.csv", "x,y\n1,2\n")
        .assertFailed(
            1,
            file
                + ": the columns are not recognized; they must have names such as text and"
                + " category, or first, second, and same");
    byDistance("pairs.csv", "text,category\na,1\nb,2\n")
        .assertFailed(
            1,
            file
                + " contains prompts and not pairs; see replay, or use --first, --second, and"
                + " --label");
    assertThat(byDistance("pairs.csv", "first,second,same\na,b,maybe\n").err())
        .startsWith("semcache-cli: " + file + ", line 2: column 'same' has an unknown label");
    byDistance(
            "x.jsonl",
            "{\"a\": 1}\n",
            "--columns",
            "a,b",
            "--first",
            "a",
            "--second",
            "b",
            "--label",
            "b")
        .assertFailed(
            2, "--columns: format is JSON_LINES; only CSV and TSV can be read without a header");
    byDistance(
            "x.tsv",
            "a\tb\nc\n",
            "--columns",
            "a,b",
            "--first",
            "a",
            "--second",
            "b",
            "--label",
            "b")
        .assertFailed(
            1,
            directory.resolve("x.tsv")
                + ", line 2: the row has 1 values, but there are 2 column names");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nearest=0.1", "max-distance", "max-distance=x", "max-distance=3", ""})
  void unknownPolicyIsRejected(String policy) throws IOException {
    CliRun run = pairs("pairs.csv", CSV, "--policy", policy);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("semcache-cli: Invalid value for option '--policy'");
  }

  @Test
  void optionsThatDoNotFitAreRejected() throws IOException {
    pairs("pairs.csv", CSV, "--policy", "error-budget=0.01")
        .assertFailed(
            2, "the policy is 'error-budget=0.01'; pairs needs one that does not use labels");
    pairs("pairs.csv", CSV, "--verifier", "labels")
        .assertFailed(
            2,
            "the policy is 'default, verifier labels'; pairs needs one that does not use labels");
    pairs("pairs.csv", CSV, "--first", "first")
        .assertFailed(2, "--first, --second, and --label must be used together");
    assertThat(pairs("pairs.csv", CSV, "--verifier", "magic").exitCode()).isEqualTo(2);
    assertThat(pairs("pairs.csv", CSV, "--guards", "--no-guards").exitCode()).isEqualTo(2);
  }
}
