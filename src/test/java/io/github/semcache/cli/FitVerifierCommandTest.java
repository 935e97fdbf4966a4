package io.github.semcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.LocalVerifier;
import io.github.semcache.verify.PairVerifier.Pair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FitVerifierCommandTest {
  private static final String[] TOPICS = {
    "order", "ticket", "invoice", "card", "flight", "booking"
  };

  @TempDir Path directory;
  private final FakeEmbedder embedder = new FakeEmbedder();

  /** Pairs that the built-in model does not accept, because "escalate" has no counterpart. */
  private String pairs() throws IOException {
    StringBuilder csv = new StringBuilder("first,second,same\n");
    for (int i = 0; i < 120; i++) {
      String topic = TOPICS[i % TOPICS.length];
      String first = "show my " + topic + " please" + "!".repeat(i / TOPICS.length + 1);
      boolean same = i % 2 == 0;
      String second = same ? "escalate and show my " + topic : "show nothing about my " + topic;
      embedder.place(first, 0);
      embedder.place(second, same ? 5 : 25);
      csv.append(first).append(',').append(second).append(same ? ",yes\n" : ",no\n");
    }
    return Files.writeString(directory.resolve("pairs.csv"), csv).toString();
  }

  private CliRun run(String... args) {
    return CliRun.of(embedder, args);
  }

  @Test
  void writesAModelThatAcceptsMoreOfTheRightPairs() throws IOException {
    Path model = directory.resolve("model.txt");
    String[] args = {
      "fit-verifier", pairs(), "--output", model.toString(), "--json", "--no-embedding-cache"
    };
    JsonNode json = run(args).json();
    String first = Files.readString(model);

    assertThat(json.at("/before/same").asInt()).isEqualTo(60);
    assertThat(json.at("/before/different").asInt()).isEqualTo(60);
    assertThat(json.at("/crossValidated/acceptedWrong").asInt()).isZero();
    assertThat(
            LocalVerifier.load(model)
                .verify(new Pair("show my order", "show my order please", "", 0.01))
                .score())
        .isPresent();
    run(args);
    assertThat(Files.readString(model)).isEqualTo(first);
  }

  @Test
  void columnWithoutTheOthersIsAUsageError() throws IOException {
    run("fit-verifier", pairs(), "--label", "same", "--output", directory.resolve("m").toString())
        .assertFailed(2, "--first, --second, and --label must be used together");
  }

  @Test
  void malformedBaseModelIsAnError() throws IOException {
    Path base = Files.writeString(directory.resolve("base.txt"), "nothing");
    CliRun run =
        run(
            "fit-verifier",
            pairs(),
            "--output",
            directory.resolve("m").toString(),
            "--base",
            base.toString(),
            "--no-embedding-cache");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("--base: ").contains("the first line of the model must be");
  }
}
