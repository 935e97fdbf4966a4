package example;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.store.VectorStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The Redis service of {@code compose.yaml}, which Boot starts, is the store of the cache. */
@EnabledIf("example.Docker#hasCompose")
class DockerComposeTest {

  @Test
  void answersAreStoredInTheServiceOfTheComposeFile() {
    try (ConfigurableApplicationContext context =
        SpringApplication.run(
            Application.class,
            "--spring.docker.compose.skip.in-tests=false",
            "--spring.docker.compose.stop.command=down")) {
      SemanticCache cache = context.getBean(SemanticCache.class);
      cache.ask("What is the capital of France?");

      assertThat(cache.ask("Which city serves as France's capital?").source())
          .isEqualTo(Answer.Source.SEMANTIC);
      assertThat(context.getBean(VectorStore.class)).isInstanceOf(RedisVectorStore.class);
      assertThat(cache.stats().storeErrors()).isZero();
    }
  }
}
