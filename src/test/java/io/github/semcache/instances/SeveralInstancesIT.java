package io.github.semcache.instances;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

/** Several processes that share one cache. */
@EnabledIfRedis
class SeveralInstancesIT {
  private static final Embedder EMBEDDER =
      Embedder.of("instances", 4, text -> new float[] {1, 0, 0, 0});

  /** The number of lookups of each process while a dependency changes. */
  private static final int LOOKUPS = Integer.getInteger("semcache.instances.lookups", 2_000);

  /** As above, with a near cache, which is faster. */
  private static final int NEAR_LOOKUPS = Integer.getInteger("semcache.instances.near", 50_000);

  /** The pause between two changes of the dependency. */
  private static final Optional<Long> PAUSE_MILLIS =
      Optional.ofNullable(Long.getLong("semcache.instances.pause"));

  /** The number of processes while a dependency changes. */
  private static final int PROCESSES = Integer.getInteger("semcache.instances.processes", 3);

  /** The number of threads of each process that make these lookups. */
  private static final int THREADS = Integer.getInteger("semcache.instances.threads", 2);

  @TempDir private Path directory;

  private final String cacheName = "test-" + UUID.randomUUID();
  private final URI uri = RedisServers.uri();
  private final List<Instance> instances = new ArrayList<>();
  private RedisClient redis;
  private SharedVersion version;

  @BeforeEach
  void connect() throws IOException {
    redis = RedisClient.create(uri);
    version = SharedVersion.open(directory.resolve("version"));
  }

  @AfterEach
  void closeInstances() throws Exception {
    for (Instance instance : instances) {
      instance.close();
    }
    redis.del(cacheName + "-calls");
    redis.close();
    try (RedisVectorStore store = openStore()) {
      store.dropIndex(true);
    }
  }

  /** Returns a node of the store that the processes share. */
  URI storeUri() {
    return uri;
  }

  /** Returns whether the store is a cluster. */
  boolean isCluster() {
    return false;
  }

  /** Returns the number of lookups of each process with a near cache. */
  int nearLookups() {
    return NEAR_LOOKUPS;
  }

  private RedisVectorStore openStore() {
    // The processes and the server compete for the processors.
    RedisConnection node = RedisConnection.of(storeUri()).socketTimeout(Duration.ofMinutes(1));
    RedisConnection connection = isCluster() ? node.cluster() : node;
    return RedisVectorStore.builder(connection, EmbeddingSpace.of(EMBEDDER))
        .cacheName(cacheName)
        .build();
  }

  private void start(int count, String... options) throws IOException {
    List<String> all =
        Stream.concat(
                Stream.of(
                    "redis=" + uri,
                    "store=" + storeUri(),
                    "cluster=" + isCluster(),
                    "cache=" + cacheName,
                    "version=" + directory.resolve("version")),
                Stream.of(options))
            .toList();
    int first = instances.size();
    for (int i = 0; i < count; i++) {
      instances.add(Instance.start(all));
    }
    for (Instance instance : instances.subList(first, instances.size())) {
      instance.awaitReady();
    }
  }

  private long modelCalls() {
    String calls = redis.get(cacheName + "-calls");
    return calls == null ? 0 : Long.parseLong(calls);
  }

  private static String result(CompletableFuture<String> result) throws Exception {
    return result.get(2, TimeUnit.MINUTES);
  }

  @Test
  void oneOfManyThreadsInSeveralProcessesCallsTheModel() throws Exception {
    start(4, "lease=PT30S", "model=PT1S");

    List<CompletableFuture<String>> results =
        instances.stream().map(instance -> instance.send("ask 25 what?")).toList();

    List<String> answers = new ArrayList<>();
    for (CompletableFuture<String> result : results) {
      answers.add(result(result).split(";", 2)[0]);
    }
    assertThat(answers).containsOnly("0 1");
    assertThat(modelCalls()).isEqualTo(1);
  }

  @Test
  void processesWithClocksMinutesApartCallTheModelOnce() throws Exception {
    start(1, "lease=PT30S", "model=PT1S", "clock=PT-7M");
    start(1, "lease=PT30S", "model=PT1S", "clock=PT7M");
    start(1, "lease=PT30S", "model=PT1S");

    List<CompletableFuture<String>> results =
        instances.stream().map(instance -> instance.send("ask 5 what?")).toList();
    for (CompletableFuture<String> result : results) {
      assertThat(result(result)).startsWith("0 1;");
    }
    for (Instance instance : instances) {
      assertThat(result(instance.send("ask 1 what?"))).isEqualTo("0 1;EXACT");
    }
    assertThat(modelCalls()).isEqualTo(1);
  }

