package io.github.semcache.chaos;

import io.github.semcache.SemanticCache;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testing.JavaProcess;
import io.github.semcache.verify.PairVerifier;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process with a cache whose eight threads write entries until it is killed. */
final class WriterProcess {
  private static final String READY = "ready";
  private static final Duration WRITING = Duration.ofMillis(500);

  private WriterProcess() {}

  /** Opens a store at a {@code redis://} URI, or in a directory, and writes. */
  public static void main(String[] args) {
    Items.ItemEmbedder embedder = new Items.ItemEmbedder();
    Items.Model model = new Items.Model();
    SemanticCache cache =
        SemanticCache.builder()
            .embedder(embedder)
            .chatClient(model)
            .ownedStore(open(args[0], EmbeddingSpace.of(embedder)))
            .verifier(PairVerifier.none())
            .noGuards()
            .timeToLive(Duration.ofMinutes(1))
            .build();
    cache.ask(Items.prompt(0, -2, 0));
    System.out.println(READY);
    new Traffic(cache, model, Duration.ofMinutes(1), 0.9).start();
    Pause.of(Duration.ofMinutes(1)); // The parent kills this process.
  }

  private static VectorStore open(String location, EmbeddingSpace space) {
    return location.startsWith("redis:")
        ? RedisVectorStore.builder(RedisConnection.of(location), space)
            .cacheName(Deployment.CACHE_NAME)
            .build()
        : LuceneVectorStore.open(Path.of(location, "store"), space);
  }

  /** Starts a process, lets it write, and kills it, several times. */
  static void startAndKill(int times, String location) {
    for (int i = 0; i < times; i++) {
      startAndKill(location);
    }
  }

  private static void startAndKill(String location) {
    try {
      Process process =
          JavaProcess.of(WriterProcess.class, List.of("-XX:TieredStopAtLevel=1"), location).start();
      try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
        boolean isReady = READY.equals(output.readLine());
        Pause.of(isReady ? WRITING : Duration.ZERO);
        process.destroyForcibly();
        if (!process.waitFor(20, TimeUnit.SECONDS) || !isReady) {
          throw new IllegalStateException("the process did not write, or did not end");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
