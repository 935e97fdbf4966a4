package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.StoreException;
import io.github.semcache.testing.FakeRedis;
import io.github.semcache.testkit.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The cluster client that a store opens: connecting, time-outs, and topology refreshes. */
class JedisProviderTest {
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", 4);

  private final FakeClock time = new FakeClock();
  private final FakeRedis server = new FakeRedis();
  private final List<Runnable> background = new ArrayList<>();

  @AfterEach
  void close() {
    server.close();
  }

  private RedisVectorStore store() {
    return RedisVectorStore.builder(
            RedisConnection.of(server.uri()).cluster().socketTimeout(Duration.ofMillis(200)), SPACE)
        .executor(background::add)
        .clocks(time, time::nanos)
        .build();
  }

  /** Makes the server reply as a cluster of one node with all slots. */
  private void becomeCluster() {
    becomeCluster(server);
  }

  private static void becomeCluster(FakeRedis server) {
    String host = server.uri().getHost();
    server.on(
        "CLUSTER",
        "*1\r\n*3\r\n:0\r\n:16383\r\n*3\r\n$%d\r\n%s\r\n:%d\r\n$4\r\nnode"
            .formatted(host.length(), host, server.uri().getPort()));
    server.on("HMGET", "*5\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n$-1");
  }

  @Test
  void unavailableClusterIsTriedOncePerSecond() {
    server.on("CLUSTER", "-ERR This instance has cluster support disabled");
    try (RedisVectorStore store = store()) {
      int attempts = server.received("CLUSTER").size();
      assertThatThrownBy(() -> store.find("key")).isInstanceOf(StoreException.class);
      assertThat(server.received("CLUSTER")).hasSize(attempts);

      becomeCluster();
      time.advance(Duration.ofSeconds(1));

      assertThat(store.find("key")).isEmpty();
    }
  }

  @Test
  void hangingNodeCostsAtMostTwoTimeoutsAndTriggersATopologyRefresh() {
    becomeCluster();
    try (RedisVectorStore store = store()) {
      store.find("key");
      int refreshes = server.received("CLUSTER").size();
      server.onAll(FakeRedis.NO_REPLY);

      long start = System.nanoTime();
      assertThatThrownBy(() -> store.find("key")).isInstanceOf(StoreException.class);
      Duration elapsed = Duration.ofNanos(System.nanoTime() - start);

      assertThat(elapsed).as("Jedis would make five attempts").isLessThan(Duration.ofMillis(700));
      server.recover();
      assertThat(background).hasSize(1);
      background.get(0).run();
      assertThat(server.received("CLUSTER")).hasSizeGreaterThan(refreshes);
    }
  }

  @Test
  void redirectionsAreFollowedBySingleAndPipelinedCommands() {
    becomeCluster();
    try (FakeRedis other = new FakeRedis();
        RedisVectorStore store = store()) {
      becomeCluster(other);
      other.on("EVAL", ":1").on("UNLINK", ":1");
      String moved = "-MOVED 42 127.0.0.1:" + other.uri().getPort();
      server.on("HMGET", moved).on("EVAL", moved).on("UNLINK", moved);
      CacheEntry entry = entry(Scope.none(), "what?", "answer", Instant.EPOCH);

      assertThat(store.find(entry.key())).isEmpty();
      store.put(List.of(withoutExpiry(entry, atAngle(4, 0))));
      assertThat(store.remove(new EntrySelector.ByKey(entry.key()))).isEqualTo(1);

      assertThat(other.received("HMGET")).hasSize(1);
      assertThat(other.received("EVAL")).hasSize(1);
      assertThat(other.received("EVAL").get(0)).containsAll(server.received("EVAL").get(1));
      assertThat(other.received("UNLINK")).hasSize(1);
    }
  }

  @Test
  void callsAfterCloseFail() {
    becomeCluster();
    RedisVectorStore store = store();
    store.find("key");
    store.close();
    store.close();

    assertThatThrownBy(() -> store.find("key")).isInstanceOf(StoreException.class);
  }
}