  @Test
  void followersOfAKilledLeaderAreAnsweredWithinTheLease() throws Exception {
    start(1, "lease=PT3S", "model=PT1M");
    start(2, "lease=PT3S", "model=PT0.2S");
    CompletableFuture<String> lost = instances.get(0).send("ask 1 what?");
    await().atMost(Duration.ofSeconds(30)).until(() -> modelCalls() == 1);
    List<CompletableFuture<String>> followers =
        List.of(instances.get(1).send("ask 10 what?"), instances.get(2).send("ask 10 what?"));
    long start = System.nanoTime();

    instances.remove(0).kill();

    for (CompletableFuture<String> follower : followers) {
      assertThat(result(follower)).startsWith("0 2;");
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    assertThat(modelCalls()).isEqualTo(2);
    assertThat(lost).isCompletedExceptionally();
  }

  @Test
  void lateLeaderDoesNotReplaceTheNewerAnswer() throws Exception {
    start(1, "lease=PT0.5S", "model=PT3S");
    start(1, "lease=PT30S", "model=PT0S");
    CompletableFuture<String> late = instances.get(0).send("ask 1 what?");
    await().atMost(Duration.ofSeconds(30)).until(() -> modelCalls() == 1);

    assertThat(result(instances.get(1).send("ask 1 what?"))).isEqualTo("0 2;MODEL");

    assertThat(result(late)).isEqualTo("0 1;MODEL");
    assertThat(result(instances.get(0).send("ask 1 what?"))).isEqualTo("0 2;EXACT");
  }

  @Test
  void oneOfSeveralProcessesRefreshesAStaleAnswer() throws Exception {
    start(3, "softTimeToLive=PT2S", "model=PT0.3S");
    assertThat(result(instances.get(0).send("ask 1 what?"))).isEqualTo("0 1;MODEL");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> result(instances.get(1).send("ask 1 what?")).contains("stale"));

    List<CompletableFuture<String>> results =
        instances.stream().map(instance -> instance.send("ask 10 what?")).toList();
    for (CompletableFuture<String> result : results) {
      assertThat(result(result)).contains(";EXACT");
    }

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> result(instances.get(2).send("ask 1 what?")).equals("0 2;EXACT"));
    assertThat(modelCalls()).isEqualTo(2);
  }

  @Test
  void noStaleAnswerIsServedAfterADependencyHasChanged() throws Exception {
    start(PROCESSES);

    for (String result : lookUpDuringChanges(LOOKUPS, 0)) {
      assertThat(result).as("stale answers").startsWith("0,0,");
    }
  }

  @Test
  void nearCachesServeNoStaleAnswerAfterTheirMaximumStaleness() throws Exception {
    start(PROCESSES, "near=PT0.25S");

    for (String result : lookUpDuringChanges(nearLookups(), 250)) {
      assertThat(result.split(",", 3)[1]).as("stale answers after 250 ms").isEqualTo("0");
    }
  }

  private List<String> lookUpDuringChanges(int lookups, long windowMillis) throws Exception {
    List<CompletableFuture<String>> running =
        instances.stream()
            .map(
                instance ->
                    instance.send("lookups " + lookups + " " + windowMillis + " " + THREADS))
            .toList();
    long changes = 0;
    try (RedisVectorStore store = openStore();
        SemanticCache cache =
            SemanticCache.builder()
                .embedder(EMBEDDER)
                .chatClient(ChatClient.of("none", prompt -> "unused"))
                .maxDistance(0)
                .store(store)
                .build()) {
      while (!running.stream().allMatch(CompletableFuture::isDone)) {
        changes++;
        version.change(changes);
        cache.invalidateDependents(InstanceProcess.DEPENDENCY);
        version.publish(changes, System.currentTimeMillis());
        Thread.sleep(PAUSE_MILLIS.orElse(windowMillis == 0 ? 50L : 600L));
      }
    }
    List<String> results = new ArrayList<>();
    for (CompletableFuture<String> result : running) {
      results.add(result(result));
    }
    System.out.printf(
        "instances: %d changes, stale, stale after %d ms, hits of %d lookups each: %s%n",
        changes, windowMillis, lookups, results);
    assertThat(results).allMatch(result -> Long.parseLong(result.split(",", 3)[2]) > lookups / 20);
    return results;
  }
}
