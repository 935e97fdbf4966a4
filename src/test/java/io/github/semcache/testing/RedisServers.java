package io.github.semcache.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The Redis that the tests of one JVM run against: the one at {@code SEMCACHE_TEST_REDIS}, else one
 * that they start, with the first of {@code redis-stack-server} and {@code redis-server} on the
 * PATH that has the search module, else one in Docker. Tests say {@link EnabledIfRedis}.
 */
public final class RedisServers {
  private static final List<String> COMMANDS = List.of("redis-stack-server", "redis-server");
  private static final String CLUSTER_COMMAND = "redis-stack-cluster-server";
  private static final String DEFAULT_IMAGE = "redis/redis-stack-server:7.4.0-v3";
  private static final int PORT = 6379;

  private static final Supplier<Found> SERVER = once(RedisServers::find);
  private static final Supplier<Found> CLUSTER = once(RedisServers::findCluster);

  private RedisServers() {}

  /**
   * A server, or why there is none.
   *
   * @param uri where it is
   * @param how how it was found
   * @param ours whether the tests have started it
   */
  private record Found(@Nullable URI uri, String how, boolean ours) {
    static Found none(String why) {
      return new Found(null, why, false);
    }
  }

  /** The server. */
  public static URI uri() {
    return uriOf(SERVER.get());
  }

  /** A node of the cluster. */
  public static URI cluster() {
    return uriOf(CLUSTER.get());
  }

  /** Starts a further server with some options, {@code --name value}. To be closed. */
  public static RedisProcess start(String... options) {
    return startAt(0, options);
  }

  /** Starts a further server at a port. To be closed. */
  public static RedisProcess startAt(int port, String... options) {
    String command = command().orElseThrow();
    try {
      return RedisProcess.start(command, port, options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Which server it is and how it was found, or why there is none. */
  static String description() {
    return description(SERVER.get());
  }

  /** The same of the cluster. */
  static String clusterDescription() {
    return description(CLUSTER.get());
  }

  private static String description(Found found) {
    return found.uri == null ? found.how : RedisProbe.versions(found.uri) + ", " + found.how;
  }

  static Optional<String> whyNone() {
    return whyNone(SERVER.get());
  }

  static Optional<String> whyNotOurs() {
    return whyNone().or(() -> SERVER.get().ours ? Optional.empty() : Optional.of("not our server"));
  }

  static Optional<String> whyNoCommand() {
    return command().isPresent()
        ? Optional.empty()
        : Optional.of("neither of " + COMMANDS + " with the search module is on the PATH");
  }

  static Optional<String> whyNoCluster() {
    return whyNone(CLUSTER.get());
  }

  private static Optional<String> whyNone(Found found) {
    return found.uri == null ? Optional.of(found.how) : Optional.empty();
  }

  private static URI uriOf(Found found) {
    if (found.uri == null) {
      throw new IllegalStateException(found.how + "; the test must say @EnabledIfRedis");
    }
    return found.uri;
  }

  private static Found find() {
    String given = System.getenv("SEMCACHE_TEST_REDIS");
    if (given != null) {
      return RedisProbe.trouble(URI.create(given))
          .map(trouble -> Found.none("SEMCACHE_TEST_REDIS: " + trouble))
          .orElseGet(() -> new Found(URI.create(given), "at SEMCACHE_TEST_REDIS", false));
    }
    List<String> reasons = new ArrayList<>();
    for (String command : COMMANDS) {
      Found found = startCommand(command);
      if (found.uri != null) {
        return found;
      }
      reasons.add(found.how);
    }
    Found found = startContainer();
    reasons.add(found.how);
    return found.uri != null
        ? found
        : Found.none("SEMCACHE_TEST_REDIS is not set; " + String.join("; ", reasons));
  }

  @SuppressWarnings("MustBeClosed") // it ends with the JVM
  private static Found startCommand(String command) {
    if (!RedisProcess.isOnPath(command)) {
      return Found.none(command + " is not on the PATH");
    }
    try {
      RedisProcess process = RedisProcess.start(command, 0, "--enable-debug-command", "local");
      Optional<String> trouble = RedisProbe.trouble(process.uri());
      if (trouble.isEmpty()) {
        return new Found(process.uri(), "started as " + command, true);
      }
      process.close();
      return Found.none(command + ": " + trouble.get());
    } catch (IOException e) {
      return Found.none(command + ": " + e.getMessage());
    }
  }

  private static Optional<String> command() {
    return COMMANDS.stream()
        .filter(RedisProcess::isOnPath)
        .filter(command -> SERVER.get().how.endsWith(" " + command))
        .findFirst();
  }

  private static Found startContainer() {
    try {
      if (!DockerClientFactory.instance().isDockerAvailable()) {
        return Found.none("Docker is not available");
      }
      GenericContainer<?> container =
          new GenericContainer<>(DockerImageName.parse(image())).withExposedPorts(PORT);
      container.start();
      URI uri = URI.create("redis://" + container.getHost() + ":" + container.getMappedPort(PORT));
      return RedisProbe.trouble(uri)
          .map(trouble -> Found.none(image() + ": " + trouble))
          .orElseGet(() -> new Found(uri, "Docker image " + image(), true));
    } catch (RuntimeException e) {
      return Found.none("Docker image " + image() + " did not start: " + e.getMessage());
    }
  }

  private static String image() {
    String name = "SEMCACHE_TEST_REDIS_IMAGE";
    return System.getProperty(name, System.getenv().getOrDefault(name, DEFAULT_IMAGE));
  }

  private static Found findCluster() {
    String given = System.getenv("SEMCACHE_TEST_REDIS_CLUSTER");
    if (given != null) {
      return new Found(URI.create(given), "at SEMCACHE_TEST_REDIS_CLUSTER", false);
    }
    if (!RedisProcess.isOnPath(CLUSTER_COMMAND)) {
      return Found.none(
          "SEMCACHE_TEST_REDIS_CLUSTER is not set; " + CLUSTER_COMMAND + " is not on the PATH");
    }
    try {
      return new Found(RedisCluster.start(CLUSTER_COMMAND), "started as " + CLUSTER_COMMAND, true);
    } catch (IOException e) {
      return Found.none(CLUSTER_COMMAND + ": " + e.getMessage());
    }
  }

  private static Supplier<Found> once(Supplier<Found> supplier) {
    return new Supplier<>() {
      private @Nullable Found found;

      @Override
      public synchronized Found get() {
        Found result = found;
        if (result == null) {
          result = supplier.get();
          found = result;
        }
        return result;
      }
    };
  }
}
