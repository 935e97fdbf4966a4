package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.nearest;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.redis.RedisVectorStore.VectorType;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testing.FakeRedis;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Search modules other than RediSearch, with replies as recorded from valkey-search 1.0.2 on Valkey
 * and as documented for others.
 */
class ValkeySearchTest {
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("m", 8);
  private static final Scope SCOPE = Scope.of("tenant", "acme");
  private static final Scope OTHER = Scope.of("tenant", "other");

  private static final String UNKNOWN_HINT =
      "-Error parsing vector similarity parameters: `[KNN 5 @embedding $v HYBRID_POLICY ADHOC_BF AS"
          + " distance]`. Unexpected argument `HYBRID_POLICY`";
  private static final String NO_HELLO = "-ERR unknown command 'HELLO'";
  private static final String VECTOR_MISSING = "-Invalid filter format. Missing `=>`";

  private final FakeRedis server = new FakeRedis();

  @AfterEach
  void close() {
    server.close();
  }

  private RedisVectorStore.Builder builder() {
    return RedisVectorStore.builder(RedisConnection.of(server.uri()), SPACE)
        .executor(Runnable::run);
  }

  /** Returns a list of strings, numbers, and lists in RESP2. */
  private static String resp(Object value) {
    if (value instanceof List<?> list) {
      List<String> parts = new ArrayList<>(List.of("*" + list.size()));
      list.forEach(each -> parts.add(resp(each)));
      return String.join("\r\n", parts);
    }
    return value instanceof Integer number
        ? ":" + number
        : "$" + value.toString().length() + "\r\n" + value;
  }

  private static String hello(String serverName, int moduleVersion) {
    List<?> module =
        List.of("name", "search", "ver", moduleVersion, "path", "/m.so", "args", List.of());
    return resp(
        List.of(
            "server",
            serverName,
            "version",
            "8.1.1",
            "proto",
            2,
            "id",
            1216,
            "mode",
            "standalone",
            "role",
            "master",
            "modules",
            List.of(module)));
  }

  private static String info(String algorithm, int m) {
    return resp(
        List.of(
            "index_name",
            "sem_cache:v2:m:8",
            "index_options",
            List.of(),
            "index_definition",
            List.of(
                "key_type", "HASH", "prefixes", List.of("sem_cache:v2:m:8:"), "default_score", "1"),
            "attributes",
            List.of(
                List.of(
                    "identifier",
                    "created_at",
                    "attribute",
                    "created_at",
                    "type",
                    "NUMERIC",
                    "size",
                    "1"),
                List.of(
                    "identifier",
                    "terms",
                    "attribute",
                    "terms",
                    "type",
                    "TAG",
                    "SEPARATOR",
                    ",",
                    "size",
                    "0"),
                List.of(
                    "identifier",
                    "scope",
                    "attribute",
                    "scope",
                    "type",
                    "TAG",
                    "SEPARATOR",
                    ",",
                    "size",
                    "1"),
                List.of(
                    "identifier",
                    "embedding",
                    "attribute",
                    "embedding",
                    "type",
                    "VECTOR",
                    "index",
                    List.of(
                        "capacity",
                        10240,
                        "dimensions",
                        8,
                        "distance_metric",
                        "COSINE",
                        "size",
                        "1",
                        "data_type",
                        "FLOAT32",
                        "algorithm",
                        List.of(
                            "name", algorithm, "m", m, "ef_construction", 200, "ef_runtime", 10)))),
            "num_docs",
            "4000",
            "num_terms",
            "0",
            "num_records",
            "3",
            "hash_indexing_failures",
            "0",
            "backfill_in_progress",
            "0",
            "backfill_complete_percent",
            "1.000000",
            "mutation_queue_size",
            "0",
            "state",
            "ready"));
  }

  private void becomeValkey() {
    server
        .on("HELLO", hello("valkey", 10_000))
        .on("FT.CREATE", "-Index sem_cache:v2:m:8 already exists.")
        .on("FT.INFO", info("HNSW", 16))
        .on("SCAN", resp(List.of("0", List.of())));
  }

  private static void search(RedisVectorStore store, int times) {
    IntStream.range(0, times).forEach(i -> store.nearest(nearest(SCOPE, atAngle(8, 0), 5)));
  }

  private List<String> queries() {
    return server.received("FT.SEARCH").stream().map(words -> words.get(2)).toList();
  }

  @Test
  void searchesHaveNoQueryPlanAndAnEffortForTheSizeOfTheIndex() {
    becomeValkey();
    try (RedisVectorStore store = builder().build()) {
      search(store, 5);

      assertThat(queries())
          .allMatch(query -> query.contains("=>[KNN "))
          .noneMatch(query -> query.contains("HYBRID_POLICY"))
          .last()
          .asString()
          .contains(" EF_RUNTIME 16 ");
    }
  }

  @Test
  void vectorsOfQueriesHaveLengthOne() {
    becomeValkey();
    try (RedisVectorStore store = builder().build()) {
      Embedding embedding = Embedding.of(new float[] {0, 3, 0, 0, 0, 0, -4, 0});
      store.nearest(nearest(SCOPE, embedding, 5));
      store.nearestAll(List.of(nearest(SCOPE, embedding, 5), nearest(OTHER, embedding, 5)));

      assertThat(server.received("FT.SEARCH"))
          .hasSize(3)
          .allSatisfy(
              words -> {
                String vector = words.get(words.indexOf("v") + 1);
                ByteBuffer bytes =
                    ByteBuffer.wrap(vector.getBytes(ISO_8859_1)).order(ByteOrder.LITTLE_ENDIAN);
                assertThat(bytes.getFloat(4)).isEqualTo(0.6f);
                assertThat(bytes.getFloat(24)).isEqualTo(-0.8f);
              });
    }
  }

