package example;

import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

/** The image of the tests, which the variable SEMCACHE_TEST_REDIS_IMAGE replaces. */
final class Docker {
  static final String IMAGE =
      Optional.ofNullable(System.getenv("SEMCACHE_TEST_REDIS_IMAGE")).orElse("redis:8");

  private Docker() {}

  /** Returns whether Docker is available and has the image, or can download it. */
  static boolean hasImage() {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      return false;
    }
    try (GenericContainer<?> redis = new GenericContainer<>(IMAGE).withExposedPorts(6379)) {
      redis.start();
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }

  /** Returns whether the command {@code docker compose} exists in a version that Boot supports. */
  static boolean hasCompose() {
    try {
      Process version =
          new ProcessBuilder("docker", "compose", "version", "--format", "json")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return version.waitFor() == 0 && hasImage();
    } catch (java.io.IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
