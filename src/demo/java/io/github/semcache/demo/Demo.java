package io.github.semcache.demo;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import io.github.semcache.Answer;
import io.github.semcache.Explanation;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.openai.OpenAiChatClient;
import io.github.semcache.openai.OpenAiEmbedder;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore;
import io.github.semcache.verify.Verification;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Asks four questions, of which two are answered from the cache, and then questions that the user
 * enters.
 *
 * <p>By default, it needs neither an API key nor a server. The environment variable {@code
 * OPENAI_API_KEY} selects OpenAI's models, {@code REDIS_URL} selects Redis as the store, and the
 * option {@code --store DIR} selects a store in a directory.
 */
public final class Demo {
  private static final String USAGE =
      """
      Asks four questions through a semantic cache, and then the questions that you enter.

      Options:
        --store DIR   store the answers in a directory
        --ask         read questions even if standard input is not a terminal
        --help        show this help

      Environment variables:
        OPENAI_API_KEY   use OpenAI's models (default: a local embedding model and scripted answers)
        REDIS_URL        store the answers in Redis, for example redis://localhost:6379
      """;

  private static final List<String> QUESTIONS =
      List.of(
          "What is the capital of France?",
          "Which city serves as France's capital?",
          "What is the capital of France?",
          "How do I reverse a string in Python?");

  private static final String INDENT = " ".repeat(23);
  private static final int SHOWN_CANDIDATES = 3;
  private static final int REPETITIONS = 1_000;

  private final Map<String, String> environment;
  private final Optional<BufferedReader> terminal;
  private final PrintStream out;

  /**
   * Creates a demo.
   *
   * @param terminal reads the questions of the user; empty to ask none
   */
  Demo(Map<String, String> environment, Optional<BufferedReader> terminal, PrintStream out) {
    this.environment = environment;
    this.terminal = terminal;
    this.out = out;
  }