  @Test
  void differencesOfTheIndexAreReported() {
    becomeValkey();
    server.on("FT.INFO", info("FLAT", 8));

    assertThatThrownBy(() -> builder().build())
        .isInstanceOf(StoreException.class)
        .hasMessageContainingAll(
            "algorithm of embedding is FLAT, expected HNSW", "m of embedding is 8");
  }

  @Test
  void entriesAreSelectedByScanningIfQueriesNeedAVector() {
    becomeValkey();
    server.on("FT.SEARCH", VECTOR_MISSING);
    try (RedisVectorStore store = builder().build()) {
      assertThat(store.count(new EntrySelector.ByScope(SCOPE.hash()))).isZero();
      assertThat(store.remove(new EntrySelector.ByScope(SCOPE.hash()))).isZero();

      assertThat(server.received("SCAN")).hasSize(2);
      assertThat(queries()).isEmpty();
    }
  }

  @Test
  void oldEntriesAreFoundWithAVectorQueryIfQueriesNeedAVector() {
    becomeValkey();
    server
        .on("FT.SEARCH", "*1\r\n:0")
        .on("EXEC", "*3\r\n:0\r\n:6\r\n:1")
        .on("SET", "+OK")
        .on("DEL", ":1");
    try (RedisVectorStore store = builder().maxEntries(3_990).build()) {
      store.put(List.of(newEntry()));

      assertThat(queries())
          .isNotEmpty()
          .allMatch(query -> query.matches("\\(@created_at:\\[-inf -?\\d+]\\)=>\\[KNN \\d+ .*"));
    }
  }

  private static NewEntry newEntry() {
    return withoutExpiry(entry(SCOPE, "what?", "answer", Instant.now()), atAngle(8, 0));
  }

  @Test
  void featuresThatTheModuleLacksAreRejectedByName() {
    becomeValkey();

    assertThatThrownBy(() -> builder().vectorType(VectorType.FLOAT16).build())
        .isInstanceOf(StoreException.class)
        .hasMessageContainingAll("vectorType is FLOAT16", "valkey-search", "2.10");
    assertThatThrownBy(() -> builder().textFields().build())
        .isInstanceOf(StoreException.class)
        .hasMessageContainingAll("textFields", "valkey-search 1.2");
    server.on("HELLO", hello("redis", 20_811));
    assertThatThrownBy(() -> builder().vectorType(VectorType.FLOAT16).build())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("RediSearch (version 20811)");
  }

  @Test
  void versionsAreAssignedToTheModules() {
    assertThat(List.of(10_000L, 10_002L, 65_792L, 66_048L))
        .allMatch(version -> kind(version, true) && kind(version, false));
    assertThat(List.of(20_612L, 21_012L, 80_005L, 80_400L))
        .noneMatch(version -> kind(version, false));
    assertThat(kind(131_072, true)).as("valkey-search 2.0").isTrue();
  }

  private static boolean kind(long version, boolean isValkey) {
    return SearchEngine.Module.kind(version, isValkey) == SearchEngine.Kind.VALKEY_SEARCH;
  }

  @Test
  void moduleIsIdentifiedByTheIndexIfTheModulesAreNotListed() {
    becomeValkey();
    server.on("HELLO", NO_HELLO).on("MODULE", "-NOPERM no");
    try (RedisVectorStore store = builder().build()) {
      search(store, 4);

      assertThat(queries()).noneMatch(query -> query.contains("HYBRID_POLICY"));
    }
  }

  @Test
  void unknownModuleThatRejectsAQueryPlanIsAskedWithoutIt() {
    server.on("HELLO", NO_HELLO).on("MODULE", "-NOPERM no").on("FT.SEARCH", "*1\r\n:20");
    try (RedisVectorStore store = builder().assumeIndex().build()) {
      search(store, 2);
      server.on("FT.SEARCH", UNKNOWN_HINT);
      assertThatThrownBy(() -> search(store, 1))
          .as("the fake server rejects every query")
          .isInstanceOf(StoreException.class);
      List<String> last = queries().subList(queries().size() - 2, queries().size());
      assertThat(last.get(0)).contains("HYBRID_POLICY ADHOC_BF");
      assertThat(last.get(1)).doesNotContain("HYBRID_POLICY");
    }
  }

  @Test
  void rediSearchIsSentQueryPlans() {
    server.on("HELLO", hello("redis", 21_012)).on("FT.SEARCH", "*1\r\n:20");
    try (RedisVectorStore store = builder().build()) {
      search(store, 3);

      assertThat(queries()).last().asString().contains("HYBRID_POLICY ADHOC_BF");
      server.on("FT.SEARCH", UNKNOWN_HINT);
      int before = queries().size();
      assertThatThrownBy(() -> search(store, 1)).isInstanceOf(StoreException.class);
      assertThat(queries()).as("no second attempt").hasSize(before + 1);
    }
  }
}
