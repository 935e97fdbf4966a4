package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.expiring;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisProcess;
import io.github.semcache.testing.RedisServers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The maximum number of entries, on a real server. */
@EnabledIfRedis
class RedisMaxEntriesIT extends RedisFixture {
  private static final EntrySelector ALL = new EntrySelector.All();
  private static final Instant START = Instant.ofEpochMilli(1_700_000_000_000L);

  private static NewEntry numbered(int number) {
    CacheEntry entry = entry(SCOPE, "prompt " + number, "answer", START.plusMillis(number));
    return expiring(entry, atAngle(DIMENSION, number % 90), Duration.ofHours(1));
  }

  private static List<NewEntry> numbered(int from, int to) {
    return IntStream.range(from, to).mapToObj(RedisMaxEntriesIT::numbered).toList();
  }

  private RedisVectorStore limited(long maxEntries) {
    return builder().maxEntries(maxEntries).build();
  }

  @Test
  void oldestEntriesAreRemoved() {
    try (RedisVectorStore limited = limited(200)) {
      int evicted = 0;
      for (NewEntry each : numbered(0, 1_000)) {
        evicted += limited.put(List.of(each));
      }
      await().untilAsserted(() -> assertThat(limited.count(ALL)).isBetween(198L, 202L));

      evicted += limited.put(numbered(1_000, 1_001));
      assertThat(evicted).isBetween(790, 803);
      assertThat(limited.find(numbered(1_000).entry().key())).isPresent();
      assertThat(limited.find(numbered(850).entry().key())).isPresent();
      assertThat(limited.find(numbered(790).entry().key())).isEmpty();
    }
  }

  @Test
  void largeWriteIsCheckedBetweenItsBatches() {
    try (RedisVectorStore limited = builder().maxEntries(500).executor(task -> {}).build()) {
      limited.put(numbered(0, 3_000));

      assertThat(limited.count(ALL)).isBetween(495L, 505L);
      assertThat(limited.find(numbered(2_999).entry().key())).isPresent();
    }
  }

  @Test
  void entriesOfTheSameMillisecondAndEntriesWithoutEmbeddingAreRemoved() {
    try (RedisVectorStore limited = limited(50)) {
      for (int i = 0; i < 300; i++) {
        CacheEntry entry = entry(SCOPE, "prompt " + i, "answer", START);
        limited.put(
            List.of(
                i % 2 == 0
                    ? new NewEntry(entry, Optional.empty(), Optional.empty())
                    : withoutExpiry(entry, atAngle(DIMENSION, 1))));
      }
      await().untilAsserted(() -> assertThat(limited.count(ALL)).isBetween(49L, 51L));
    }
  }

  @Test
  void importedEntriesThatAreOlderThanAllOthersAreRemovedFirst() {
    try (RedisVectorStore limited = limited(100)) {
      limited.put(numbered(1_000, 1_300));
      await().untilAsserted(() -> assertThat(limited.count(ALL)).isBetween(99L, 101L));
      List<NewEntry> imported = numbered(0, 50);
      imported.forEach(each -> limited.put(List.of(each)));
      await().untilAsserted(() -> assertThat(limited.count(ALL)).isBetween(99L, 101L));

      limited.put(numbered(1_300, 1_301));
      assertThat(imported)
          .filteredOn(each -> limited.find(each.entry().key()).isPresent())
          .hasSizeLessThan(10);
    }
  }

  @Test
  void severalStoresEnforceTheLimitTogether() throws Exception {
    int stores = 4;
    int perStore = 600;
    int limit = 1_000;
    List<RedisVectorStore> limited = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(stores);
    try {
      List<Callable<Void>> writers = new ArrayList<>();
      for (int i = 0; i < stores; i++) {
        int first = i;
        RedisVectorStore own = limited(limit);
        limited.add(own);
        writers.add(
            () -> {
              for (int j = 0; j < perStore; j++) {
                own.put(List.of(numbered(j * stores + first)));
              }
              return null;
            });
      }
      long largest = 0;
      List<Future<Void>> running = new ArrayList<>();
      writers.forEach(writer -> running.add(threads.submit(writer)));
      while (!running.stream().allMatch(Future::isDone)) {
        largest = Math.max(largest, store.count(ALL));
      }
      for (Future<Void> writer : running) {
        writer.get();
      }
      assertThat(largest).as("while the stores write").isBetween(900L, 1_020L);
      await().untilAsserted(() -> assertThat(store.count(ALL)).isBetween(990L, 1_010L));
      assertThat(store.find(numbered(stores * perStore - 1).entry().key())).isPresent();
    } finally {
      threads.shutdownNow();
      limited.forEach(RedisVectorStore::close);
    }
  }

  @Test
  @EnabledIfRedis(EnabledIfRedis.Need.COMMAND)
  void rejectedWriteMakesRoomForLaterWrites() {
    try (RedisProcess full =
            RedisServers.start("--maxmemory", "32mb", "--maxmemory-policy", "noeviction");
        RedisVectorStore limited =
            RedisVectorStore.builder(RedisConnection.of(full.uri()), SPACE)
                .maxEntries(1_000_000)
                .build()) {
      String answer = "x".repeat(20_000);
      int number = 0;
      try {
        for (; number < 10_000; number++) {
          limited.put(List.of(large(number, answer)));
        }
      } catch (StoreException e) {
        assertThat(e).hasMessageContaining("OOM");
      }
      int rejected = number;
      assertThat(rejected).isLessThan(5_000);
      await().ignoreExceptions().until(() -> limited.put(List.of(large(rejected, answer))) >= 0);

      assertThat(limited.find(large(rejected, answer).entry().key())).isPresent();
      assertThat(limited.find(large(0, answer).entry().key())).isEmpty();
    }
  }

  private static NewEntry large(int number, String answer) {
    CacheEntry entry = entry(SCOPE, "prompt " + number, answer, START.plusMillis(number));
    return expiring(entry, atAngle(DIMENSION, number % 90), Duration.ofHours(1));
  }

  @Test
  void maximumMustBePositive() {
    assertThatThrownBy(() -> builder().maxEntries(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxEntries is 0; it must be at least 1");
  }
}
