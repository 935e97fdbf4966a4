package io.github.semcache.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.semcache.SemanticCache;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class UiCommandTest {
  @TempDir Path directory;

  private final FakeEmbedder embedder = new FakeEmbedder();

  /** A command that runs on its own thread until it is interrupted. */
  private final class RunningUi implements AutoCloseable {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final AtomicInteger exitCode = new AtomicInteger(-1);
    private final Thread thread;

    RunningUi(String... options) {
      CommandLine commandLine =
          SemcacheCli.commandLine(new CliEnvironment(Map.of(), false, () -> embedder))
              .setOut(new PrintWriter(out, true))
              .setErr(new PrintWriter(err, true));
      String[] args =
          Stream.concat(Stream.of("ui", "--no-embedding-cache"), Stream.of(options))
              .toArray(String[]::new);
      thread = new Thread(() -> exitCode.set(commandLine.execute(args)));
      thread.start();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> !out.toString().isBlank() || !thread.isAlive());
    }

    String state() throws Exception {
      return request("state", "");
    }

    /** Sends a body to an endpoint, or nothing if the body is empty, and returns the reply. */
    String request(String endpoint, String body) throws Exception {
      URI address = URI.create(out.toString().strip());
      HttpRequest.Builder request =
          HttpRequest.newBuilder(address.resolve("/api/" + endpoint))
              .header("Content-Type", "application/json")
              .header("X-Semcache-Token", address.getFragment().substring("token=".length()));
      if (!body.isEmpty()) {
        request.POST(HttpRequest.BodyPublishers.ofString(body));
      }
      return HttpClient.newHttpClient()
          .send(request.build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }

    @Override
    public void close() {
      thread.interrupt();
      await().atMost(Duration.ofSeconds(30)).until(() -> !thread.isAlive());
    }
  }

  @Test
  void withoutAStoreThePageHasSamples() throws Exception {
    RunningUi ui = new RunningUi();
    try (ui) {
      assertThat(ui.out.toString()).startsWith("http://127.0.0.1:").hasLineCount(1);
      assertThat(ui.state())
          .contains("\"store\":\"in memory\"", "\"isDemo\":true", "\"model\":\"demo\"");
    }
    assertThat(ui.exitCode).hasValue(0);
    assertThat(ui.err.toString()).isEmpty();
  }

  @Test
  void existingStoreGetsNoDemoAnswersAndIsClosedAtTheEnd() throws Exception {
    Path store = directory.resolve("store");
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .verifier(PairVerifier.none())
            .ownedStore(LuceneVectorStore.open(store, embedder))
            .build()) {
      cache.put(Prompt.of("How do I pay?").tag("tenant", "acme"), "In the app.");
    }
    try (RunningUi ui = new RunningUi("--store", store.toString(), "--tag", "tenant=acme")) {
      assertThat(ui.state())
          .contains("\"isDemo\":false", "\"model\":null", "\"entries\":1", "\"tenant\":\"acme\"")
          .containsOnlyOnce("\"hash\"");
    }
    try (LuceneVectorStore reopened = LuceneVectorStore.open(store, embedder);
        var entries = reopened.entries()) {
      assertThat(entries).hasSize(1);
    }
  }

  @Test
  void storeOfAModelThatIsNotAvailableIsSearchedByKey() throws Exception {
    Path store = directory.resolve("store");
    Embedder other = Embedder.of("text-embedding-3-small", 3, text -> new float[] {1, 0, 0});
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(other)
            .maxDistance(0.1)
            .verifier(PairVerifier.none())
            .ownedStore(LuceneVectorStore.open(store, other))
            .build()) {
      cache.put(Prompt.of("How do I pay?"), "In the app.");
    }
    for (List<String> options : List.of(List.<String>of(), List.of("--embedder", "openai"))) {
      String[] args =
          Stream.concat(Stream.of("--store", store.toString()), options.stream())
              .toArray(String[]::new);
      try (RunningUi ui = new RunningUi(args)) {
        assertThat(ui.err.toString()).isEmpty();
        assertThat(ui.state())
            .contains("\"isExactOnly\":true", "\"embedder\":\"text-embedding-3-small\"");
        assertThat(ui.request("ask", "{\"prompt\": \"How do I pay?\"}"))
            .contains("\"source\":\"EXACT\"");
        assertThat(ui.request("ask", "{\"prompt\": \"How can I pay?\"}"))
            .contains("\"answer\":null", "\"reason\":\"unreadable\"");
        assertThat(ui.request("answer", "{\"prompt\": \"a\", \"answer\": \"b\"}"))
            .contains("cannot be stored without the embedding model");
      }
    }
  }

  @Test
  void portInUseFailsInOneLine() throws Exception {
    try (RunningUi first = new RunningUi()) {
      int port = URI.create(first.out.toString().strip()).getPort();

      CliRun second = CliRun.of(embedder, "ui", "--no-embedding-cache", "--port", "" + port);

      second.assertFailed(1, "port " + port + " is not available: Address already in use");
    }
  }

  @Test
  void invalidOptionsAreRejected() {
    for (List<String> options :
        List.of(
            List.of("--port", "65536"),
            List.of("--port", "-1"),
            List.of("--policy", "error-budget=0.01"),
            List.of("--verifier", "labels"),
            List.of("--cluster"),
            List.of("--model", "x"),
            List.of("--chat-model", "m", "--setting", "model=m"))) {
      CliRun run =
          CliRun.of(
              embedder, Stream.concat(Stream.of("ui"), options.stream()).toArray(String[]::new));
      assertThat(run.exitCode()).as("%s", options).isEqualTo(2);
      assertThat(run.err()).startsWith("semcache-cli: --");
    }
    CliRun.of(embedder, "ui", "--chat-model", "m")
        .assertFailed(1, "environment variable OPENAI_API_KEY is not set; it must be the API key");
  }

  @Test
  void helpListsTheOptions() {
    assertThat(CliRun.of(embedder, "ui", "--help").out())
        .contains("--port=PORT", "--store=STORE", "--chat-model=MODEL", "sample answers");
  }
}
