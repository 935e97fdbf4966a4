package io.github.semcache.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import java.net.URI;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;

/** The Redis store of the auto-configuration. */
@EnabledIfRedis
class RedisAutoConfigurationIT {
  private final URI uri = RedisServers.uri();
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(SemanticCacheAutoConfiguration.class))
          .withPropertyValues("semcache.store=redis", "semcache.cache-name=spring-it")
          .withBean("embedder", Embedder.class, FakeEmbedder::new)
          .withBean("chat", ChatClient.class, FakeChatClient::new);
  private final ApplicationContextRunner withBootsRedis =
      runner.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class));

  private static void assertHits(ApplicationContextRunner runner) {
    runner.run(
        context -> {
          assertThat(context).getBean(VectorStore.class).isInstanceOf(RedisVectorStore.class);
          SemanticCache cache = context.getBean(SemanticCache.class);
          cache.clear();
          cache.ask("question");
          assertThat(cache.ask("question").source()).isEqualTo(Answer.Source.EXACT);
          assertThat(cache.stats().storeErrors()).isZero();
        });
  }

  @Test
  void uriOfTheCacheTakesPrecedence() {
    assertHits(
        withBootsRedis.withPropertyValues("semcache.redis.uri=" + uri, "spring.data.redis.port=1"));
  }

  @Test
  void connectionOfTheApplicationIsUsedWithAndWithoutBootsModule() {
    String[] properties = {
      "spring.data.redis.host=" + uri.getHost(), "spring.data.redis.port=" + uri.getPort()
    };

    assertHits(withBootsRedis.withPropertyValues(properties));
    assertHits(
        runner
            .withPropertyValues(properties)
            .withClassLoader(new FilteredClassLoader(DataRedisConnectionDetails.class)));
    assertHits(withBootsRedis.withPropertyValues("spring.data.redis.url=" + uri));
  }

  @Test
  void connectionDetailsOfAServiceAreUsed() {
    assertHits(
        withBootsRedis
            .withBean(
                "service",
                DataRedisConnectionDetails.class,
                () ->
                    new DataRedisConnectionDetails() {
                      @Override
                      public Standalone getStandalone() {
                        return Standalone.of(uri.getHost(), uri.getPort());
                      }
                    })
            .withPropertyValues("spring.data.redis.port=1"));
  }

  @Test
  void optionsOfTheStoreAreProperties() {
    assertHits(
        runner.withPropertyValues(
            "semcache.redis.uri=" + uri,
            "semcache.cache-name=spring-it-options",
            "semcache.fail-if-store-unreachable=true",
            "semcache.coalescing.across-instances=5s",
            "semcache.stale-while-revalidate=1h",
            "semcache.embedding.cache.enabled=true",
            "semcache.embedding.cache.shared=true",
            "semcache.redis.max-entries=1000",
            "semcache.redis.vector-type=float16",
            "semcache.redis.index.type=flat",
            "semcache.redis.index.text-fields=true",
            "semcache.redis.near-cache.max-entries=100",
            "semcache.redis.near-cache.max-size=1MB",
            "semcache.redis.near-cache.max-staleness=500ms",
            "semcache.redis.near-cache.tracking=false"));
    try (UnifiedJedis jedis = RedisClient.create(uri)) {
      String index =
          jedis.ftList().stream()
              .map(Object::toString)
              .filter(name -> name.contains("spring-it-options"))
              .findFirst()
              .orElseThrow();
      assertThat(jedis.ftInfo(index).toString()).contains("FLAT", "FLOAT16").contains("TEXT");
    }
  }

  @Test
  void sharedEmbeddingsAreFoundByAnotherInstance() {
    FakeEmbedder counted = new FakeEmbedder();
    ApplicationContextRunner shared =
        new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(SemanticCacheAutoConfiguration.class))
            .withBean("embedder", Embedder.class, () -> counted)
            .withPropertyValues(
                "semcache.redis.uri=" + uri,
                "semcache.cache-name=spring-it-embeddings",
                "semcache.embedding.cache.enabled=true",
                "semcache.embedding.cache.shared=true");
    String question = "question " + System.nanoTime();

    for (int instance = 0; instance < 2; instance++) {
      shared.run(context -> context.getBean(SemanticCache.class).lookup(Prompt.of(question)));
    }

    assertThat(counted.embedded()).containsOnlyOnce(question);
  }

  @Test
  void conflictingIndexIsReportedWithTheRemedy() {
    ApplicationContextRunner named =
        runner.withPropertyValues(
            "semcache.redis.uri=" + uri, "semcache.cache-name=spring-it-conflict");
    assertHits(named);

    named
        .withPropertyValues("semcache.redis.index.m=8")
        .run(
            context ->
                assertThat(
                        new InvalidConfigurationAnalyzer()
                            .analyze(Objects.requireNonNull(context.getStartupFailure())))
                    .isNotNull()
                    .satisfies(
                        analysis ->
                            assertThat(analysis.getDescription())
                                .startsWith("The Redis store cannot be opened")
                                .contains("has a different schema")));
  }
}
