package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.RedisVectorStore.VectorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The examples of {@code docs/redis.md}. */
class RedisGuideTest {
  private static final Path THIS =
      Path.of("src/test/java/io/github/semcache/redis/RedisGuideTest.java");

  /** Compiled but not called, because it would connect to a server. */
  static RedisVectorStore store(Embedder embedder) {
    // store begins
    RedisConnection connection =
        RedisConnection.of("rediss://app:secret@redis.example:6380")
            .connectTimeout(Duration.ofSeconds(2))
            .socketTimeout(Duration.ofMillis(250))
            .maxWait(Duration.ofMillis(250))
            .maxConnections(32);
    RedisVectorStore store =
        RedisVectorStore.builder(connection, EmbeddingSpace.of(embedder))
            .cacheName("support")
            .build();
    // store ends
    return store;
  }

  static RedisConnection cluster() {
    // cluster begins
    RedisConnection cluster =
        RedisConnection.of("redis://node-1:6379").cluster("node-2:6379", "node-3:6379");
    // cluster ends
    return cluster;
  }

  @Test
  void guideContainsTheCompiledExamples() throws IOException {
    assertThat(RedisGuide.text())
        .contains("```java\n" + lines("store") + "\n```")
        .contains("```java\n" + lines("cluster") + "\n```");
    assertThat(cluster()).hasToString("RedisConnection[redis://node-1:6379/0]");
  }

  private static String lines(String example) throws IOException {
    List<String> lines = Files.readAllLines(THIS);
    int begin = lines.indexOf("    // " + example + " begins") + 1;
    return lines.subList(begin, lines.indexOf("    // " + example + " ends")).stream()
        .map(line -> line.substring(Math.min(4, line.length())))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void guideContainsTheCommandThatCreatesTheDefaultIndex() {
    KeyNaming keys = KeyNaming.of("sem_cache", new EmbeddingSpace("m", 384));
    IndexSchema schema = new IndexSchema(keys, 384, VectorType.FLOAT32, VectorIndex.hnsw(), false);

    assertThat(RedisGuide.command("## Pre-created index"))
        .containsExactly(
            Stream.concat(
                    Stream.of("FT.CREATE"), Stream.of(schema.createArguments()).map(Utf8::decode))
                .toArray(String[]::new));
  }
}
