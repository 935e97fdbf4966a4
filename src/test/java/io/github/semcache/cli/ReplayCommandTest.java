package io.github.semcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.testkit.FakeEmbedder;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayCommandTest {
  @TempDir Path directory;

  private final FakeEmbedder embedder =
      new FakeEmbedder()
          .place("Where is my card?", 0)
          .place("Where's my card?", 5)
          .place("Where is my card reader?", 10)
          .place("How do I pay a bill?", 120)
          .place("How can I pay a bill?", 125);

  private static Path support() {
    try {
      return Path.of(
          Objects.requireNonNull(
                  ReplayCommandTest.class.getResource("/io/github/semcache/evaluation/support.csv"))
              .toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private CliRun replay(Path file, String... more) {
    List<String> args = new ArrayList<>(List.of("replay", file.toString()));
    args.addAll(List.of("--embedding-cache", directory.toString()));
    args.addAll(List.of(more));
    if (!args.contains("--policy")) {
      args.addAll(List.of("--policy", "max-distance=0.1", "--verifier", "none"));
    }
    return CliRun.of(embedder, args.toArray(String[]::new));
  }

  private CliRun replaySupport(String... more) {
    List<String> args = new ArrayList<>(List.of("--prompt", "text", "--label", "intent"));
    args.addAll(List.of(more));
    return replay(support(), args.toArray(String[]::new));
  }

  @Test
  void storeOfAReplayIsDeletedAtTheEnd() throws IOException {
    Path existing = Files.createDirectory(directory.resolve("existing"));
    Files.writeString(existing.resolve("notes.txt"), "not part of the store");
    Path created = directory.resolve("created");

    for (Path store : List.of(existing, created, existing)) {
      CliRun run = replaySupport("--policy", "error-budget=0.1", "--store", store.toString());
      assertThat(run.err()).isEmpty();
    }

    assertThat(existing.toFile().list()).containsExactly("notes.txt");
    assertThat(created).doesNotExist();
  }

  @Test
  void promptsBeyondTheLimitAreNotEmbedded() {
    replaySupport("--limit", "2", "--no-embedding-cache");

    assertThat(embedder.embedded()).hasSize(2);
  }

  @Test
  void optionsWithoutEffectAreRejected() {
    replaySupport("--ttl", "PT2M")
        .assertFailed(2, "--timestamp is missing; --ttl is measured by the timestamps");
    replaySupport("--timestamp", "asked", "--seed", "1")
        .assertFailed(2, "--seed and --timestamp cannot be combined; both determine the order");
  }

  @Test
  void fileIsAcceptedAfterWrongHitsWithoutANumber() {
    CliRun run =
        CliRun.of(
            embedder,
            "replay",
            "--no-embedding-cache",
            "--prompt",
            "text",
            "--label",
            "intent",
            "--policy",
            "max-distance=0.1",
            "--verifier",
            "none",
            "--wrong-hits",
            support().toString());

    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("Wrong hits:");
  }

  @Test
  void errorBudgetLearnsFromTheLabels() throws IOException {
    JsonNode json = replaySupport("--policy", "error-budget=0.02,warm-up=20", "--json").json();

    assertThat(json.get("policy").asText()).isEqualTo("error-budget=0.02,warm-up=20");
    assertThat(json.get("missesByReason").get("learning").asInt()).isPositive();
    assertThat(json.get("verdicts").get("compared").asInt()).isPositive();
    assertThat(json.get("audits").get("wrong").asInt()).isZero();
  }

  @Test
  void errorBudgetRequiresLabels() {
    replay(support(), "--prompt", "text", "--policy", "error-budget=0.01")
        .assertFailed(2, "--label is missing; error-budget=0.01 learns from labels");
  }

  @Test
  void unknownOptionOfAnErrorBudgetIsRejected() {
    replaySupport("--policy", "error-budget=0.01,magic=1")
        .assertFailed(
            2,
            "Invalid value for option '--policy': 'magic' is not an option of error-budget; the options are confidence, audit-rate, warm-up, and window");
    replaySupport("--policy", "error-budget=0.01,window=many")
        .assertFailed(
            2, "Invalid value for option '--policy': window is 'many'; it must be a number");
    replaySupport("--policy", "error-budget=1")
        .assertFailed(
            2,
            "Invalid value for option '--policy': 'error-budget=1': budget is 1.0; it must be above 0 and below 1");
    replaySupport("--policy", "max-distance=0.1,window=9")
        .assertFailed(
            2,
            "Invalid value for option '--policy': 'max-distance=0.1,window=9': only error-budget has options");
  }

  @Test
  void jsonContainsTheRates() {
    JsonNode json = replaySupport("--json").json();

    assertThat(json.get("requests").asInt()).isEqualTo(8);
    assertThat(json.get("hitRate").asDouble()).isEqualTo(4.0 / 8);
    assertThat(json.get("errorRate").asDouble()).isEqualTo(1.0 / 8);
    assertThat(json.get("precision").asDouble()).isEqualTo(3.0 / 4);
    assertThat(json.get("errorRateInterval")).hasSize(2);
    assertThat(json.get("secondHalf").get("requests").asInt()).isEqualTo(4);
    assertThat(json.get("secondHalf").get("hitRate").asDouble()).isEqualTo(2.0 / 4);
    assertThat(json.get("secondHalf").get("errorRate").asDouble()).isZero();
    assertThat(json.get("secondHalf").get("precision").asDouble()).isEqualTo(1);
    assertThat(json.get("embedder").asText()).isEqualTo("fake-embedder");
  }

  @Test
  void rateOfAZeroTotalIsNull() {
    JsonNode json = replaySupport("--json", "--policy", "never", "--limit", "2").json();

    assertThat(json.get("hitRate").asDouble()).isZero();
    assertThat(json.get("errorRate").asDouble()).isZero();
    assertThat(json.get("precision").isNull()).isTrue();
  }

  @Test
  void errorRateIsNullWithoutLabels() {
    JsonNode json = replay(support(), "--prompt", "text", "--json").json();

    assertThat(json.get("hitRate").asDouble()).isEqualTo(0.5);
    assertThat(json.get("errorRate").isNull()).isTrue();
  }

  @Test
  void textContainsRatesAndTheKindOfInterval() {
    CliRun run = replaySupport();

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains(
            "8 requests",
            "policy max-distance=0.1, verifier none, embedder fake-embedder, store memory")
        .containsPattern("hits +4 \\(50\\.00 %")
        .containsPattern("wrong hits +1 \\(12\\.50 %")
        .containsPattern("precision +3 \\(75\\.00 %")
        .contains("Clopper-Pearson")
        .doesNotContain("Where is my card reader?");
  }

  @Test
  void wrongHitsAreShownOnRequest() {
    assertThat(replaySupport("--wrong-hits").out())
        .contains("line 5, distance 0.0152", "Where is my card reader? [reader]")
        .contains("Where is my card? [arrival]");
    JsonNode wrong = replaySupport("--wrong-hits", "--json").json().get("wrong");
    assertThat(wrong).hasSize(1);
    assertThat(wrong.get(0).get("matchedLabel").asText()).isEqualTo("arrival");
  }

  @Test
  void scopesDoNotShareAnswers() {
    assertThat(replaySupport("--scope", "tenant", "--json").json().get("hits").asInt())
        .isEqualTo(3);
  }

  @Test
  void timeToLiveIsMeasuredByTheTimestampColumn() {
    assertThat(
            replaySupport("--timestamp", "asked", "--ttl", "PT2M", "--json")
                .json()
                .get("hits")
                .asInt())
        .isEqualTo(1);
  }

  @Test
  void seedShufflesThePrompts() {
    assertThat(replaySupport("--seed", "7", "--json").json().get("order").asText())
        .isEqualTo("shuffled with seed 7");
  }

  @Test
  void labelsDecideWhereTheVerifierIsUnsure() {
    JsonNode json =
        replaySupport("--policy", "max-distance=0.1", "--verifier", "labels", "--json").json();

    assertThat(json.get("verifierCalls").isNumber()).isTrue();
    assertThat(json.get("policy").asText()).isEqualTo("max-distance=0.1, verifier labels");
    assertThat(replaySupport("--policy", "default", "--verifier", "labels").out())
        .containsPattern("verifier calls: \\d+ \\(\\d\\.\\d{3} per request\\)");
    replay(support(), "--prompt", "text", "--policy", "default", "--verifier", "labels")
        .assertFailed(2, "--label is missing; --verifier labels needs labels");
    assertThat(
            replaySupport("--policy", "default", "--verifier", "labels=3", "--json")
                .json()
                .get("policy")
                .asText())
        .isEqualTo("default, verifier labels=3");
  }

  @Test
  void numberOfCandidatesIsAtLeastOne() {
    assertThat(replaySupport("--candidates", "1", "--json").json().get("requests").asInt())
        .isPositive();
    replaySupport("--candidates", "0").assertFailed(2, "--candidates is 0; it must be at least 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"labels=0", "labels=", "labels=x", "labels=-1", "local=2", ""})
  void unknownVerifierIsRefused(String verifier) {
    replaySupport("--verifier", verifier)
        .assertFailed(
            2,
            "Invalid value for option '--verifier': '%s' is not local, none, labels, or labels=N with N from 1 to 99"
                .formatted(verifier));
  }

  @Test
  void embeddingsAreCachedForTheNextRun() {
    replaySupport("--json").json();
    int embedded = embedder.embedded().size();
    replaySupport("--json").json();

    assertThat(embedder.embedded()).hasSize(embedded);
  }

  @Test
  void localModelFindsTheParaphrase() {
    JsonNode json =
        CliRun.of(
                MiniLmEmbedder.create(),
                "replay",
                support().toString(),
                "--prompt=text",
                "--label=intent",
                "--no-embedding-cache",
                "--policy=max-distance=0.15",
                "--verifier=none",
                "--json")
            .json();

    assertThat(json.get("embedder").asText()).isEqualTo("all-minilm-l6-v2-q");
    assertThat(json.get("hits").asInt()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void messageOfAMissingColumnListsTheColumns() {
    replay(support(), "--prompt", "question")
        .assertFailed(
            1,
            "prompt is 'question', but "
                + support()
                + " has no such column; its columns are 'text', 'intent', 'tenant', 'asked'");
  }

  @Test
  void invalidFileIsReportedInOneLine() throws IOException {
    Path latin1 = directory.resolve("latin1.csv");
    Files.write(latin1, "text\nGrüße\n".getBytes(StandardCharsets.ISO_8859_1));

    replay(latin1, "--prompt", "text")
        .assertFailed(
            1, latin1 + ", line 2: byte 0xFC is not valid UTF-8; convert the file to UTF-8");
    replay(directory.resolve("none.csv"))
        .assertFailed(1, directory.resolve("none.csv") + " does not exist");
  }

  @Test
  void failureOfTheEmbedderIsReportedInOneLine() {
    embedder.failWith(new EmbedderException("the model is not available"));

    replaySupport().assertFailed(1, "the model is not available");
  }

  @Test
  void stackTraceIsShownOnRequest() {
    embedder.failWith(new EmbedderException("the model is not available"));

    assertThat(replaySupport("--stacktrace").err()).contains("the model is not available", "\tat ");
  }

  @Test
  void missingApiKeyIsReported() {
    CliRun.of(embedder, "replay", support().toString(), "--prompt=text", "--embedder=openai")
        .assertFailed(1, "environment variable OPENAI_API_KEY is not set; it must be the API key");
  }

  @Test
  void unknownModelRequiresItsDimension() {
    CliRun run =
        CliRun.of(
            new CliEnvironment(Map.of("OPENAI_API_KEY", "k"), false, () -> embedder),
            "replay",
            support().toString(),
            "--prompt=text",
            "--embedder=openai:bge-m3");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith("semcache-cli: --embedder or --dimension: modelDimension");
  }

  @Test
  void invalidOptionsAreReported() {
    replaySupport("--embedder", "word2vec")
        .assertFailed(2, "--embedder is 'word2vec'; it must be minilm or openai[:NAME]");
    replaySupport("--policy", "magic")
        .assertFailed(
            2,
            "Invalid value for option '--policy': 'magic' is not a policy; examples are"
                + " default, max-distance=0.15, relative=0.08, same-words, error-budget=0.01, never");
    replaySupport("--policy", "same-words=0.1")
        .assertFailed(
            2, "Invalid value for option '--policy': 'same-words=0.1': same-words has no value");
    replaySupport("--policy", "relative=1.5")
        .assertFailed(
            2,
            "Invalid value for option '--policy': 'relative=1.5': relativeDistance is 1.5; it must"
                + " be between 0 and 1");
    replaySupport("--policy", "max-distance")
        .assertFailed(
            2,
            "Invalid value for option '--policy': 'max-distance': the value must be a number, for"
                + " example max-distance=0.15");
    replaySupport("--policy", "max-distance=3")
        .assertFailed(
            2,
            "Invalid value for option '--policy': 'max-distance=3': maxDistance is 3.0; a cosine"
                + " distance lies between 0 and 2");
    CliRun.of(embedder, "replay").assertFailed(2, "Missing required parameter: 'FILE'");
    CliRun.of(embedder)
        .assertFailed(2, "a command is missing; it must be one of the commands in --help");
    CliRun.of(embedder, "repaly").assertFailed(2, "Unmatched argument at index 0: 'repaly'");
  }

  @Test
  void commandsHaveHelpAndVersion() {
    assertThat(CliRun.of(embedder, "--help").out()).contains("Usage: semcache-cli", "replay");
    assertThat(CliRun.of(embedder, "replay", "--help").out())
        .contains("Usage: semcache-cli replay", "--policy", "--wrong-hits");
    assertThat(CliRun.of(embedder, "--version").out()).startsWith("semcache ");
  }
}
