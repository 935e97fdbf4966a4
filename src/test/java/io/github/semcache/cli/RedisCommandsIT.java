package io.github.semcache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.redis.VectorIndex;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import io.github.semcache.testkit.FakeEmbedder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests {@code explain}, {@code stats}, {@code ls}, and {@code forget} on a store in Redis. */
@EnabledIfRedis
class RedisCommandsIT {
  private final String cacheName = "test-" + UUID.randomUUID();
  private final FakeEmbedder embedder =
      new FakeEmbedder()
          .place("Where is my card?", 0)
          .place("Where's my card?", 5)
          .place("How do I pay?", 120);

  URI server() {
    return RedisServers.uri();
  }

  RedisConnection connection() {
    return RedisConnection.of(server());
  }

  VectorIndex vectorIndex() {
    return VectorIndex.hnsw().m(8);
  }

  private RedisVectorStore store() {
    return RedisVectorStore.builder(connection(), EmbeddingSpace.of(embedder))
        .cacheName(cacheName)
        .vectorIndex(vectorIndex())
        .build();
  }

  @BeforeEach
  void fillStore() {
    try (SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(ChatClient.of("gpt-test", prompt -> "?"))
            .ownedStore(store())
            .build()) {
      cache.put(Prompt.of("Where is my card?"), "On its way.");
      cache.put(Prompt.of("How do I pay?"), "In the app.");
    }
  }

  @AfterEach
  void dropIndex() {
    try (RedisVectorStore store = store()) {
      store.dropIndex(true);
    }
  }

  private CliRun run(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--store", server().toString(), "--cache-name", cacheName));
    all.add("--no-embedding-cache");
    options(all);
    return CliRun.of(embedder, all.toArray(String[]::new));
  }

  void options(List<String> options) {}

  @Test
  void listShowsTheEntries() {
    assertThat(run("ls").out())
        .contains("Where is my card?", "How do I pay?", "expires 2")
        .hasLineCount(2);
    assertThat(run("ls", "--json").json()).hasSize(2);
  }

  @Test
  void statsCountTheEntriesAndShowTheStoreWithoutPassword() {
    JsonNode json = run("stats", "--json").json();

    assertThat(json.get("entries").asInt()).isEqualTo(2);
    assertThat(json.get("expiring").asInt()).isEqualTo(2);
    assertThat(json.get("store").asText())
        .isEqualTo("redis://" + server().getHost() + ":" + server().getPort() + "/0");
  }

  @Test
  void entriesAreMigratedToAnotherModelOfTheCache() {
    Embedder other = Embedder.of("other-model", 4, text -> new float[] {1, 0, 0, 0});
    List<String> all = new ArrayList<>(List.of("--store", server().toString()));
    all.addAll(List.of("--cache-name", cacheName, "--no-embedding-cache"));
    options(all);
    List<String> migrate = new ArrayList<>(List.of("migrate", "--from", embedder.modelId()));
    migrate.addAll(all);

    assertThat(CliRun.of(other, migrate.toArray(String[]::new)).out())
        .startsWith("2 entries copied, 0 already copied");

    assertThat(CliRun.of(other, migrate.toArray(String[]::new)).out())
        .startsWith("0 entries copied, 2 already copied");
    try (RedisVectorStore store =
            RedisVectorStore.builder(connection(), EmbeddingSpace.of(other))
                .cacheName(cacheName)
                .build();
        SemanticCache cache =
            SemanticCache.builder()
                .embedder(other)
                .chatClient(ChatClient.of("gpt-test", prompt -> "?"))
                .store(store)
                .build()) {
      assertThat(cache.lookup(Prompt.of("How do I pay?"))).isPresent();
      store.dropIndex(true);
    }
  }

