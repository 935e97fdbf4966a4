package io.github.semcache.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.JavaProcess;
import io.github.semcache.verify.PairVerifier;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClient;

/**
 * Asks from a process with a heap of 256 MB while an entry in Redis has a field of 300 MB. Run with
 * {@code mvn -Pchaos verify}.
 */
@Tag("chaos")
@EnabledIfRedis(EnabledIfRedis.Need.COMMAND)
class HugeReplyIT {
  private static final int REQUESTS = 40;
  private static final int HUGE = 300 << 20;

  @ParameterizedTest
  @ValueSource(strings = {"connections of the store", "client of the user"})
  void hugeFieldFailsNoRequest(String client) throws Exception {
    Items.ItemEmbedder embedder = new Items.ItemEmbedder();
    try (SingleServer server = SingleServer.start()) {
      try (VectorStore store = server.open(EmbeddingSpace.of(embedder), InstantSource.system());
          SemanticCache cache = cache(embedder, store)) {
        cache.ask(Items.prompt(0, 1, 0));
        makeHuge(server.node());
      }
      Process process =
          JavaProcess.of(HugeReplyIT.class, List.of("-Xmx256m"), server.node().uri(), client)
              .redirectErrorStream(true)
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(output).as(client).contains("answered " + REQUESTS + " of " + REQUESTS);
      System.out.println("300 MB field, 256 MB heap, " + client + ": " + output.strip());
    }
  }

  private static SemanticCache cache(Items.ItemEmbedder embedder, VectorStore store) {
    return SemanticCache.builder()
        .embedder(embedder)
        .chatClient(new Items.Model())
        .store(store)
        .verifier(PairVerifier.none())
        .noGuards()
        .build();
  }

  private static void makeHuge(RedisNode node) {
    List<?> keys = (List<?>) node.command("KEYS", Deployment.ENTRY_PREFIX + "*");
    assertThat(keys).hasSize(1);
    CommandArguments command =
        new CommandArguments(Command.HSET)
            .add(RedisNode.text(keys.get(0)))
            .add("answer")
            .add(new byte[HUGE]);
    node.control(connection -> connection.executeCommand(command));
  }

  /** Asks with the prompt of the huge entry, and with prompts that are near to it. */
  public static void main(String[] args) {
    Items.ItemEmbedder embedder = new Items.ItemEmbedder();
    URI uri = URI.create(args[0]);
    try (RedisClient own =
            RedisClient.builder()
                .hostAndPort(new HostAndPort(uri.getHost(), uri.getPort()))
                .build();
        VectorStore store =
            (args[1].startsWith("client")
                    ? RedisVectorStore.builder(own, EmbeddingSpace.of(embedder))
                    : RedisVectorStore.builder(
                        RedisConnection.of(uri), EmbeddingSpace.of(embedder)))
                .cacheName(Deployment.CACHE_NAME)
                .build();
        SemanticCache cache = cache(embedder, store)) {
      int answered = 0;
      for (int i = 0; i < REQUESTS; i++) {
        Answer answer = cache.ask(Items.prompt(0, 1, i % 2 == 0 ? 0 : i));
        Items.ageOfRightAnswer(answer.text(), 0, 1);
        answered++;
        Pause.of(Duration.ofMillis(50));
      }
      System.out.printf(
          "answered %d of %d, store errors %d, corrupt entries %d, open circuits %s%n",
          answered,
          REQUESTS,
          cache.stats().storeErrors(),
          cache.stats().corruptEntries(),
          cache.openCircuits());
    }
  }
}
