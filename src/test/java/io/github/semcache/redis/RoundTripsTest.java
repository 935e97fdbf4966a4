package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.expiring;
import static io.github.semcache.testkit.Entries.nearest;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.NewEntry;
import io.github.semcache.testing.FakeRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The number of round trips of each call. */
class RoundTripsTest {
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", 4);
  private static final Scope SCOPE = Scope.of("tenant", "acme");

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
  void removalByKeyTakesOneRoundTrip() {
    assertThat(roundTripsOf(() -> store.remove(new EntrySelector.ByKey("key")))).isEqualTo(1);
  }

  @Test
  void loadTakesOneRoundTrip() {
    assertThat(roundTripsOf(() -> store.load("policy"))).isEqualTo(1);
  }
}
