package io.github.semcache.chaos;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.redis.VectorIndex;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testing.EnabledIfRedis;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link ScopePairs} in Redis. Run with {@code mvn -Pchaos verify}. */
@Tag("chaos")
class RedisScopePairsIT {

  @ParameterizedTest
  @CsvSource({"CORE, 100000", "OPENAI, 100000", "LANGCHAIN4J, 100000", "SPRING, 100000"})
  @EnabledIfRedis(EnabledIfRedis.Need.COMMAND)
  void pairsInRedisShareNoAnswer(ClientApi api, int pairs) throws Exception {
    Embedder embedder = new ScopePairs.FastEmbedder();
    try (SingleServer server = SingleServer.start();
        VectorStore store =
            RedisVectorStore.builder(
                    RedisConnection.of(server.node().uri()), EmbeddingSpace.of(embedder))
                // Writes to a graph take most of the time of the server. The filter is the same.
                .vectorIndex(VectorIndex.flat())
                .build()) {
      ScopePairs.assertPairsShareNoAnswer("in Redis", api, pairs, 8, embedder, store);
    }
  }
}
