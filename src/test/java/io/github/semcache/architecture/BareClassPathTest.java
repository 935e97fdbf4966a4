package io.github.semcache.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.SemanticCache;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The base package and the ports work with every third-party library absent except SLF4J. */
class BareClassPathTest {
  private static final List<String> PACKAGES =
      List.of(
          "prompt",
          "embedding",
          "store",
          "policy",
          "verify",
          "learning",
          "guard",
          "judge",
          "chat",
          "stats",
          "adapter",
          "internal");

  private static URL locationOf(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation();
  }

  private static URLClassLoader bareLoader() {
    URL[] classPath = {
      locationOf(SemanticCache.class),
      locationOf(BareScenario.class),
      locationOf(LoggerFactory.class)
    };
    return new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader());
  }

  @Test
  void everyClassOfTheBasePackageAndThePortsLoads() throws Exception {
    Path classes = Path.of(locationOf(SemanticCache.class).toURI()).resolve("io/github/semcache");
    try (URLClassLoader loader = bareLoader()) {
      for (String name : classNames(classes)) {
        assertThat(Class.forName(name, true, loader).getClassLoader()).isSameAs(loader);
      }
      assertThatThrownBy(() -> loader.loadClass("redis.clients.jedis.UnifiedJedis"))
          .isInstanceOf(ClassNotFoundException.class);
    }
  }

  private static List<String> classNames(Path classes) throws Exception {
    try (Stream<Path> files = Files.walk(classes)) {
      return files
          .filter(file -> file.toString().endsWith(".class"))
          .filter(file -> !file.endsWith("package-info.class"))
          .map(classes::relativize)
          .filter(file -> file.getNameCount() == 1 || PACKAGES.contains(file.getName(0).toString()))
          .filter(file -> !file.startsWith("internal/json")) // used by integrations only
          .map(file -> "io.github.semcache." + file.toString().replace('/', '.').replace('\\', '.'))
          .map(name -> name.substring(0, name.length() - ".class".length()))
          .toList();
    }
  }

  @Test
  void cacheAnswersFromMemory() throws Exception {
    try (URLClassLoader loader = bareLoader()) {
      Object scenario =
          loader.loadClass(BareScenario.class.getName()).getDeclaredConstructor().newInstance();

      assertThat(((Callable<?>) scenario).call()).isEqualTo("MODEL EXACT SEMANTIC");
    }
  }
}
