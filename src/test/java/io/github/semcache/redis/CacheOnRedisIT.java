package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.Answer;
import io.github.semcache.MiniLmCacheContract;
import io.github.semcache.SemanticCache;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

@EnabledIfRedis
class CacheOnRedisIT extends MiniLmCacheContract {
  private final String cacheName = "test-" + UUID.randomUUID();
  private UnifiedJedis jedis;
  private final List<EmbeddingSpace> spaces = new ArrayList<>();

  @BeforeEach
  void connect() {
    jedis = RedisConnection.of(RedisServers.uri()).open();
  }

  @AfterEach
  void dropIndexes() {
    spaces.stream()
        .distinct()
        .forEach(space -> builder(space).assumeIndex().build().dropIndex(true));
    jedis.close();
  }

  @Override
  protected VectorStore open(EmbeddingSpace space) {
    spaces.add(space);
    return builder(space).build();
  }

  private RedisVectorStore.Builder builder(EmbeddingSpace space) {
    return RedisVectorStore.builder(jedis, space).cacheName(cacheName);
  }

  @Test
  void cachesStartedConcurrentlyOnAnEmptyServerShareTheirAnswers() throws Exception {
    FakeEmbedder embedder = new FakeEmbedder().place("asked", 0).place("asked again", 10);
    FakeChatClient chat = new FakeChatClient();
    spaces.add(EmbeddingSpace.of(embedder));
    int caches = 4;
    CyclicBarrier start = new CyclicBarrier(caches);
    Callable<SemanticCache> starting =
        () -> {
          start.await();
          return SemanticCache.builder()
              .embedder(embedder)
              .chatClient(chat)
              .ownedStore(
                  RedisVectorStore.builder(
                          RedisConnection.of(RedisServers.uri()), EmbeddingSpace.of(embedder))
                      .cacheName(cacheName)
                      .build())
              .build();
        };
    ExecutorService threads = Executors.newFixedThreadPool(caches);
    List<SemanticCache> started = new ArrayList<>();
    try {
      for (Future<SemanticCache> each :
          threads.invokeAll(Stream.generate(() -> starting).limit(caches).toList())) {
        started.add(each.get());
      }
      started.get(0).ask("asked");

      for (SemanticCache cache : started) {
        assertThat(cache.ask("asked").source()).isEqualTo(Answer.Source.EXACT);
        assertThat(cache.ask("asked again").source()).isEqualTo(Answer.Source.SEMANTIC);
        assertThat(cache.stats().storeErrors()).isZero();
      }
      assertThat(chat.calls()).isEqualTo(1);
    } finally {
      threads.shutdownNow();
      started.forEach(SemanticCache::close);
    }
  }

  @Override
  protected boolean isPersistent() {
    return true;
  }
}
