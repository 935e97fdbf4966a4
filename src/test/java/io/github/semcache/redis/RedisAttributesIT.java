package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.expiring;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.StoreException;
import io.github.semcache.testing.EnabledIfRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attribute updates over RESP2; subclasses run the same tests over RESP3 and on a cluster. */
@EnabledIfRedis
class RedisAttributesIT extends RedisFixture {

  private static UnaryOperator<CacheEntry> set(String name, String value) {
    return entry -> {
      Map<String, String> attributes = new HashMap<>(entry.attributes());
      attributes.put(name, value);
      return entry.attributes(attributes);
    };
  }

  private static UnaryOperator<CacheEntry> increment(String name) {
    return entry -> set(name, Integer.toString(count(entry, name) + 1)).apply(entry);
  }

  private static int count(CacheEntry entry, String name) {
    return Integer.parseInt(entry.attributes().getOrDefault(name, "0"));
  }

  /** Runs an action before the first of several calls of a change. */
  private static UnaryOperator<CacheEntry> onceBefore(
      UnaryOperator<CacheEntry> change, Runnable action) {
    AtomicInteger calls = new AtomicInteger();
    return entry -> {
      if (calls.getAndIncrement() == 0) {
        action.run();
      }
      return change.apply(entry);
    };
  }

  private CacheEntry putExpiring(Duration timeToLive) {
    CacheEntry entry = entry(SCOPE, "what?", "answer", Instant.ofEpochMilli(1_000));
    store.put(List.of(expiring(entry, atAngle(DIMENSION, 0), timeToLive)));
    return entry;
  }

  @Test
  void updatedEntryIsReturnedFoundAndStillNearest() {
    CacheEntry entry = put(store, "what?", 0);
    byte[] embedding = embedding(entry);

    CacheEntry updated = store.updateAttributes(entry.key(), set("wrong", "1")).orElseThrow();

    assertThat(updated.attributes())
        .containsEntry("wrong", "1")
        .containsEntry("model", "test-model");
    assertThat(store.find(entry.key())).contains(updated);
    assertThat(nearest(store)).containsExactly(updated);
    assertThat(embedding(entry)).isEqualTo(embedding);
  }

  private byte[] embedding(CacheEntry entry) {
    return jedis.hget(Utf8.encode(documentKey(entry)), Utf8.encode(HashCodec.EMBEDDING));
  }

  @Test
  void attributesOfAnyCharactersAreStored() {
    CacheEntry entry = put(store, "what?", 0);

    for (String text : List.of("", "\0", "\"}{", "\uD83D\uDE00", "%s\r\n", "x".repeat(100_000))) {
      CacheEntry updated = store.updateAttributes(entry.key(), set(text, text)).orElseThrow();
      assertThat(store.find(entry.key())).contains(updated);
    }
    store.updateAttributes(entry.key(), old -> old.attributes(Map.of()));
    assertThat(store.find(entry.key())).contains(entry.attributes(Map.of()));
  }

  @Test
  void remainingTimeToLiveIsUnchanged() {
    CacheEntry entry = putExpiring(Duration.ofMinutes(10));
    jedis.pexpire(documentKey(entry), 60_000);

    store.updateAttributes(entry.key(), set("wrong", "1"));

    assertThat(jedis.pttl(documentKey(entry))).isBetween(30_000L, 60_000L);
  }

  @Test
  void entryWithoutExpiryStaysWithoutExpiry() {
    CacheEntry entry = put(store, "what?", 0);

    store.updateAttributes(entry.key(), set("wrong", "1"));

    assertThat(jedis.pttl(documentKey(entry))).isEqualTo(-1);
  }

  @Test
  void missingEntryIsNotCreated() {
    CacheEntry missing = entry(SCOPE, "missing", "answer", Instant.EPOCH);

    assertThat(store.updateAttributes(missing.key(), set("wrong", "1"))).isEmpty();
    assertThat(jedis.exists(documentKey(missing))).isFalse();
  }

  @Test
  void entryRemovedDuringTheUpdateIsNotCreated() {
    CacheEntry entry = put(store, "what?", 0);

    assertThat(
            store.updateAttributes(
                entry.key(), onceBefore(set("wrong", "1"), () -> jedis.del(documentKey(entry)))))
        .isEmpty();
    assertThat(jedis.exists(documentKey(entry))).isFalse();
  }

  @Test
  void entryExpiredDuringTheUpdateIsNotCreated() {
    CacheEntry entry = putExpiring(Duration.ofSeconds(1));

    assertThat(
            store.updateAttributes(
                entry.key(),
                onceBefore(
                    set("wrong", "1"),
                    () -> await().until(() -> store.find(entry.key()).isEmpty()))))
        .isEmpty();
    assertThat(jedis.exists(documentKey(entry))).isFalse();
  }

  @Test
  void updateThatLosesARaceIsAppliedToTheNewAttributes() {
    CacheEntry entry = put(store, "what?", 0);

    store.updateAttributes(
        entry.key(),
        onceBefore(
            increment("reports"), () -> store.updateAttributes(entry.key(), increment("reports"))));

    assertThat(count(store.find(entry.key()).orElseThrow(), "reports")).isEqualTo(2);
  }

