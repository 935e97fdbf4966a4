package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.expiring;
import static io.github.semcache.testkit.Entries.nearest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.store.VectorStore.NearestQuery;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testing.FakeRedis;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeClock;
import io.github.semcache.testkit.FakeEmbedder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/** Failures of a fake server. */
@Tag("slow")
class RedisFailureTest {
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", 4);
  private static final Scope SCOPE = Scope.of("tenant", "acme");
  private static final NearestQuery QUERY = nearest(SCOPE, atAngle(4, 0), 5);
  private static final CacheEntry ENTRY =
      entry(SCOPE, "secret prompt", "secret answer", Instant.EPOCH);
  private static final NewEntry NEW_ENTRY = expiring(ENTRY, atAngle(4, 0), Duration.ofMinutes(1));

  private final FakeRedis server = new FakeRedis();
  private final FakeClock time = new FakeClock();
  private RedisVectorStore store;

  @BeforeEach
  void open() {
    store = builder().build();
  }

  private RedisVectorStore.Builder builder() {
    return RedisVectorStore.builder(connection(), SPACE).clocks(time, time::nanos);
  }

  private RedisConnection connection() {
    return RedisConnection.of(server.uri())
        .socketTimeout(Duration.ofMillis(100))
        .maxWait(Duration.ofMillis(50))
        .maxConnections(1);
  }

  @AfterEach
  void close() {
    store.close();
    server.close();
  }

