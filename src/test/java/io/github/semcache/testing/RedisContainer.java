package io.github.semcache.testing;

import java.net.URI;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** A Redis server in Docker. */
final class RedisContainer {
  private static final String IMAGE = "SEMCACHE_TEST_REDIS_IMAGE";
  private static final String DEFAULT_IMAGE = "redis:8";
  private static final int PORT = 6379;

  private RedisContainer() {}

  /** Starts the server of {@code SEMCACHE_TEST_REDIS_IMAGE}. It ends with the JVM. */
  static RedisServers.Found start() {
    String image = System.getenv().getOrDefault(IMAGE, DEFAULT_IMAGE);
    try {
      if (!DockerClientFactory.instance().isDockerAvailable()) {
        return RedisServers.Found.none("Docker is not available");
      }
      GenericContainer<?> container = container(DockerImageName.parse(image));
      container.start();
      URI uri = URI.create("redis://" + container.getHost() + ":" + container.getMappedPort(PORT));
      return RedisProbe.trouble(uri)
          .map(trouble -> RedisServers.Found.none("Docker image " + image + ": " + trouble))
          .orElseGet(() -> RedisServers.Found.at(uri, "Docker image " + image));
    } catch (RuntimeException e) {
      return RedisServers.Found.none("Docker image " + image + " did not start: " + e.getMessage());
    }
  }

  /**
   * With the DEBUG command allowed from the host. The images of Redis Stack take options from a
   * variable and are started by a script, the ones of Redis from the command line.
   */
  @SuppressWarnings("resource") // it ends with the JVM
  private static GenericContainer<?> container(DockerImageName image) {
    GenericContainer<?> container = new GenericContainer<>(image).withExposedPorts(PORT);
    return image.getRepository().contains("redis-stack")
        ? container.withEnv("REDIS_ARGS", "--enable-debug-command yes")
        : container.withCommand("redis-server", "--enable-debug-command", "yes");
  }
}
