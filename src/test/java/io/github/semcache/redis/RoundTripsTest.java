package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.expiring;
import static io.github.semcache.testkit.Entries.nearest;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testing.FakeRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The number of round trips of each call. */
class RoundTripsTest {
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", 4);
  private static final Scope SCOPE = Scope.of("tenant", "acme");

  /** The reply to the claim of a lease of a key without an entry. */
  private static final String GRANTED =
      "*7\r\n$7\r\ngranted\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n$-1";

  private final FakeRedis server = new FakeRedis();
  private final RedisVectorStore store =
      RedisVectorStore.builder(RedisConnection.of(server.uri()), SPACE)
          .executor(task -> {})
          .build();

  @BeforeEach
  void replyAsAnEmptyServer() {
    server
        .on("HMGET", "*5\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n$-1")
        .on("EXEC", "*3\r\n:0\r\n:6\r\n:1")
        .on("UNLINK", ":1")
        .on("GET", "$-1");
  }

  @AfterEach
  void close() {
    store.close();
    server.close();
  }

  private int roundTripsOf(Runnable call) {
    int before = server.roundTrips();
    call.run();
    return server.roundTrips() - before;
  }

  private static List<NewEntry> newEntries(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> entry(SCOPE, "prompt " + i, "answer", Instant.EPOCH))
        .map(entry -> expiring(entry, atAngle(4, 0), Duration.ofMinutes(1)))
        .toList();
  }

  @Test
  void findTakesOneRoundTrip() {
    assertThat(roundTripsOf(() -> store.find("key"))).isEqualTo(1);
  }

  @Test
  void nearestTakesOneRoundTrip() {
    assertThat(roundTripsOf(() -> store.nearest(nearest(SCOPE, atAngle(4, 0), 5)))).isEqualTo(1);
  }

  @Test
  void severalLookupsTakeOneRoundTrip() {
    assertThat(roundTripsOf(() -> store.findAll(Set.of("a", "b", "c")))).isEqualTo(1);
    assertThat(
            roundTripsOf(
                () ->
                    store.nearestAll(
                        List.of(
                            nearest(SCOPE, atAngle(4, 0), 5), nearest(SCOPE, atAngle(4, 9), 5)))))
        .isEqualTo(1);
  }

  @Test
  void expireTakesOneRoundTrip() {
    server.on("PEXPIRE", ":1");

    assertThat(roundTripsOf(() -> store.expire("key", Optional.of(Duration.ofHours(1)))))
        .isEqualTo(1);
  }

  @Test
  void putTakesOneRoundTripIncludingTheExpiry() {
    assertThat(roundTripsOf(() -> store.put(newEntries(1)))).isEqualTo(1);
    assertThat(server.received().stream().map(words -> words.get(0)))
        .endsWith("MULTI", "DEL", "HSET", "PEXPIRE", "EXEC");
  }

  @Test
  void attributesUpdateTakesTwoRoundTrips() {
    server
        .on("HMGET", "*5\r\n$3\r\nf00\r\n$1\r\n1\r\n$1\r\np\r\n$1\r\na\r\n$2\r\n{}")
        .on("EVAL", ":1");

    Runnable update =
        () -> assertThat(store.updateAttributes("key", entry -> entry.group("other"))).isPresent();

    assertThat(roundTripsOf(update)).isEqualTo(2);
    assertThat(roundTripsOf(() -> store.updateAttributes("key", entry -> entry)))
        .as("no write of an equal entry")
        .isEqualTo(1);
  }

  @Test
  void claimOfALeaseTakesOneRoundTripTogetherWithTheLookup() {
    server.on("EVAL", GRANTED);
    String version = "$1\r\n1";
    server.on("GET", version);
    Set<String> dependencies = Set.of(Scope.dependencyTerm("prices"));

    assertThat(
            roundTripsOf(
                () ->
                    store
                        .leases()
                        .orElseThrow()
                        .claim("key", dependencies, Optional.empty(), Duration.ofMinutes(1))))
        .isEqualTo(1);
  }

  @Test
  void missTakesNoMoreRoundTripsWithLeases() {
    server.on("EVAL", ":1");
    assertThat(roundTripsOfAMiss(false)).isEqualTo(4);
    assertThat(server.received("EVAL")).hasSize(1);
    server.onNext("EVAL", GRANTED); // for the lease; the write gets 1
    assertThat(roundTripsOfAMiss(true)).isEqualTo(4);
    assertThat(server.received("EVAL")).hasSize(3);
  }

  private int roundTripsOfAMiss(boolean withLeases) {
    SemanticCacheBuilder builder =
        SemanticCache.builder()
            .embedder(Embedder.of(SPACE.modelId(), 4, text -> new float[] {1, 0, 0, 0}))
            .chatClient(ChatClient.of("none", prompt -> "answer"))
            .maxDistance(0)
            .store(store);
    if (withLeases) {
      builder.singleFlightAcrossInstances(Duration.ofMinutes(1));
    }
    try (SemanticCache cache = builder.build()) {
      return roundTripsOf(() -> cache.ask("What is it?"));
    }
  }

  @Test
  void removalByKeyTakesOneRoundTrip() {
    assertThat(roundTripsOf(() -> store.remove(new EntrySelector.ByKey("key")))).isEqualTo(1);
  }

  @Test
  void loadTakesOneRoundTrip() {
    assertThat(roundTripsOf(() -> store.load("policy"))).isEqualTo(1);
  }
}