  private static Stream<ThrowingCallable> allCalls(RedisVectorStore store) {
    return Stream.of(
        () -> store.find(ENTRY.key()),
        () -> store.nearest(QUERY),
        () -> store.put(List.of(NEW_ENTRY)),
        () -> store.updateAttributes(ENTRY.key(), entry -> entry.group("other")),
        () -> store.remove(new EntrySelector.ByKey(ENTRY.key())),
        () -> store.remove(new EntrySelector.ByScope(SCOPE.hash())),
        () -> store.remove(new EntrySelector.All()),
        () -> store.entries().forEach(entry -> {}),
        () -> store.load("policy"),
        () -> store.save("policy", new byte[1]));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LOADING Redis is loading the dataset in memory",
        "OOM command not allowed when used memory > 'maxmemory'.",
        "READONLY You can't write against a read only replica.",
        "NOPERM User app has no permissions to run the command",
        "NOAUTH Authentication required.",
        "MOVED 42 127.0.0.1:7001",
        "CLUSTERDOWN The cluster is down",
        "BUSY Redis is busy running a script.",
        "ERR something else"
      })
  void serverErrorThrowsAStoreExceptionWithItsMessage(String error) {
    server.onAll("-" + error);

    assertThat(allCalls(store))
        .allSatisfy(
            call ->
                assertThatThrownBy(call)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(error)
                    .hasMessageNotContaining("secret")
                    .hasCauseInstanceOf(JedisException.class));
  }

  @Test
  void callToASilentServerFailsAfterTheSocketTimeout() {
    server.onAll(FakeRedis.NO_REPLY);

    long start = System.nanoTime();
    assertThatThrownBy(() -> store.find(ENTRY.key()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("Read timed out")
        .hasCauseInstanceOf(JedisConnectionException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(Duration.ofMillis(90), Duration.ofSeconds(5));
    assertThat(allCalls(store))
        .allSatisfy(call -> assertThatThrownBy(call).isInstanceOf(StoreException.class));
  }

  @Test
  void defaultSocketTimeoutIsHalfASecond() {
    try (RedisVectorStore storeWithDefaults =
        RedisVectorStore.builder(RedisConnection.of(server.uri()), SPACE).build()) {
      server.onAll(FakeRedis.NO_REPLY);

      long start = System.nanoTime();
      assertThatThrownBy(() -> storeWithDefaults.find(ENTRY.key()))
          .isInstanceOf(StoreException.class);

      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .as("one time-out, and another one for the connection that replaces the broken one")
          .isBetween(Duration.ofMillis(490), Duration.ofMillis(1_900));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {FakeRedis.NO_REPLY, FakeRedis.CLOSE_CONNECTION, "-OOM command not allowed"})
  void cacheOnAFailingServerReturnsTheAnswerOfTheModel(String reply) {
    FakeEmbedder embedder = new FakeEmbedder();
    FakeChatClient chat = new FakeChatClient();
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(chat)
            .ownedStore(RedisVectorStore.builder(connection(), EmbeddingSpace.of(embedder)).build())
            .build()) {
      server.onAll(reply);

      Answer answer = cache.ask("what?");

      assertThat(answer.text()).isEqualTo("answer 1");
      assertThat(answer.missReason()).contains(MissReason.STORE_ERROR);
      assertThat(cache.stats().storeErrors()).isEqualTo(1);
      assertThat(embedder.embedded()).isEmpty();
    }
  }

  @Test
  void closedConnectionThrowsAStoreExceptionAndTheNextCallReconnects() {
    server.onAll(FakeRedis.CLOSE_CONNECTION);
    assertThat(allCalls(store))
        .allSatisfy(
            call ->
                assertThatThrownBy(call)
                    .isInstanceOf(StoreException.class)
                    .hasCauseInstanceOf(JedisConnectionException.class));

    server.recover().on("HMGET", "*5\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n$-1");
    assertThat(store.find(ENTRY.key())).isEmpty();
  }

  @Test
  void stoppedServerThrowsAStoreException() {
    server.close();

    assertThat(allCalls(store))
        .allSatisfy(call -> assertThatThrownBy(call).isInstanceOf(StoreException.class));
  }

  @Test
  void callFailsAfterTheMaximumWaitIfThePoolIsExhausted() throws Exception {
    RedisVectorStore blocking =
        RedisVectorStore.builder(connection().socketTimeout(Duration.ofSeconds(10)), SPACE).build();
    server.onAll(FakeRedis.NO_REPLY);
    CountDownLatch done = new CountDownLatch(1);
    Thread blockedCaller =
        new Thread(
            () -> {
              try {
                blocking.find(ENTRY.key());
              } catch (StoreException e) {
                done.countDown();
              }
            });
    blockedCaller.start();
    await().until(() -> !server.received("HMGET").isEmpty());

    assertThatThrownBy(() -> blocking.find(ENTRY.key()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("all connections of the pool were in use");

    server.close();
    done.await();
    blocking.close();
  }

  @Test
  void interruptedWaitForAConnectionRestoresTheInterruptFlag() {
    Thread.currentThread().interrupt();
    server.onAll(FakeRedis.CLOSE_CONNECTION);

    assertThatThrownBy(() -> store.find(ENTRY.key())).isInstanceOf(StoreException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void missingIndexIsAMissAndIsCreatedAgain() {
    server.on("FT.SEARCH", "-No such index " + store.indexName());
    time.advance(Duration.ofSeconds(1));
    int created = server.received("FT.CREATE").size();

    assertThat(store.nearest(QUERY)).isEqualTo(NearestEntries.none());

    assertThat(server.received("FT.CREATE")).hasSize(created + 1);
    assertThat(store.nearest(QUERY)).isEqualTo(NearestEntries.none());
    assertThat(server.received("FT.CREATE")).as("no attempt within a second").hasSize(created + 1);
  }

  @Test
  void serverWithoutSearchModuleIsRejectedWithARemedy() {
    server.on("FT.CREATE", "-ERR unknown command 'FT.CREATE', with args beginning with: 'x'");

    assertThatThrownBy(() -> builder().build())
        .isInstanceOf(StoreException.class)
        .hasMessageContainingAll("unknown command 'FT.CREATE'", "no search module", "Redis 8");
  }

  @Test
  void missingPermissionForTheIndexIsRejectedWithARemedy() {
    server.on("FT.CREATE", "-NOPERM User app has no permissions to run the 'FT.CREATE' command");

    assertThatThrownBy(() -> builder().build())
        .isInstanceOf(StoreException.class)
        .hasMessageContainingAll("NOPERM", "docs/redis.md lists the permissions");
    builder().assumeIndex().build().close();
  }

  @Test
  void indexIsCreatedLaterIfTheServerIsLoadingDuringBuild() {
    server.on("FT.CREATE", "-LOADING Redis is loading the dataset in memory");
    RedisVectorStore unready = builder().build();
    assertThatThrownBy(() -> unready.nearest(QUERY))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("is missing")
        .hasRootCauseMessage("LOADING Redis is loading the dataset in memory");

    server.on("FT.CREATE", "+OK");
    time.advance(Duration.ofSeconds(1));

    assertThat(unready.nearest(QUERY)).isEqualTo(NearestEntries.none());
    unready.close();
  }

  @Test
  void creationOfTheIndexIsAttemptedOncePerSecondIfTheServerIsUnavailableDuringBuild() {
    server.on("FT.CREATE", FakeRedis.CLOSE_CONNECTION);
    RedisVectorStore unready = builder().build();
    int attempts = server.received("FT.CREATE").size();

    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> unready.nearest(QUERY)).isInstanceOf(StoreException.class);
    }
    assertThat(server.received("FT.CREATE")).hasSize(attempts);
    time.advance(Duration.ofSeconds(1));
    assertThatThrownBy(() -> unready.nearest(QUERY)).isInstanceOf(StoreException.class);
    assertThat(server.received("FT.CREATE")).hasSize(attempts + 1);
    unready.close();
  }

  @Test
  void indexIsUsedIfItsVerificationTimesOut() {
    server.on("FT.CREATE", "-Index already exists").on("FT.INFO", FakeRedis.NO_REPLY);

    try (RedisVectorStore slow = builder().build()) {
      assertThat(slow.nearest(QUERY)).isEqualTo(NearestEntries.none());
    }
  }

  @Test
  void assumedIndexIsNeitherCreatedNorVerified() {
    int created = server.received("FT.CREATE").size();
    try (RedisVectorStore reader = builder().assumeIndex().build()) {
      assertThat(reader.nearest(QUERY)).isEqualTo(NearestEntries.none());
      server.on("FT.SEARCH", "-No such index x");
      assertThatThrownBy(() -> reader.nearest(QUERY))
          .isInstanceOf(StoreException.class)
          .hasMessageContainingAll("has no index", "assumeIndex()");
    }
    assertThat(server.received("FT.CREATE")).hasSize(created);
    assertThat(server.received("FT.INFO")).isEmpty();
  }

  @Test
  void unexpectedReplyThrowsAStoreException() {
    server.on("FT.SEARCH", ":7");
    assertThatThrownBy(() -> store.nearest(QUERY)).isInstanceOf(StoreException.class);
    server.on("FT.SEARCH", "*0");
    assertThatThrownBy(() -> store.nearest(QUERY)).isInstanceOf(StoreException.class);
  }

  @Test
  void incompleteResultThrowsAStoreException() {
    server.on(
        "FT.SEARCH",
        "%3\r\n+total_results\r\n:0\r\n+results\r\n*0\r\n+warning\r\n*1\r\n+Timeout limit was reached");

    assertThatThrownBy(() -> store.nearest(QUERY))
        .isInstanceOf(StoreException.class)
        .hasMessageContainingAll("incomplete", "Timeout limit was reached");
  }

  @Test
  void scopeThatIsNotAHashIsRejected() {
    CacheEntry invalid = new CacheEntry("k", "*", "p", "a", Map.of(), Instant.EPOCH);

    assertThatThrownBy(
            () -> store.nearest(new NearestQuery(atAngle(4, 0), "a|b", 1, Optional.empty())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("hexadecimal");
    assertThatThrownBy(
            () -> store.put(List.of(expiring(invalid, atAngle(4, 0), Duration.ofHours(1)))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.remove(new EntrySelector.ByScope("")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
