package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.VectorStore.Listable.ListedEntry;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import io.github.semcache.testkit.ListableStoreContract;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

@EnabledIfRedis
class RedisListableStoreIT extends ListableStoreContract<RedisVectorStore> {
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", 4);
  private static final Instant CREATED_AT = Instant.ofEpochMilli(1_000);

  private final String cacheName = "test-" + UUID.randomUUID();

  RedisConnection connection() {
    return RedisConnection.of(RedisServers.uri());
  }

  @Override
  protected RedisVectorStore open(EmbeddingSpace space) {
    return RedisVectorStore.builder(connection(), space).cacheName(cacheName).build();
  }

  @Override
  protected void close(RedisVectorStore opened) {
    opened.dropIndex(true);
    opened.close();
  }

  @Override
  protected Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }

  @Override
  protected void advanceTime(Duration duration) throws InterruptedException {
    // The server uses the system clock.
    Thread.sleep(duration.toMillis() + 5);
  }

  @Override
  protected Duration clockTolerance() {
    return Duration.ofSeconds(30);
  }

  private static List<CacheEntry> list(RedisVectorStore store) {
    try (Stream<ListedEntry> entries = store.entries()) {
      return entries.map(ListedEntry::entry).toList();
    }
  }

  @Test
  void keysWithoutAReadableEntryAreOmitted() {
    try (RedisVectorStore store = open(SPACE);
        UnifiedJedis jedis = connection().open()) {
      CacheEntry complete = entry(Scope.none(), "complete", "a", CREATED_AT);
      CacheEntry incomplete = entry(Scope.none(), "incomplete", "a", CREATED_AT);
      store.put(
          List.of(
              withoutExpiry(complete, atAngle(4, 0)), withoutExpiry(incomplete, atAngle(4, 1))));
      jedis.hdel(store.indexName() + ":" + incomplete.key(), "answer");
      jedis.set(store.indexName() + ":text", "no hash");
      jedis.hset(store.indexName() + ":foreign", "a", "b");
      store.save("policy", new byte[] {1});

      assertThat(list(store)).containsExactly(complete);

      jedis.del(cacheName + ":state:v2:test-model:4:policy");
      close(store);
    }
  }

  @Test
  void entriesAreListedWithoutAnIndex() {
    try (RedisVectorStore store = open(SPACE)) {
      CacheEntry entry = entry(Scope.none(), "what?", "a", CREATED_AT);
      store.put(List.of(withoutExpiry(entry, atAngle(4, 0))));
      store.dropIndex(false);

      assertThat(list(store)).containsExactly(entry);
      close(store);
    }
  }
}
