package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.deadline.Deadline;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.StoreException;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import io.github.semcache.testing.TricklingProxy;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.UnifiedJedis;

/** Tests the limits of calls to a server that sends its replies slowly, or sends huge replies. */
@EnabledIfRedis
@Timeout(120)
class RedisDeadlineIT {
  /** Longer than the deadlines, so that only these end the calls. */
  private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(30);

  private static final Duration DEADLINE = Duration.ofMillis(600);
  private static final String PROMPT = "What is the capital of France?";

  private final FakeEmbedder embedder = new FakeEmbedder();
  private final String cacheName = "test-" + UUID.randomUUID();
  private TricklingProxy proxy;
  private RedisVectorStore store;

  @BeforeEach
  void start() throws IOException {
    proxy = TricklingProxy.start(RedisServers.uri());
    store =
        RedisVectorStore.builder(
                RedisConnection.of(proxy.uri()).socketTimeout(SOCKET_TIMEOUT),
                EmbeddingSpace.of(embedder))
            .cacheName(cacheName)
            .build();
  }

  @AfterEach
  void stop() {
    proxy.trickle(Duration.ZERO);
    store.close();
    try (RedisVectorStore own =
        RedisVectorStore.builder(
                RedisConnection.of(RedisServers.uri()), EmbeddingSpace.of(embedder))
            .cacheName(cacheName)
            .build()) {
      own.dropIndex(true);
    }
    proxy.close();
  }

  @Test
  void requestEndsAtTheDeadlineIfTheServerTrickles() {
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(new FakeChatClient())
            .store(store)
            .deadline(DEADLINE)
            .storeTimeout(DEADLINE)
            .circuitBreaker(1_000, Duration.ofSeconds(1))
            .build()) {
      assertThat(cache.ask(PROMPT).source()).isEqualTo(Answer.Source.MODEL);
      assertThat(cache.ask(PROMPT).source()).isEqualTo(Answer.Source.EXACT);
      proxy.trickle(Duration.ofMillis(400));

      long start = System.nanoTime();
      Answer answer = cache.ask(PROMPT);
      Duration took = Duration.ofNanos(System.nanoTime() - start);

      assertThat(answer.source()).isEqualTo(Answer.Source.MODEL);
      assertThat(answer.missReason()).contains(MissReason.DEADLINE);
      assertThat(took).isBetween(DEADLINE.minusMillis(50), DEADLINE.multipliedBy(3));
      await().until(() -> busyWorkers() == 0);

      proxy.trickle(Duration.ZERO);
      await().until(() -> cache.ask(PROMPT).source() == Answer.Source.EXACT);
    }
  }

  /** Returns the number of workers that are reading a reply. */
  private static long busyWorkers() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> thread.getKey().getName().equals("semcache-worker"))
        .filter(
            thread ->
                Arrays.stream(thread.getValue())
                    .anyMatch(frame -> frame.getClassName().contains("RedisCommands")))
        .count();
  }

  @Test
  void readOfASlowReplyEndsAtTheDeadline() {
    proxy.trickle(Duration.ofMillis(50));

    assertThatThrownBy(
            () -> Deadline.after(Duration.ofMillis(300)).run(() -> store.find("unknown")))
        .isInstanceOf(StoreException.class);
  }

  @Test
  void hugeFieldIsNotRead() {
    try (SemanticCache cache =
            SemanticCache.builder()
                .embedder(embedder)
                .chatClient(new FakeChatClient())
                .store(store)
                .deadline(Duration.ofSeconds(30))
                .failOnCacheErrors()
                .build();
        UnifiedJedis jedis = RedisConnection.of(RedisServers.uri()).open()) {
      String key = cache.ask(PROMPT).entryId().orElseThrow();
      jedis.hset(store.indexName() + ":" + key, HashCodec.ANSWER, "x".repeat(70 << 20));

      assertThat(cache.lookup(Prompt.of(PROMPT))).isEmpty();
      assertThat(cache.stats().corruptEntries()).isPositive();
      assertThat(cache.lookup(Prompt.of("in other words")))
          .as("searches skip entries that are too large")
          .isEmpty();
      cache.invalidate(Prompt.of(PROMPT));
      assertThat(cache.lookup(Prompt.of(PROMPT))).isEmpty();
    }
  }
}
