package io.github.semcache.demo;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.openai.OpenAiChatClient;
import io.github.semcache.openai.OpenAiEmbedder;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.stats.CacheStats;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Asks three questions; the second is a paraphrase of the first and is answered from the cache.
 *
 * <p>By default, it needs neither an API key nor a server. The environment variable {@code
 * OPENAI_API_KEY} selects OpenAI's models, {@code REDIS_URL} selects Redis as the store, and the
 * option {@code --store DIR} selects a store in a directory.
 */
public final class Demo {
  private static final double MAX_DISTANCE = 0.15;
  private static final List<String> QUESTIONS =
      List.of(
          "What is the capital of France?",
          "Which city serves as France's capital?",
          "How do I reverse a string in Python?");

  private final Map<String, String> environment;
  private final PrintStream out;

  Demo(Map<String, String> environment, PrintStream out) {
    this.environment = environment;
    this.out = out;
  }

  /**
   * Runs the demo.
   *
   * @param arguments no arguments, or {@code --store DIR}
   */
  public static void main(String[] arguments) {
    new Demo(System.getenv(), System.out).run(List.of(arguments));
  }

  void run(List<String> arguments) {
    if (!arguments.isEmpty() && !(arguments.size() == 2 && arguments.get(0).equals("--store"))) {
      throw new IllegalArgumentException(
          "arguments are " + arguments + "; the only option is --store DIR");
    }
    if (environment.containsKey("OPENAI_API_KEY")) {
      OpenAIClient client = OpenAIOkHttpClient.fromEnv();
      try {
        run(arguments, OpenAiEmbedder.of(client), OpenAiChatClient.of(client));
      } finally {
        client.close();
      }
    } else {
      run(arguments, MiniLmEmbedder.create(), new ScriptedChatClient());
    }
  }

  private void run(List<String> arguments, Embedder embedder, ChatClient chatClient) {
    try (VectorStore store = openStore(arguments, EmbeddingSpace.of(embedder));
        SemanticCache cache =
            SemanticCache.builder()
                .embedder(embedder)
                .store(store)
                .chatClient(chatClient)
                .maxDistance(MAX_DISTANCE)
                .build()) {
      out.printf("embedder  %s%n", embedder.modelId());
      out.printf("store     %s%n", describe(store, arguments));
      out.printf("model     %s%n%n", describe(chatClient));
      QUESTIONS.forEach(question -> ask(cache, question));
      print(cache.stats());
    }
  }

  private VectorStore openStore(List<String> arguments, EmbeddingSpace space) {
    if (!arguments.isEmpty()) {
      return LuceneVectorStore.open(Path.of(arguments.get(1)), space);
    }
    String redisUrl = environment.get("REDIS_URL");
    return redisUrl == null
        ? InMemoryVectorStore.builder(space).build()
        : RedisVectorStore.builder(RedisConnection.of(redisUrl), space).build();
  }

  private static String describe(VectorStore store, List<String> arguments) {
    if (store instanceof InMemoryVectorStore) {
      return "in memory, lost on exit (use --store DIR or set REDIS_URL to persist the entries)";
    }
    return arguments.isEmpty() ? "Redis at REDIS_URL" : "directory " + arguments.get(1);
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
        Locale.ROOT,
        "%s %8.1f ms  %s%n%23s%s%n",
        answer.isHit() ? "[CACHE]" : "[MODEL]",
        took.toNanos() / 1e6,
        question,
        "",
        answer.text());
    if (answer.isHit()) {
      out.printf(
          Locale.ROOT,
          "%23s%s hit, distance %.3f to \"%s\"%n",
          "",
          answer.source().name().toLowerCase(Locale.ROOT),
          answer.distance().orElseThrow(),
          answer.matchedPrompt().orElseThrow());
    }
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
