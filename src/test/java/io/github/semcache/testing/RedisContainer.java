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

  /** Starts the image {@code SEMCACHE_TEST_REDIS_IMAGE}. The container stops with the JVM. */
  static RedisServers.Found start() {
    String image = System.getenv().getOrDefault(IMAGE, DEFAULT_IMAGE);
    try {
      if (!DockerClientFactory.instance().isDockerAvailable()) {
        return RedisServers.Found.unavailable("Docker is not available");
      }
      GenericContainer<?> container = container(DockerImageName.parse(image));
      container.start();
      URI uri = URI.create("redis://" + container.getHost() + ":" + container.getMappedPort(PORT));
      return RedisProbe.unusableReason(uri)
          .map(reason -> RedisServers.Found.unavailable("Docker image " + image + ": " + reason))
          .orElseGet(() -> RedisServers.Found.at(uri, "Docker image " + image));
    } catch (RuntimeException e) {
      return RedisServers.Found.unavailable(
          "Docker image " + image + " did not start: " + e.getMessage());
    }
  }

  /**
   * Creates a container that allows the command DEBUG. The images of Redis Stack take options from
   * an environment variable; those of Redis take them from the command line.
   */
  @SuppressWarnings("resource") // the container stops with the JVM
  private static GenericContainer<?> container(DockerImageName image) {
    GenericContainer<?> container = new GenericContainer<>(image).withExposedPorts(PORT);
    return image.getRepository().contains("redis-stack")
        ? container.withEnv("REDIS_ARGS", "--enable-debug-command yes")
        : container.withCommand("redis-server", "--enable-debug-command", "yes");
  }
}
