package example;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.store.VectorStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Bean;
import org.testcontainers.containers.GenericContainer;

/** A container with {@code @ServiceConnection} is the store of the cache. */
@SpringBootTest
@EnabledIf("example.Docker#hasImage")
class ServiceConnectionTest {
  @Autowired SemanticCache cache;
  @Autowired VectorStore store;
  @Autowired GenericContainer<?> redis;

  @TestConfiguration(proxyBeanMethods = false)
  static class Services {

    @Bean
    @ServiceConnection("redis")
    GenericContainer<?> redisContainer() {
      return new GenericContainer<>(Docker.IMAGE).withExposedPorts(6379);
    }
  }

  @Test
  void answersAreStoredInTheContainer() throws Exception {
    cache.ask("What is the capital of France?");

    assertThat(cache.ask("Which city serves as France's capital?").source())
        .isEqualTo(Answer.Source.SEMANTIC);
    assertThat(store).isInstanceOf(RedisVectorStore.class);
    assertThat(redis.execInContainer("redis-cli", "--scan", "--pattern", "sem_cache*").getStdout())
        .isNotBlank();
  }
}