  @Test
  void loadStoresAnswersInAnExistingCacheAndInANewOne(@TempDir Path directory) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("faq.csv"),
            "prompt,answer,customer\nWhere is my card?,Sent.,acme\nWhat is it?,A test.,acme\n");
    String[] load = {"load", file.toString(), "--tag", "tenant=customer"};

    assertThat(run(load).out()).startsWith("2 answers stored, 0 already stored, 0 rows rejected");
    assertThat(run(load).out()).startsWith("0 answers stored, 2 already stored, 0 rows rejected");
    assertThat(
            run("explain", "Where's my card?", "--tag", "tenant=acme", "--verifier", "none").out())
        .contains("default, verifier none: hit");
    assertThat(run("forget", "--tag", "tenant=acme").out().strip()).isEqualTo("2 entries removed");

    String newCache = cacheName + "-new";
    CliRun first = runWithCacheName(newCache, load);
    assertThat(first.err()).isEmpty();
    assertThat(first.out()).startsWith("2 answers stored");
    assertThat(runWithCacheName(newCache, "stats", "--json").json().get("entries").asInt())
        .isEqualTo(2);
    try (RedisVectorStore created =
        RedisVectorStore.builder(connection(), EmbeddingSpace.of(embedder))
            .cacheName(newCache)
            .build()) {
      created.dropIndex(true);
    }
  }

  @Test
  void explainShowsDistanceAndDecision() {
    CliRun run = run("explain", "Where's my card?");

    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("exact: no", "0.0038  Where is my card?", "hit");
  }

  @Test
  void forgetRemovesByKeyByScopeOrAll() {
    String key = run("ls", "--json").json().get(0).get("key").asText();
    assertThat(run("forget", "--key", key).out().strip()).isEqualTo("1 entry removed");

    fillStore();
    String scope = run("ls", "--json").json().get(0).get("scope").asText();
    assertThat(run("forget", "--scope", scope.substring(0, 8)).out().strip())
        .isEqualTo("2 entries removed");

    fillStore();
    assertThat(run("forget", "--all").out().strip()).isEqualTo("2 entries removed");
    assertThat(run("ls").out()).isEmpty();
  }

  private CliRun runWithCacheName(String name, String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--store", server().toString(), "--cache-name", name));
    options(all);
    return CliRun.of(embedder, all.toArray(String[]::new));
  }

  @Test
  void missingCacheIsReportedAndNotCreated() {
    for (int i = 0; i < 2; i++) {
      CliRun run = runWithCacheName(cacheName + "x", "ls");

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.out()).isEmpty();
      assertThat(run.err())
          .startsWith("semcache-cli: there is no cache '" + cacheName + "x' in redis://");
    }
  }

  @Test
  void cachesAreListedWithTheirModelsAndSizes() {
    List<String> args = new ArrayList<>(List.of("caches", "--store", server().toString()));
    options(args);
    assertThat(CliRun.of(embedder, args.toArray(String[]::new)).out())
        .containsPattern(
            cacheName + " +fake-embedder, dimension 64: 2 entries, index \\d+\\.\\d MiB");
    args.add("--json");
    JsonNode json = CliRun.of(embedder, args.toArray(String[]::new)).json();
    assertThat(json)
        .anySatisfy(
            cache -> {
              assertThat(cache.get("cacheName").asText()).isEqualTo(cacheName);
              assertThat(cache.get("embeddingModel").asText()).isEqualTo("fake-embedder");
              assertThat(cache.get("entries").asInt()).isEqualTo(2);
            });
  }

  @Test
  void entriesOfAnyModelAreListedWithoutAnEmbedder() {
    Embedder other = Embedder.of("model/of:others", 3, text -> new float[] {1, 0, 0});
    try (RedisVectorStore store =
        RedisVectorStore.builder(connection(), EmbeddingSpace.of(other))
            .cacheName(cacheName + "-other")
            .build()) {
      SemanticCache cache = SemanticCache.builder().embedder(other).store(store).build();
      cache.put(Prompt.of("Which model is it?"), "Another one.");
      CliEnvironment withoutModel =
          new CliEnvironment(
              Map.of(),
              false,
              () -> {
                throw new AssertionError("the local model is not needed");
              });
      List<String> args =
          new ArrayList<>(
              List.of("ls", "--store", server().toString(), "--cache-name", cacheName + "-other"));
      options(args);

      assertThat(CliRun.of(withoutModel, args.toArray(String[]::new)).out())
          .contains("Which model is it?");
      CliRun wrong = runWithCacheName(cacheName + "-other", "ls", "--embedder", "minilm");
      assertThat(wrong.exitCode()).isEqualTo(1);
      assertThat(wrong.err())
          .contains(
              "the embedding model is fake-embedder, but redis://",
              "has embeddings of model/of:others with dimension 3");
      CliRun explain = runWithCacheName(cacheName + "-other", "explain", "Which model is it?");
      assertThat(explain.exitCode()).isEqualTo(1);
      assertThat(explain.err()).contains("has embeddings of model/of:others with dimension 3");
      store.dropIndex(true);
    }
  }
}
