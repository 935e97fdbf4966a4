package io.github.semcache.instances;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

/** Processes with different embedding models that share one cache, as in a rolling deployment. */
@EnabledIfRedis
class ModelChangeIT {
  private static final String OLD = "old4";
  private static final String NEW = "newest8-";

  @TempDir private Path directory;

  private final String cacheName = "test-" + UUID.randomUUID();
  private final URI uri = RedisServers.uri();
  private final List<Instance> instances = new ArrayList<>();

  private Instance start(String... options) throws IOException {
    List<String> all =
        Stream.concat(
                Stream.of(
                    "redis=" + uri,
                    "cache=" + cacheName,
                    "version=" + directory.resolve("version")),
                Stream.of(options))
            .toList();
    SharedVersion.open(directory.resolve("version"));
    Instance instance = Instance.start(all).awaitReady();
    instances.add(instance);
    return instance;
  }

  private Instance startOld() throws IOException {
    return start("embedding=" + OLD);
  }

  private Instance startNew() throws IOException {
    return start("embedding=" + NEW, "previous=" + OLD);
  }

  private RedisVectorStore store(String model) {
    return RedisVectorStore.builder(
            RedisConnection.of(uri), new EmbeddingSpace(model, model.length()))
        .cacheName(cacheName)
        .build();
  }

  private static String result(CompletableFuture<String> result) throws Exception {
    return result.get(2, TimeUnit.MINUTES);
  }

  @AfterEach
  void closeInstances() throws Exception {
    for (Instance instance : instances) {
      instance.close();
    }
    try (RedisClient redis = RedisClient.create(uri)) {
      redis.del(cacheName + "-calls");
    }
    for (String model : List.of(OLD, NEW)) {
      try (RedisVectorStore store = store(model)) {
        store.dropIndex(true);
      }
    }
  }

  @Test
  void instancesOfBothVersionsShareAnswersInvalidationsAndRemovals() throws Exception {
    Instance old = startOld();
    Instance current = startNew();
    assertThat(result(old.send("ask 1 what?"))).isEqualTo("0 1;MODEL");
    assertThat(result(old.send("ask 1 price of a"))).isEqualTo("0 2;MODEL");

    assertThat(result(current.send("ask 1 what?"))).isEqualTo("0 1;EXACT");
    assertThat(result(current.send("ask 1 price of a"))).isEqualTo("0 2;EXACT");
    assertThat(result(current.send("ask 1 why?"))).isEqualTo("0 3;MODEL");
    assertThat(result(old.send("ask 1 what?"))).isEqualTo("0 1;EXACT");

    assertThat(result(old.send("invalidateDependents 0 " + InstanceProcess.DEPENDENCY)))
        .isEqualTo(InstanceProcess.DEPENDENCY);
    assertThat(result(current.send("ask 1 price of a"))).isEqualTo("0 4;MODEL");
    assertThat(result(current.send("invalidate 0 what?"))).isEqualTo("true");
    assertThat(result(current.send("ask 1 what?"))).isEqualTo("0 5;MODEL");
    assertThat(result(old.send("ask 1 what?"))).isEqualTo("0 6;MODEL");
  }

  @Test
  void migrationOfAKilledProcessIsContinuedByAnother() throws Exception {
    Instance old = startOld();
    assertThat(result(old.send("put 60 x"))).isEqualTo("60");
    Instance killed = startNew();
    CompletableFuture<String> lost = killed.send("migrate 20 x");
    try (RedisVectorStore store = store(NEW)) {
      await().atMost(Duration.ofMinutes(2)).until(() -> store.count(new EntrySelector.All()) >= 10);
      instances.remove(killed);
      killed.kill();
      await().atMost(Duration.ofSeconds(60)).until(lost::isCompletedExceptionally);
      long copied = store.count(new EntrySelector.All());
      assertThat(copied).isLessThan(60);

      Instance other = startNew();
      String finished = result(other.send("migrate 1000 x"));

      assertThat(finished).contains("total=60", "expired=0", "failed=0", "isComplete=true");
      assertThat(store.count(new EntrySelector.All())).isEqualTo(60);
      assertThat(result(other.send("ask 1 question 59"))).isEqualTo("answer 59;EXACT");
    }
  }
}
