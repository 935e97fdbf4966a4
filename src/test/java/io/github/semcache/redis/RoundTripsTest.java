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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often a call waits for the server. */
class RoundTripsTest {
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", 4);
  private static final Scope SCOPE = Scope.of("tenant", "acme");

  private final FakeRedis server = new FakeRedis();
  private final RedisVectorStore store =
      RedisVectorStore.builder(RedisConnection.of(server.uri()), SPACE)
          .executor(task -> {})
          .build();

  @BeforeEach
  void answerAsAnEmptyServer() {
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

  private int tripsOf(Runnable call) {
    int before = server.trips();
    call.run();
    return server.trips() - before;
  }

  private static List<NewEntry> insertions(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> entry(SCOPE, "prompt " + i, "answer", Instant.EPOCH))
        .map(entry -> expiring(entry, atAngle(4, 0), Duration.ofMinutes(1)))
        .toList();
  }

  @Test
  void lookupByKeyTakesOne() {
    assertThat(tripsOf(() -> store.find("key"))).isEqualTo(1);
  }

  @Test
  void searchTakesOne() {
    assertThat(tripsOf(() -> store.nearest(nearest(SCOPE, atAngle(4, 0), 5)))).isEqualTo(1);
  }

  @Test
  void entryIsWrittenWithItsExpiryInOne() {
    assertThat(tripsOf(() -> store.put(insertions(1)))).isEqualTo(1);
    assertThat(server.received().stream().map(words -> words.get(0)))
        .endsWith("MULTI", "DEL", "HSET", "PEXPIRE", "EXEC");
  }

  @Test
  void removalByKeyTakesOne() {
    assertThat(tripsOf(() -> store.remove(new EntrySelector.ByKey("key")))).isEqualTo(1);
  }

  @Test
  void readingWhatWasLearnedTakesOne() {
    assertThat(tripsOf(() -> store.load("policy"))).isEqualTo(1);
  }
}
