package io.github.semcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.evaluation.CachingEmbedder;
import io.github.semcache.evaluation.DataFile;
import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.prompt.Labels;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.testing.FaultyStore;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadCommandTest {
  @TempDir Path directory;

  private final FakeEmbedder embedder =
      new FakeEmbedder().place("Where is my card?", 0).place("Where's my card?", 5);

  private Path store;

  @BeforeEach
  void setStore() {
    store = directory.resolve("new/store");
  }

  private String file(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content).toString();
  }

  private CliRun run(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--store", store.toString(), "--no-embedding-cache"));
    return CliRun.of(embedder, all.toArray(String[]::new));
  }

  private Optional<Answer> lookup(Prompt prompt) {
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .verifier(PairVerifier.none())
            .ownedStore(LuceneVectorStore.open(store, embedder))
            .build()) {
      return cache.lookup(prompt);
    }
  }

  @Test
  void answersAreLoadedWithTheirScopesAndServed() throws IOException {
    String file =
        file(
            "faq.csv",
            """
            question,reply,customer,list
            Where is my card?,On its way.,acme,
            What does it cost?,"10 euros, or less",acme,prices
            Where is my card?,Lost.,other,
            """);

    CliRun run =
        run(
            "load",
            file,
            "--prompt",
            "question",
            "--answer",
            "reply",
            "--tag",
            "tenant=customer",
            "--depends-on",
            "list",
            "--ttl",
            "P30D",
            "--setting",
            "model=gpt-test");

    assertThat(run.err()).isEmpty();
    assertThat(run.out().strip()).isEqualTo("3 answers stored, 0 already stored, 0 rows rejected");
    Prompt prompt = Prompt.of("Where's my card?").tag("tenant", "acme");
    assertThat(lookup(prompt.scope(prompt.scope().settings(Map.of("model", "gpt-test")))))
        .map(Answer::text)
        .contains("On its way.");
    assertThat(lookup(prompt)).isEmpty();
    JsonNode entries = run("ls", "--json").json();
    assertThat(entries).hasSize(3);
    assertThat(entries.get(0).get("expiresAt").asText())
        .isGreaterThan(java.time.Instant.now().plusSeconds(29 * 86_400L).toString());
    assertThat(run("forget", "--dependency", "prices", "--dry-run").out()).startsWith("1 entry ");
    assertThat(run("forget", "--tag", "tenant=acme", "--json").json().get("removed").asInt())
        .isEqualTo(2);
  }

  @Test
  void labelsAreLoadedAndChangedLabelsAreLoadedAgain() throws IOException {
    String rows =
        """
        prompt,answer,category,amount
        Where is my card?,On its way.,cards,
        What does it cost?,10 euros,prices,10
        How much is it?,Ten,prices,ten
        """;
    String[] load = {
      "load", file("faq.csv", rows), "--label", "topic=category", "--number", "price=amount"
    };

    CliRun run = run(load);

    assertThat(run.out().strip()).isEqualTo("2 answers stored, 0 already stored, 1 row rejected");
    assertThat(run.err()).contains("line 4: column 'amount' is not a number");
    assertThat(lookup(Prompt.of("What does it cost?")).orElseThrow().labels())
        .isEqualTo(Labels.none().with("topic", "prices").with("price", 10));
    assertThat(lookup(Prompt.of("Where is my card?").where(Labels.Filter.anyOf("topic", "cards"))))
        .isPresent();
    assertThat(run(load).out()).startsWith("0 answers stored, 2 already stored");
    file("faq.csv", rows.replace("On its way.,cards", "On its way.,shipping"));
    assertThat(run(load).out()).startsWith("1 answer stored, 1 already stored");
    assertThat(run("ls", "--label", "topic=shipping").out()).hasLineCount(1);
    assertThat(run("load", load[1], "--label", "a=category", "--number", "a=amount").exitCode())
        .isEqualTo(2);
    run("load", load[1], "--label", "topic=missing")
        .assertFailed(
            1,
            directory.resolve("faq.csv")
                + " has no column 'missing'; its columns are [prompt, answer, category, amount]");
  }

  @Test
  void answersThatAreStoredAreSkippedUnlessTheyChanged() throws IOException {
    String file = file("faq.csv", "prompt,answer\nWhere is my card?,A\nHow do I pay?,B\n");
    run("load", file);
    int embedded = embedder.embedded().size();

    assertThat(run("load", file).out()).startsWith("0 answers stored, 2 already stored");
    assertThat(embedder.embedded()).hasSize(embedded);
    file("faq.csv", "prompt,answer\nWhere is my card?,A\nHow do I pay?,C\nWhat is it?,D\n");
    assertThat(run("load", file).out()).startsWith("2 answers stored, 1 already stored");
    assertThat(lookup(Prompt.of("How do I pay?"))).map(Answer::text).contains("C");
    assertThat(run("load", file, "--replace").out()).startsWith("3 answers stored, 0 already");
  }

  @Test
  void curatedAnswersAreMarkedAlsoIfTheyWereStoredWithoutTheMark() throws IOException {
    String file = file("faq.csv", "prompt,answer\nWhere is my card?,A\n");
    run("load", file);
    assertThat(lookup(Prompt.of("Where's my card?")).map(Answer::isCurated)).contains(false);

    assertThat(run("load", file, "--curated").out()).startsWith("1 answer stored, 0 already");
    assertThat(lookup(Prompt.of("Where's my card?")).map(Answer::isCurated)).contains(true);
    assertThat(run("load", file, "--curated").out()).startsWith("0 answers stored, 1 already");
    assertThat(run("load", file).out()).startsWith("0 answers stored, 1 already");
  }

  @Test
  void answersOfAnOldVersionOfTheirDependencyAreStoredAgain() throws IOException {
    String file = file("faq.csv", "prompt,answer,list\nHow do I pay?,In the app.,terms\n");
    String[] load = {"load", file, "--depends-on", "list"};
    run(load);
    assertThat(run(load).out()).startsWith("0 answers stored, 1 already stored");
    run("forget", "--dependency", "terms");

    assertThat(run(load).out()).startsWith("1 answer stored, 0 already stored");
    assertThat(lookup(Prompt.of("How do I pay?").dependsOn("terms"))).isPresent();
  }

  @Test
  void interruptedLoadContinues() throws IOException {
    StringBuilder csv = new StringBuilder("prompt,answer\n");
    for (int i = 0; i < 3_000; i++) {
      csv.append("question ").append(i).append(",answer ").append(i).append('\n');
    }
    String file = file("many.csv", csv.toString());
    embedder.beforeEmbedding(
        () -> {
          if (embedder.embedded().size() > 1_500) {
            throw new EmbedderException("the service does not answer", new RuntimeException());
          }
        });

    CliRun failed = run("load", file);

    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(failed.err())
        .matches(
            "semcache-cli: the service does not answer; \\d+ answers were stored; run the command"
                + " again to load the rest\\R");
    embedder.beforeEmbedding(() -> {});
    int stored = run("stats", "--json").json().get("entries").asInt();
    assertThat(stored).isBetween(1_000, 2_999);
    JsonNode second = run("load", file, "--json").json();
    assertThat(second.get("alreadyStored").asInt()).isEqualTo(stored);
    assertThat(second.get("stored").asInt()).isEqualTo(3_000 - stored);
    assertThat(run("stats", "--json").json().get("entries").asInt()).isEqualTo(3_000);
  }

  @Test
  void rejectedRowsAreListedWithLineAndRule() throws IOException {
    String file =
        file(
            "faq.csv",
            """
            prompt,answer,tenant
            Where is my card?,On its way.,acme
            ,No question,acme
            How do I pay?,,acme
            How do I pay?,In the app.,
            How do I pay?
            "Two
            lines?",Yes,acme
            What is the weather in Rome?,Sunny,acme
            far too long to be a prompt of this file,Yes,acme
            \u00A0\u3000,Yes,acme
            """);
    String[] load = {"load", file, "--tag", "tenant=tenant", "--max-characters", "35"};

    CliRun run = run(load);

    assertThat(run.exitCode()).isZero();
    assertThat(run.out().strip()).isEqualTo("2 answers stored, 0 already stored, 7 rows rejected");
    assertThat(run.err().lines())
        .containsExactly(
            "line 3: column 'prompt' is empty",
            "line 4: column 'answer' is empty",
            "line 5: column 'tenant' is empty",
            "line 6: the row has 1 values, but the header has 3 columns",
            "line 9: a cache does not look up the prompt (volatile-weather)",
            "line 10: column 'prompt' has 40 characters; the limit is 35",
            "line 11: column 'prompt' has only white space");
    JsonNode json =
        run("load", file, "--tag", "tenant=tenant", "--include-volatile", "--json").json();
    assertThat(json.get("stored").asInt()).isEqualTo(2);
    assertThat(json.at("/rejections/0/line").asInt()).isEqualTo(3);
    assertThat(json.get("rejections")).hasSize(5);
  }

  @Test
  void rowsThatAreStoredAlreadyAreFoundTogether() throws IOException {
    Path rows =
        Path.of(file("faq.csv", "prompt,answer\nWhere is my card?,On its way.\nHow?,So.\n"));
    FaultyStore entries =
        new FaultyStore(InMemoryVectorStore.builder(EmbeddingSpace.of(embedder)).build());
    LoadRun.Options options =
        new LoadRun.Options(
            "prompt",
            "answer",
            Map.of(),
            new LoadRun.LabelColumns(Map.of(), Map.of()),
            List.of(),
            Scope.none(),
            Optional.empty(),
            false,
            false,
            false,
            1_000);
    for (int i = 0; i < 2; i++) {
      try (LoadRun run = new LoadRun(options, CachingEmbedder.inMemory(embedder), entries)) {
        LoadRun.Result result = run.load(rows, DataFile.Format.CSV, bytes -> {});
        assertThat(result.stored()).isEqualTo(i == 0 ? 2 : 0);
        assertThat(result.present()).isEqualTo(i == 0 ? 0 : 2);
      }
    }
    assertThat(entries.batches()).containsExactly("findAll 2", "findAll 2");
    assertThat(entries.calls(FaultyStore.Call.FIND)).isEqualTo(2);
  }

  @Test
  void jsonLinesAreLoaded() throws IOException {
    String file =
        file(
            "faq.jsonl",
            """
            {"prompt": "Where is my card?", "answer": "On its way.", "more": {"a": 1}}

            {"prompt": "How do I pay?"}
            not json
            ["a", "b"]
            {"prompt": "How do I pay?", "answer": 12}
            """);

    CliRun run = run("load", file);

    assertThat(run.out().strip()).isEqualTo("2 answers stored, 0 already stored, 3 rows rejected");
    assertThat(run.err().lines())
        .containsExactly(
            "line 3: column 'answer' is empty",
            "line 4: the line is not valid JSON",
            "line 5: the line is neither a JSON object nor an array after a header");
    assertThat(lookup(Prompt.of("How do I pay?"))).map(Answer::text).contains("12");
  }

  @Test
  void fileWithoutAValidRowFails() throws IOException {
    CliRun run = run("load", file("faq.csv", "prompt,answer\n,\n"));

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).startsWith("0 answers stored, 0 already stored, 1 row rejected");
  }

  @Test
  void unusableFilesFailInOneLine() throws IOException {
    run("load", directory.resolve("none.csv").toString())
        .assertFailed(1, directory.resolve("none.csv") + " does not exist or cannot be read");
    String file = file("faq.csv", "question,answer\na,b\n");
    run("load", file)
        .assertFailed(1, file + " has no column 'prompt'; its columns are [question, answer]");
    Path latin = directory.resolve("latin.csv");
    Files.write(latin, "prompt,answer\nZürich?,Ja\n".getBytes(StandardCharsets.ISO_8859_1));
    run("load", latin.toString())
        .assertFailed(1, latin + " is not valid UTF-8; convert the file to UTF-8");
    String twice = file("twice.csv", "prompt,prompt,answer\na,b,c\n");
    run("load", twice)
        .assertFailed(1, twice + ", line 1: the header contains the column 'prompt' twice");
  }

  @Test
  void invalidOptionsAreRejected() throws IOException {
    String file = file("faq.csv", "prompt,answer\na,b\n");
    run("load", file, "--ttl", "PT0S")
        .assertFailed(2, "--ttl: timeToLive is PT0S; it must be between 1 ms and 36525 days");
    assertThat(run("load", file, "--max-characters", "0").exitCode()).isEqualTo(2);
    assertThat(run("load", file, "--format", "xml").exitCode()).isEqualTo(2);
    assertThat(store).doesNotExist();
    assertThat(CliRun.of(embedder, "load", file).err()).contains("--store=STORE");
  }

  @Test
  void directoryWithOtherFilesIsRejected() throws IOException {
    String file = file("faq.csv", "prompt,answer\na,b\n");

    CliRun.of(embedder, "load", file, "--no-embedding-cache", "--store", directory.toString())
        .assertFailed(
            1,
            "--store is '"
                + directory
                + "'; it must be a store, an empty directory, or a new directory");
  }

  @Test
  void storeOfAnotherModelIsRejected() throws IOException {
    String file = file("faq.csv", "prompt,answer\nWhere is it?,b\n");
    run("load", file);
    io.github.semcache.embedding.Embedder other =
        io.github.semcache.embedding.Embedder.of("other", 3, text -> new float[] {1, 0, 0});

    CliRun run =
        CliRun.of(other, "load", file, "--no-embedding-cache", "--store", store.toString());

    run.assertFailed(
        1,
        "the embedding model is other with dimension 3, but "
            + store
            + " has embeddings of fake-embedder with dimension 64");
  }

  @Test
  void progressIsShownOnATerminalOnly() throws IOException {
    StringBuilder csv = new StringBuilder("prompt,answer\n");
    for (int i = 0; i < 2_500; i++) {
      csv.append("question ").append(i).append(",a\n");
    }
    String file = file("many.csv", csv.toString());
    StringWriter err = new StringWriter();
    embedder.beforeEmbedding(() -> sleep(120));

    int exitCode =
        SemcacheCli.commandLine(new CliEnvironment(Map.of(), true, () -> embedder))
            .setOut(new PrintWriter(new StringWriter()))
            .setErr(new PrintWriter(err, true))
            .execute("load", file, "--store", store.toString(), "--no-embedding-cache");

    assertThat(exitCode).isZero();
    assertThat(err.toString()).contains("loading, percent [").endsWith("\r\u001b[K");
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