  @Test
  void entryReplacedDuringTheUpdateIsRead() {
    CacheEntry entry = put(store, "what?", 0);
    CacheEntry replacement = entry(SCOPE, "what?", "new answer", Instant.ofEpochMilli(2_000));

    CacheEntry updated =
        store
            .updateAttributes(
                entry.key(),
                onceBefore(
                    set("wrong", "1"),
                    () -> store.put(List.of(withoutExpiry(replacement, atAngle(DIMENSION, 90))))))
            .orElseThrow();

    assertThat(updated).isEqualTo(set("wrong", "1").apply(replacement));
    assertThat(store.find(entry.key())).contains(updated);
  }

  @Test
  void concurrentUpdatesOfSeveralStoresAreAllApplied() throws Exception {
    CacheEntry entry = put(store, "what?", 0);
    RedisVectorStore other = builder().build();
    int threads = 16;
    int updates = 25;
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> results = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        RedisVectorStore used = i % 2 == 0 ? store : other;
        results.add(
            executor.submit(
                () -> {
                  for (int j = 0; j < updates; j++) {
                    used.updateAttributes(entry.key(), increment("reports"));
                  }
                }));
      }
      for (Future<?> result : results) {
        result.get();
      }
    } finally {
      executor.shutdownNow();
    }

    assertThat(count(store.find(entry.key()).orElseThrow(), "reports"))
        .isEqualTo(threads * updates);
  }

  @Test
  void equalEntryIsNotWritten() {
    CacheEntry entry = put(store, "what?", 0);
    String unsorted = "{ \"model\" : \"test-model\" }";
    jedis.hset(documentKey(entry), "attributes", unsorted);

    assertThat(store.updateAttributes(entry.key(), old -> old)).contains(entry);

    assertThat(jedis.hget(documentKey(entry), "attributes")).isEqualTo(unsorted);
  }

  @Test
  void attributesWrittenByAnotherClientAreComparedAsBytes() {
    CacheEntry entry = put(store, "what?", 0);
    jedis.hset(documentKey(entry), "attributes", "{ \"b\" : \"1\", \"a\" : \"2\" }");

    CacheEntry updated = store.updateAttributes(entry.key(), set("wrong", "1")).orElseThrow();

    assertThat(updated.attributes()).isEqualTo(Map.of("b", "1", "a", "2", "wrong", "1"));
    assertThat(store.find(entry.key())).contains(updated);
  }

  @Test
  void changeOfAnotherFieldIsRejectedAndNothingIsWritten() {
    CacheEntry entry = put(store, "what?", 0);
    UnaryOperator<CacheEntry> change =
        old ->
            new CacheEntry(
                old.key(), old.scope(), old.prompt(), "other", Map.of("a", "b"), old.createdAt());

    assertThatThrownBy(() -> store.updateAttributes(entry.key(), change))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(store.find(entry.key())).contains(entry);
  }

  @Test
  void exceptionOfTheChangeIsPassedOnAndNothingIsWritten() {
    CacheEntry entry = put(store, "what?", 0);
    IllegalStateException failure = new IllegalStateException("for the test");

    assertThatThrownBy(
            () ->
                store.updateAttributes(
                    entry.key(),
                    old -> {
                      throw failure;
                    }))
        .isSameAs(failure);
    assertThat(store.find(entry.key())).contains(entry);
  }

  @ParameterizedTest
  @ValueSource(strings = {"scope", "prompt", "answer", "attributes", "created_at"})
  void entryWithoutAFieldIsCorrupt(String field) {
    CacheEntry entry = put(store, "what?", 0);
    jedis.hdel(documentKey(entry), field);

    assertThatThrownBy(() -> store.updateAttributes(entry.key(), set("wrong", "1")))
        .isInstanceOf(StoreException.CorruptEntry.class)
        .hasMessageContaining(field);
  }

  @Test
  void keyThatDoesNotHoldAHashIsCorrupt() {
    CacheEntry entry = put(store, "what?", 0);
    jedis.set(documentKey(entry), "text");

    assertThatThrownBy(() -> store.updateAttributes(entry.key(), set("wrong", "1")))
        .isInstanceOf(StoreException.CorruptEntry.class);
    assertThat(jedis.get(documentKey(entry))).isEqualTo("text");
  }

  @Test
  void updateThatAlwaysLosesFails() {
    CacheEntry entry = put(store, "what?", 0);
    AtomicInteger calls = new AtomicInteger();

    assertThatThrownBy(
            () ->
                store.updateAttributes(
                    entry.key(),
                    old -> {
                      jedis.hset(documentKey(entry), "created_at", "" + calls.incrementAndGet());
                      return set("wrong", "1").apply(old);
                    }))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("each of 100 attempts");
    assertThat(calls).hasValue(OptimisticRetry.MAX_ATTEMPTS);
    assertThat(store.find(entry.key()).orElseThrow().attributes()).doesNotContainKey("wrong");
  }
}
