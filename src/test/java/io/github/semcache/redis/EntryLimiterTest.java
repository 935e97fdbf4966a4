package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testing.FakeRedis;
import io.github.semcache.testkit.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a store with a maximum number of entries counts and removes them. */
class EntryLimiterTest {
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("m", 4);

  private final FakeRedis server = new FakeRedis();
  private final FakeClock clock = new FakeClock();
  private final List<Runnable> tasks = new CopyOnWriteArrayList<>();
  private RedisVectorStore store;

  @BeforeEach
  void open() {
    server.on("EXEC", "*2\r\n:0\r\n:6").on("UNLINK", ":1").on("DEL", ":1");
    store =
        RedisVectorStore.builder(RedisConnection.of(server.uri()), SPACE)
            .executor(tasks::add)
            .clocks(clock, clock::nanos)
            .maxEntries(4_000)
            .build();
  }

  @AfterEach
  void close() {
    store.close();
    server.close();
  }

  private static NewEntry numbered(int number) {
    return withoutExpiry(
        entry(Scope.none(), "prompt " + number, "answer", Instant.EPOCH), atAngle(4, 0));
  }

  private int put(int times) {
    int evicted = 0;
    for (int i = 0; i < times; i++) {
      evicted += store.put(List.of(numbered(i)));
    }
    return evicted;
  }

  private void runTasks() {
    List.copyOf(tasks).forEach(Runnable::run);
    tasks.clear();
  }

  private void count(int entries) {
    server.on("FT.SEARCH", "*1\r\n:" + entries);
  }

  private int searches() {
    return server.received("FT.SEARCH").size();
  }

  @Test
  void writesSendNoAdditionalCommands() {
    put(1);
    int before = server.roundTrips();

    put(20);

    assertThat(server.roundTrips() - before).isEqualTo(20);
    assertThat(searches()).isZero();
  }

  @Test
  void entriesAreCountedOnceUntilManyMoreAreWritten() {
    count(1_000);
    put(1);
    runTasks();
    assertThat(searches()).isEqualTo(1);

    put(372);
    assertThat(tasks).as("an eighth of the 2,990 that remain below 3,990").isEmpty();
    put(1);
    assertThat(tasks).hasSize(1);
  }

  @Test
  void entriesNearTheLimitAreCountedAfterOneIn800OfTheLimit() {
    count(3_985);
    put(1);
    runTasks();

    put(4);
    assertThat(tasks).isEmpty();
    put(1);
    assertThat(tasks).hasSize(1);
  }

  @Test
  void writesOfOtherStoresAreDetectedByTheGrowth() {
    count(3_000);
    put(1);
    runTasks();
    clock.advance(Duration.ofSeconds(31));
    count(3_500);
    put(1);
    runTasks();

    // 500 entries in 31 seconds: after half of the time until the limit is reached.
    clock.advance(Duration.ofSeconds(14));
    put(1);
    assertThat(tasks).isEmpty();
    clock.advance(Duration.ofSeconds(2));
    put(1);
    assertThat(tasks).hasSize(1);
  }

  @Test
  void storeThatDoesNotGetTheLockRemovesNothing() {
    server.on("SET", "$-1");
    count(5_000);

    put(1);
    runTasks();

    assertThat(searches()).isEqualTo(1);
    assertThat(server.received("UNLINK")).isEmpty();
    assertThat(server.received("SET").get(0))
        .containsSubsequence("sem_cache:eviction:v2:m:4", "1", "NX", "PX", "2000");
  }

  @Test
  void failureOfACheckDoesNotAffectWrites() {
    server.on("FT.SEARCH", "-ERR broken");

    put(1);
    runTasks();

    assertThat(put(3)).isZero();
  }

  @Test
  void rejectedWriteSchedulesTheRemovalOfSomeEntries() {
    count(1_000);
    put(1);
    runTasks();
    server.on("EXEC", "*2\r\n:0\r\n-OOM command not allowed when used memory > 'maxmemory'.");

    assertThatThrownBy(() -> put(1)).isInstanceOf(StoreException.class);

    assertThat(tasks).hasSize(1);
    server.on("SET", "-OOM command not allowed when used memory > 'maxmemory'.");
    int before = searches();
    runTasks();
    assertThat(searches()).isGreaterThan(before + 1);
  }

  @Test
  void writesAboveTheMaximumRunTheScheduledCheck() {
    count(3_985);
    put(1);
    runTasks();
    int before = searches();

    put(5);
    assertThat(tasks).as("one in 800 of the maximum").hasSize(1);
    assertThat(searches()).isEqualTo(before);
    put(1);

    assertThat(searches()).isGreaterThan(before);
    int checked = searches();
    runTasks();
    assertThat(searches()).as("the scheduled check does not run again").isEqualTo(checked);
  }

  @Test
  void writesBelowTheMaximumDoNotRunTheScheduledCheck() {
    count(3_900);
    put(1);
    runTasks();
    int before = searches();

    put(50);

    assertThat(tasks).hasSize(1);
    assertThat(searches()).isEqualTo(before);
  }

  @Test
  void writesNearTheMaximumRunTheScheduledCheckIfOtherStoresWrite() {
    count(2_000);
    put(1);
    runTasks();
    put(300);
    count(3_200); // Four entries for each write of this store.
    runTasks();
    int before = searches();

    put(185);
    assertThat(tasks).as("an eighth of the remaining entries").hasSize(1);
    assertThat(searches()).isEqualTo(before);
    put(10);

    assertThat(searches()).as("3,200 + 4 * 190 entries").isGreaterThan(before);
  }

  @Test
  void writeAboveTheMaximumWaitsForTheRunningCheckForALimitedTime() throws Exception {
    count(3_985);
    put(1);
    runTasks();
    put(5);
    server.on("FT.SEARCH", FakeRedis.NO_REPLY);
    Thread checking = new Thread(this::runTasks);
    checking.start();
    await().until(() -> searches() == 2);

    long start = System.nanoTime();
    put(6);

    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThanOrEqualTo(Duration.ofMillis(240));
    checking.join();
  }
}