  /**
   * Runs the demo and exits the process. The exit code is 0, 1 if the store cannot be opened, or 2
   * if the arguments are invalid.
   *
   * @param arguments see {@code --help}
   */
  @SuppressWarnings("SystemConsoleNull") // since JDK 22, --ask is needed if input is redirected
  public static void main(String[] arguments) {
    List<String> all = List.of(arguments);
    Optional<BufferedReader> terminal =
        all.contains("--ask") || System.console() != null
            ? Optional.of(
                new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())))
            : Optional.empty();
    System.exit(new Demo(System.getenv(), terminal, System.out).run(all));
  }

  /** Runs the demo and returns the exit code. */
  int run(List<String> arguments) {
    if (arguments.contains("--help")) {
      out.print(USAGE);
      return 0;
    }
    List<String> options = arguments.stream().filter(option -> !option.equals("--ask")).toList();
    if (!options.isEmpty() && !(options.size() == 2 && options.get(0).equals("--store"))) {
      out.println("demo: unknown arguments " + options + "; see --help");
      return 2;
    }
    try {
      run(options.isEmpty() ? Optional.empty() : Optional.of(Path.of(options.get(1))));
      return 0;
    } catch (StoreException | IllegalArgumentException e) {
      out.println("demo: the store cannot be opened: " + e.getMessage());
      return 1;
    }
  }

  private void run(Optional<Path> directory) {
    if (environment.containsKey("OPENAI_API_KEY")) {
      OpenAIClient client = OpenAIOkHttpClient.fromEnv();
      try {
        run(directory, OpenAiEmbedder.of(client), OpenAiChatClient.of(client));
      } finally {
        client.close();
      }
    } else {
      run(directory, MiniLmEmbedder.create(), new ScriptedChatClient());
    }
  }

  private void run(Optional<Path> directory, Embedder embedder, ChatClient chatClient) {
    try (VectorStore store = openStore(directory, EmbeddingSpace.of(embedder));
        SemanticCache cache =
            SemanticCache.builder()
                .embedder(embedder)
                .store(store)
                .chatClient(chatClient)
                .build()) {
      out.printf("embedder  %s%n", embedder.modelId());
      out.printf("store     %s%n", describe(store, directory));
      out.printf("model     %s%n%n", describe(chatClient));
      QUESTIONS.forEach(question -> ask(cache, question));
      terminal.ifPresent(reader -> askUser(cache, reader));
      print(cache.stats());
      repeat(cache, Prompt.of(QUESTIONS.get(0)));
    }
    out.printf(
        "%nSee the entries and decisions on a local page:%n"
            + "  mvn -q -Pcli -DskipTests package%n"
            + "  java -jar target/semcache-cli.jar ui%s%n",
        uiOptions(directory, embedder));
  }

  /** Returns the options with which the page shows the store of the demo, if it still exists. */
  private String uiOptions(Optional<Path> directory, Embedder embedder) {
    Optional<String> store =
        directory
            .map(Path::toString)
            .or(
                () ->
                    environment.containsKey("REDIS_URL")
                        ? Optional.of("$REDIS_URL")
                        : Optional.empty());
    return store
        .map(
            name ->
                " --store \""
                    + name
                    + "\""
                    + (embedder instanceof MiniLmEmbedder ? "" : " --embedder openai"))
        .orElse("");
  }

  private VectorStore openStore(Optional<Path> directory, EmbeddingSpace space) {
    if (directory.isPresent()) {
      return LuceneVectorStore.open(directory.get(), space);
    }
    String redisUrl = environment.get("REDIS_URL");
    if (redisUrl == null) {
      return InMemoryVectorStore.builder(space).build();
    }
    RedisConnection connection = RedisConnection.of(redisUrl);
    // A cache works without its store, so a store can be built while its server is down.
    RedisVectorStore.caches(connection);
    return RedisVectorStore.builder(connection, space).build();
  }

  private static String describe(VectorStore store, Optional<Path> directory) {
    if (store instanceof InMemoryVectorStore) {
      return "in memory, lost on exit (use --store DIR or set REDIS_URL to persist the entries)";
    }
    return directory.map(path -> "directory " + path).orElse("Redis at REDIS_URL");
  }

  private static String describe(ChatClient chatClient) {
    return chatClient instanceof ScriptedChatClient
        ? "NOT a language model: scripted answers after "
            + ScriptedChatClient.LATENCY.toMillis()
            + " ms (set OPENAI_API_KEY to use OpenAI)"
        : chatClient.settings().getOrDefault("model", "an OpenAI model");
  }

  private void ask(SemanticCache cache, String question) {
    long start = System.nanoTime();
    Answer answer = cache.ask(question);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    out.printf(
        "%s %11s  %s%n%s%s%n",
        answer.isHit() ? "[CACHE]" : "[MODEL]", readable(took), question, INDENT, answer.text());
    if (answer.source() == Answer.Source.SEMANTIC) {
      out.printf(
          Locale.ROOT,
          "%ssemantic hit, distance %.3f to \"%s\"%n",
          INDENT,
          answer.distance().orElseThrow(),
          answer.matchedPrompt().orElseThrow());
    } else if (answer.isHit()) {
      out.println(INDENT + "exact hit, without an embedding");
    }
  }

  /** Measures exact hits. The first ones above are slower, because they also load classes. */
  private void repeat(SemanticCache cache, Prompt question) {
    if (cache.lookup(question).map(Answer::source).filter(Answer.Source.EXACT::equals).isEmpty()) {
      return;
    }
    long[] nanos = new long[REPETITIONS];
    for (int i = 0; i < REPETITIONS; i++) {
      long start = System.nanoTime();
      Optional<Answer> unused = cache.lookup(question);
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    Duration median = Duration.ofNanos(nanos[REPETITIONS / 2]);
    out.printf(
        Locale.ROOT,
        "The first question %,d times again: %s (median)%n",
        REPETITIONS,
        readable(median));
  }

  private static String readable(Duration took) {
    return took.toMillis() > 0
        ? String.format(Locale.ROOT, "%.1f ms", took.toNanos() / 1e6)
        : took.toNanos() / 1_000 + " µs";
  }

  /** Asks the questions of the user until an empty line or the end of the input. */
  private void askUser(SemanticCache cache, BufferedReader reader) {
    out.printf("%nAsk your own questions, for example the same one in other words.%n");
    while (true) {
      out.print("Question (empty to end): ");
      out.flush();
      Optional<String> question = nextLine(reader).filter(line -> !line.isBlank());
      if (question.isEmpty()) {
        out.println();
        return;
      }
      Explanation explanation = cache.explain(Prompt.of(question.get()));
      ask(cache, question.get());
      print(explanation);
    }
  }

  private static Optional<String> nextLine(BufferedReader reader) {
    try {
      return Optional.ofNullable(reader.readLine());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Prints the nearest entries and the decisions on them. */
  private void print(Explanation explanation) {
    if (explanation.exact().isPresent() || explanation.candidates().isEmpty()) {
      return;
    }
    out.println(INDENT + "nearest entries:");
    explanation.candidates().stream()
        .limit(SHOWN_CANDIDATES)
        .forEach(
            candidate ->
                out.printf(
                    Locale.ROOT,
                    "%s  %.3f  \"%s\": %s%n",
                    INDENT,
                    candidate.match().distance(),
                    candidate.match().entry().prompt(),
                    decision(candidate)));
  }

  private static String decision(Explanation.Candidate candidate) {
    String policy =
        candidate.decision() instanceof Decision.Miss miss ? miss.reason().code() : "hit";
    return candidate.verification().map(Demo::decision).orElse(policy);
  }

  private static String decision(Verification verification) {
    String decision =
        switch (verification.outcome()) {
          case ACCEPT -> "accepted by the verifier";
          case REJECT -> "rejected by the verifier";
          case UNSURE -> "the verifier is unsure";
        };
    return verification.reason().equals("accepted")
        ? decision
        : decision + " (" + verification.reason() + ")";
  }

  private void print(CacheStats stats) {
    out.printf(
        Locale.ROOT,
        "%n%d requests, %d hits (%.0f %%): %d exact, %d semantic%n"
            + "%d model calls, %d tokens used, %d tokens saved%n"
            + "time: model %d ms, embedder %d ms, store %d ms%n",
        stats.requests(),
        stats.hits(),
        100 * stats.hitRate(),
        stats.exactHits(),
        stats.semanticHits(),
        stats.modelCalls(),
        stats.inputTokens() + stats.outputTokens(),
        stats.tokensSaved(),
        stats.modelTime().toMillis(),
        stats.embeddingTime().toMillis(),
        stats.lookupTime().toMillis());
  }
}
