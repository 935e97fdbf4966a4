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
 * Asks three questions, of which the second is the first in other words.
 *
 * <p>Without any setting it needs neither key nor server. {@code OPENAI_API_KEY} brings OpenAI's
 * models, {@code REDIS_URL} Redis, and {@code --store DIR} a directory on disk.
 */
public final class Demo {
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
   * Runs the demonstration.
   *
   * @param arguments nothing, or {@code --store DIR}
   */
  public static void main(String[] arguments) {
    new Demo(System.getenv(), System.out).run(List.of(arguments));
  }

  void run(List<String> arguments) {
    if (!arguments.isEmpty() && !(arguments.size() == 2 && arguments.get(0).equals("--store"))) {
      throw new IllegalArgumentException("the only option is --store DIR; found " + arguments);
    }
    if (environment.containsKey("OPENAI_API_KEY")) {
      OpenAIClient client = OpenAIOkHttpClient.fromEnv();
      try {
        run(arguments, OpenAiEmbedder.of(client), OpenAiChatClient.of(client), 0.15);
      } finally {
        client.close();
      }
    } else {
      run(arguments, MiniLmEmbedder.create(), new ScriptedChatClient(), 0.15);
    }
  }

  private void run(
      List<String> arguments, Embedder embedder, ChatClient chatClient, double maxDistance) {
    VectorStore store = openStore(arguments, EmbeddingSpace.of(embedder));
    out.printf("embeddings  %s%n", embedder.modelId());
    out.printf("store       %s%n", describe(store, arguments));
    out.printf("answers     %s%n%n", describe(chatClient));
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .ownedStore(store)
            .chatClient(chatClient)
            .maxDistance(maxDistance)
            .build()) {
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
      return "in memory, gone afterwards (keep it with --store DIR, or set REDIS_URL)";
    }
    return arguments.isEmpty() ? "Redis at REDIS_URL" : "the directory " + arguments.get(1);
  }

  private static String describe(ChatClient chatClient) {
    return chatClient instanceof ScriptedChatClient
        ? "NOT a language model: a script that knows these questions and waits "
            + ScriptedChatClient.THINKING_TIME.toMillis()
            + " ms (set OPENAI_API_KEY for a real one)"
        : chatClient.settings().getOrDefault("model", "an OpenAI model");
  }

  private void ask(SemanticCache cache, String question) {
    long start = System.nanoTime();
    Answer answer = cache.ask(question);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    out.printf(
        Locale.ROOT,
        "%s %8.1f ms  %s%n%23s%s%n",
        answer.isHit() ? "[CACHE]" : "[LLM  ]",
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
        "%n%d requests, %d answered from the cache (%.0f %%): %d exact, %d semantic%n"
            + "%d model calls, %d tokens used, %d tokens saved%n"
            + "time in the model %d ms, in embedding %d ms, in the store %d ms%n",
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
