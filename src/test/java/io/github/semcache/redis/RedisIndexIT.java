package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.NearestEntries;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testkit.Entries;
import io.github.semcache.testkit.FakeClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;

/** The index on a real server: creation, verification, and naming. */
@EnabledIfRedis
class RedisIndexIT extends RedisFixture {

  private void index(SearchCommand command, String... words) {
    CommandArguments arguments = new CommandArguments(command).add(store.indexName());
    jedis.executeCommand(arguments.addObjects((Object[]) words));
  }

  private List<CacheEntry> search(String words) {
    CommandArguments arguments =
        new CommandArguments(SearchCommand.SEARCH).add(store.indexName()).add(words);
    return SearchReply.of(jedis.executeCommand(arguments.add("NOCONTENT"))).rows().stream()
        .map(row -> KeyNaming.of(cacheName, SPACE).entryKey(row.documentKey()))
        .map(key -> store.find(key).orElseThrow())
        .toList();
  }

  @Test
  void storesBuiltConcurrentlyOnAnEmptyServerShareTheirEntries() throws Exception {
    store.dropIndex(true);
    int stores = 8;
    CyclicBarrier start = new CyclicBarrier(stores);
    Callable<RedisVectorStore> starting =
        () -> {
          start.await();
          return builder().build();
        };
    ExecutorService threads = Executors.newFixedThreadPool(stores);
    try {
      List<Future<RedisVectorStore>> started =
          threads.invokeAll(Stream.generate(() -> starting).limit(stores).toList());
      CacheEntry entry = put(started.get(0).get(), "what?", 0);
      for (Future<RedisVectorStore> each : started) {
        assertThat(nearest(each.get())).containsExactly(entry);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void entriesOfAnotherSchemaVersionAreNeitherFoundNorRemoved() {
    CacheEntry entry = put(store, "what?", 0);
    String other = documentKey(entry).replace(":v2:", ":v3:");
    jedis.rename(documentKey(entry), other);

    assertThat(store.find(entry.key())).isEmpty();
    assertThat(nearest(store)).isEmpty();
    assertThat(removeAll(store)).isZero();
    assertThat(jedis.del(other)).isEqualTo(1);
  }

  @Test
  void entriesOfAnEarlierStoreAreFound() {
    CacheEntry entry = put(store, "what?", 0);

    assertThat(nearest(builder().build())).containsExactly(entry);
  }

  @Test
  void indexWithDifferentParametersIsRejectedWithBothValuesAndARemedy() {
    assertThatThrownBy(
            () -> builder().vectorIndex(VectorIndex.hnsw().m(32).efConstruction(400)).build())
        .isInstanceOf(StoreException.class)
        .hasMessageContainingAll(
            store.indexName(),
            "m of embedding is 16, expected 32",
            "ef_construction of embedding is 200, expected 400",
            "another cacheName",
            "FT.DROPINDEX " + store.indexName());
    assertThatThrownBy(() -> builder().vectorIndex(VectorIndex.flat()).build())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("algorithm of embedding is HNSW, expected FLAT");
    assertThatThrownBy(() -> builder().textFields().build())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("field prompt is missing");
  }

  @Test
  void indexOfAnotherApplicationIsRejected() {
    store.dropIndex(false);
    jedis.executeCommand(
        new CommandArguments(SearchCommand.CREATE)
            .add(store.indexName())
            .addObjects(
                (Object[])
                    ("ON HASH PREFIX 1 other: FILTER @a==1 SCHEMA x AS scope TEXT embedding VECTOR"
                            + " FLAT 6 TYPE FLOAT64 DIM 3 DISTANCE_METRIC L2")
                        .split(" ")));

    assertThatThrownBy(() -> builder().build())
        .isInstanceOf(StoreException.class)
        .hasMessageContainingAll(
            "prefixes is [other:], expected [" + store.indexName() + ":]",
            "filter is @a==1, expected ",
            "identifier of scope is x, expected scope",
            "type of scope is TEXT, expected TAG",
            "field created_at is missing",
            "data_type of embedding is FLOAT64, expected FLOAT32",
            "dim of embedding is 3, expected 4",
            "distance_metric of embedding is L2, expected COSINE");
  }

  @Test
  void searchModuleIsIdentifiedWithBothProtocols() {
    for (int protocol : List.of(2, 3)) {
      RedisConnection connection = RedisConnection.of(server() + "?protocol=" + protocol);
      try (UnifiedJedis client = connection.open()) {
        SearchEngine.Module module =
            new SearchEngine(
                    new RedisCommands(JedisProvider.of(client), KeyNaming.of(cacheName, SPACE)))
                .identify();
        assertThat(module.kind()).isEqualTo(SearchEngine.Kind.REDISEARCH);
        assertThat(module.version()).isPresent();
      }
    }
  }

  @Test
  void storesMayDifferInEfRuntime() {
    CacheEntry entry = put(store, "what?", 0);

    RedisVectorStore other = builder().vectorIndex(VectorIndex.hnsw().efRuntime(200)).build();

    assertThat(nearest(other)).containsExactly(entry);
  }

  @Test
  void additionalFieldsOfTheIndexAreIgnored() {
    index(SearchCommand.ALTER, "SCHEMA", "ADD", "prompt", "TEXT");

    CacheEntry entry = put(builder().build(), "what?", 0);

    assertThat(nearest(store)).containsExactly(entry);
  }

  @Test
  void textFieldsAllowFullTextSearch() {
    store.dropIndex(false);
    RedisVectorStore readable = builder().textFields().build();
    CacheEntry entry = put(readable, "capital of France", 0);
    put(readable, "something else", 90);

    assertThat(search("capital")).containsExactly(entry);
    assertThat(search("@answer:france")).containsExactly(entry);
  }

  @Test
  void droppedIndexIsAMissAndItsEntriesAreFoundAgainLater() {
    FakeClock time = new FakeClock();
    RedisVectorStore longLived = builder().clocks(time, time::nanos).build();
    CacheEntry entry = put(longLived, "what?", 0);
    time.advance(Duration.ofSeconds(1));
    index(SearchCommand.DROPINDEX);

    assertThat(longLived.nearest(QUERY)).isEqualTo(NearestEntries.none());
    await().untilAsserted(() -> assertThat(nearest(longLived)).containsExactly(entry));
  }

  @Test
  void dropIndexKeepsOrDeletesTheEntries() {
    CacheEntry entry = put(store, "what?", 0);

    store.dropIndex(false);
    store.dropIndex(false);
    assertThat(store.find(entry.key())).contains(entry);

    store.dropIndex(true);
    assertThat(store.find(entry.key())).isEmpty();
    assertThat(jedis.keys(store.indexName() + "*")).isEmpty();
  }

  @Test
  void cachesWithACommonNamePrefixAreIsolated() {
    CacheEntry mine = put(store, "mine", 10);
    for (String name : List.of(cacheName + ":v1", cacheName + "0", cacheName + "{a}")) {
      RedisVectorStore other = RedisVectorStore.builder(jedis, SPACE).cacheName(name).build();
      CacheEntry theirs = put(other, "theirs", 0);

      assertThat(nearest(store)).containsExactly(mine);
      assertThat(nearest(other)).containsExactly(theirs);
      assertThat(removeAll(other)).isEqualTo(1);
      other.dropIndex(true);
    }
    assertThat(removeAll(store)).isEqualTo(1);
  }

  @Test
  void modelsAndDimensionsAreIsolated() {
    put(store, "what?", 0);
    EmbeddingSpace model = new EmbeddingSpace("test-model:2", DIMENSION);
    EmbeddingSpace dimension = new EmbeddingSpace("test-model", 8);

    for (EmbeddingSpace space : List.of(model, dimension)) {
      RedisVectorStore other = RedisVectorStore.builder(jedis, space).cacheName(cacheName).build();
      assertThat(other.nearest(Entries.nearest(SCOPE, atAngle(space.dimension(), 0), 5)))
          .isEqualTo(NearestEntries.none());
      other.dropIndex(true);
    }
  }

  @Test
  void keysOfTheDefaultCacheStartWithItsName() {
    EmbeddingSpace space = new EmbeddingSpace("org/model{1}*", DIMENSION);
    RedisVectorStore plain = RedisVectorStore.builder(jedis, space).build();
    CacheEntry entry = put(plain, "what?", 0);

    assertThat(jedis.keys("sem_cache:*"))
        .contains("sem_cache:v2:org%2Fmodel%7B1%7D%2A:4:" + entry.key());
    plain.dropIndex(true);
  }
}
