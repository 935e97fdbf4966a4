package io.github.semcache.compatibility;

import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.verify.PairVerifier;
import java.util.function.Function;

/** Asks three questions of a cache in Redis. Loaded by a class loader of its own. */
public final class RedisScenario implements Function<String, String> {

  /**
   * Runs the scenario.
   *
   * @param uri the URI of the server
   */
  @Override
  public String apply(String uri) {
    Embedder embedder = Embedder.of("length", 2, text -> new float[] {1, text.length() / 1000f});
    try (RedisVectorStore store =
            RedisVectorStore.builder(RedisConnection.of(uri), EmbeddingSpace.of(embedder))
                .cacheName("compatibility")
                .build();
        SemanticCache cache =
            SemanticCache.builder()
                .embedder(embedder)
                .maxDistance(0.15)
                .verifier(PairVerifier.none())
                .store(store)
                .chatClient(ChatClient.of("echo", prompt -> "answer"))
                .failOnCacheErrors()
                .build()) {
      cache.clear();
      String sources =
          cache.ask("a question").source()
              + " "
              + cache.ask("a question").source()
              + " "
              + cache.ask("a question in other words").source();
      store.update("state", old -> new byte[] {1});
      return sources + " " + cache.clear() + " " + store.load("state").isPresent();
    }
  }
}
