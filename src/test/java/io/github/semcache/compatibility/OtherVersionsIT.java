package io.github.semcache.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.gson.Gson;
import dev.langchain4j.model.chat.ChatModel;
import io.github.semcache.SemanticCache;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import java.io.File;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.json.JSONObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.UnifiedJedis;

/**
 * The versions of Jedis and LangChain4j that the README lists. The class path contains nothing but
 * the library, Jedis, LangChain4j, Jackson, and what they need: openai-java in particular is
 * absent.
 */
class OtherVersionsIT {
  /** Where the build copies the other versions. */
  private static final Path JARS = Path.of("target", "other-versions");

  private static final List<Class<?>> LIBRARIES =
      List.of(
          LoggerFactory.class,
          GenericObjectPoolConfig.class,
          Gson.class,
          JSONObject.class,
          JsonMapper.class,
          JsonFactory.class,
          JsonCreator.class);

  private static URL url(Path path) {
    try {
      return path.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path locationOf(Class<?> type) {
    return new File(type.getProtectionDomain().getCodeSource().getLocation().getPath()).toPath();
  }

  private static URLClassLoader loader(Path jedis, Path langChain4j) {
    Stream<Path> library =
        Stream.concat(Stream.of(SemanticCache.class, OtherVersionsIT.class), LIBRARIES.stream())
            .map(OtherVersionsIT::locationOf);
    return new URLClassLoader(
        Stream.concat(library, Stream.of(jedis, langChain4j))
            .map(OtherVersionsIT::url)
            .toArray(URL[]::new),
        ClassLoader.getPlatformClassLoader());
  }

  private static URLClassLoader withJedis(String version) {
    return loader(otherVersion("jedis-" + version + ".jar"), locationOf(ChatModel.class));
  }

  private static URLClassLoader withLangChain4j(String version) {
    return loader(
        locationOf(UnifiedJedis.class), otherVersion("langchain4j-core-" + version + ".jar"));
  }

  private static Path otherVersion(String name) {
    Path jar = JARS.resolve(name);
    assertThat(Files.exists(jar)).as("%s, which the build copies", jar).isTrue();
    return jar;
  }

  @SuppressWarnings("unchecked")
  private static String run(URLClassLoader loader, Class<?> scenario, String argument)
      throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return ((Function<String, String>)
              loader.loadClass(scenario.getName()).getDeclaredConstructor().newInstance())
          .apply(argument);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @EnabledIfRedis
  @ParameterizedTest
  @ValueSource(strings = {"6.0.0", "6.2.0", "7.0.0", "7.4.1"})
  void storeInRedisWorksWithOtherVersionsOfJedis(String version) throws Exception {
    try (URLClassLoader loader = withJedis(version)) {
      assertThat(run(loader, RedisScenario.class, RedisServers.uri().toString()))
          .isEqualTo("MODEL EXACT SEMANTIC 1 true");
    }
  }

  @EnabledIfRedis
  @Test
  void redisAndLangChain4jWorkWithoutOpenAi() throws Exception {
    try (URLClassLoader loader =
        loader(locationOf(UnifiedJedis.class), locationOf(ChatModel.class))) {
      assertThatThrownBy(() -> loader.loadClass("com.openai.client.OpenAIClient"))
          .isInstanceOf(ClassNotFoundException.class);
      assertThat(run(loader, RedisScenario.class, RedisServers.uri().toString()))
          .isEqualTo("MODEL EXACT SEMANTIC 1 true");
      assertThat(run(loader, LangChain4jScenario.class, "a question"))
          .isEqualTo("answer answer answer answer 2 calls");
    }
  }

  @Test
  void unsupportedJedisIsReportedWithItsVersionAndTheRemedy() throws Exception {
    try (URLClassLoader loader = withJedis("5.2.0")) {
      assertThatThrownBy(() -> run(loader, RedisScenario.class, "redis://127.0.0.1:1"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("Jedis 5.2.0 is on the class path")
          .hasMessageContaining("jedis.version");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.13.0", "1.19.6", "1.23.0"})
  void modelsOfOtherVersionsOfLangChain4jAreWrapped(String version) throws Exception {
    try (URLClassLoader loader = withLangChain4j(version)) {
      assertThat(run(loader, LangChain4jScenario.class, "a question"))
          .isEqualTo("answer answer answer answer 2 calls");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.11.0", "1.12.2"})
  void unsupportedLangChain4jIsReportedWithItsVersionAndTheRemedy(String version) throws Exception {
    try (URLClassLoader loader = withLangChain4j(version)) {
      assertThatThrownBy(() -> run(loader, LangChain4jScenario.class, "a question"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("LangChain4j " + version + " is on the class path")
          .hasMessageContaining("1.13 or later");
    }
  }
}
