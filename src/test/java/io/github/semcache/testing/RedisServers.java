package io.github.semcache.testing;

import io.github.semcache.testing.EnabledIfRedis.Need;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The Redis servers that the tests of one JVM use. The first available server is taken:
 *
 * <ol>
 *   <li>the server at {@code SEMCACHE_TEST_REDIS}
 *   <li>a server started with {@code redis-stack-server} or {@code redis-server} from the PATH, if
 *       it has the search module
 *   <li>a server in Docker
 * </ol>
 *
 * <p>A server is located or started when a test first needs it. Tests that use this class have the
 * annotation {@link EnabledIfRedis}. If no server is available they are skipped, or fail if {@code
 * SEMCACHE_TEST_REDIS_REQUIRED} is {@code true}.
 */
public final class RedisServers {
  private static final String SERVER_VARIABLE = "SEMCACHE_TEST_REDIS";
  private static final String REQUIRED_VARIABLE = "SEMCACHE_TEST_REDIS_REQUIRED";
  private static final String CLUSTER_VARIABLE = "SEMCACHE_TEST_REDIS_CLUSTER";
  private static final List<String> COMMANDS = List.of("redis-stack-server", "redis-server");
  private static final String CLUSTER_COMMAND = "redis-stack-cluster-server";

  private static final Memoized<Found> OWN = new Memoized<>(RedisServers::findOwn);
  private static final Memoized<Found> ANY =
      new Memoized<>(
          () -> fromEnvironment(SERVER_VARIABLE).or(() -> Optional.of(OWN.get())).orElseThrow());
  private static final Memoized<Found> CLUSTER = new Memoized<>(RedisServers::findCluster);

  private RedisServers() {}

  /**
   * A server, or the reason why none is available.
   *
   * @param uri the URI of the server; null if none is available
   * @param details how the server was found, or why none is available
   * @param command the command that started the server; null if no command from the PATH did
   */
  record Found(@Nullable URI uri, String details, @Nullable String command) {
    static Found at(URI uri, String details) {
      return new Found(uri, details, null);
    }

    static Found unavailable(String reason) {
      return new Found(null, reason, null);
    }

    URI required() {
      if (uri == null) {
        throw new IllegalStateException(
            details + "; the test must be annotated with @EnabledIfRedis");
      }
      return uri;
    }

    Optional<String> unavailableReason() {
      return uri == null ? Optional.of(details) : Optional.empty();
    }

    String description() {
      return uri == null ? "none, " + details : RedisProbe.versions(uri) + ", " + details;
    }
  }

  /** Returns a server, which other applications may use too. */
  public static URI uri() {
    return ANY.get().required();
  }

  /** Returns a server that the tests have started and may reconfigure. */
  public static URI own() {
    return OWN.get().required();
  }

  /** Returns a node of the cluster. */
  public static URI cluster() {
    return CLUSTER.get().required();
  }

  /** Starts another server with options, {@code --name value}. The caller closes it. */
  public static RedisProcess start(String... options) {
    return startAt(0, options);
  }

  /** Starts another server at a port. The caller closes it. */
  public static RedisProcess startAt(int port, String... options) {
    String command = OWN.get().command();
    if (command == null) {
      throw new IllegalStateException(
          "no command; the test must be annotated with @EnabledIfRedis(COMMAND)");
    }
    try {
      return RedisProcess.start(command, port, options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Starts a server whose search module supports clusters. The caller makes it part of a cluster,
   * and closes it.
   */
  public static RedisProcess startClusterNode(int port, String... options) {
    try {
      return RedisProcess.start(clusterCommand().orElseThrow(), port, options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns whether {@link #startClusterNode} has a command. */
  public static boolean canStartClusterNodes() {
    return clusterCommand().isPresent();
  }

  /** Returns the command of cluster nodes, or the command of a single server if there is none. */
  private static Optional<String> clusterCommand() {
    return RedisProcess.isOnPath(CLUSTER_COMMAND)
        ? Optional.of(CLUSTER_COMMAND)
        : Optional.ofNullable(OWN.get().command());
  }

  /**
   * Returns why the server that a test needs is unavailable, or empty if it is available.
   *
   * @throws IllegalStateException if an environment variable names a server that cannot be used, or
   *     requires that all tests run
   */
  static Optional<String> unavailableReason(Need need) {
    return unlessRequired(reason(need), "true".equalsIgnoreCase(System.getenv(REQUIRED_VARIABLE)));
  }

  static Optional<String> unlessRequired(Optional<String> reason, boolean required) {
    if (required && reason.isPresent()) {
      throw new IllegalStateException(
          REQUIRED_VARIABLE + " is set, but Redis is not available: " + reason.get());
    }
    return reason;
  }

  private static Optional<String> reason(Need need) {
    return switch (need) {
      case ANY -> ANY.get().unavailableReason();
      case OWN -> OWN.get().unavailableReason();
      case COMMAND ->
          OWN.get().command() != null
              ? Optional.empty()
              : Optional.of(
                  "no server with the search module could be started with a command on the PATH ("
                      + String.join(", ", COMMANDS)
                      + "); this test starts several servers");
      case CLUSTER -> CLUSTER.get().unavailableReason();
    };
  }

  /** Returns a line for each server that a test has needed so far. */
  static List<String> descriptions() {
    List<String> lines = new ArrayList<>();
    ANY.getIfPresent().ifPresent(found -> lines.add("Redis server: " + found.description()));
    OWN.getIfPresent()
        .filter(own -> !ANY.getIfPresent().filter(own::equals).isPresent())
        .ifPresent(found -> lines.add("Redis server started by the tests: " + found.description()));
    CLUSTER.getIfPresent().ifPresent(found -> lines.add("Redis cluster: " + found.description()));
    return lines;
  }

  /** Returns the server that an environment variable names. It is an error if it is unusable. */
  private static Optional<Found> fromEnvironment(String variable) {
    String value = System.getenv(variable);
    if (value == null || value.isBlank()) {
      return Optional.empty();
    }
    URI uri = URI.create(value);
    RedisProbe.unusableReason(uri)
        .ifPresent(
            unusableReason -> {
              throw new IllegalStateException(
                  variable + " names a server that cannot be used: " + unusableReason);
            });
    return Optional.of(Found.at(uri, "at " + variable));
  }

  private static Found findOwn() {
    List<String> reasons = new ArrayList<>();
    for (String command : COMMANDS) {
      Found found = startCommand(command);
      if (found.uri() != null) {
        return found;
      }
      reasons.add(found.details());
    }
    Found found = RedisContainer.start();
    reasons.add(found.details());
    return found.uri() != null ? found : Found.unavailable(String.join("; ", reasons));
  }

  @SuppressWarnings("MustBeClosed") // the server stops with the JVM
  private static Found startCommand(String command) {
    if (!RedisProcess.isOnPath(command)) {
      return Found.unavailable(command + " is not on the PATH");
    }
    try {
      RedisProcess process = RedisProcess.start(command, 0, "--enable-debug-command", "local");
      Optional<String> unusableReason = RedisProbe.unusableReason(process.uri());
      if (unusableReason.isEmpty()) {
        return new Found(process.uri(), "started as " + command, command);
      }
      process.close();
      return Found.unavailable(command + ": " + unusableReason.get());
    } catch (IOException e) {
      return Found.unavailable(command + ": " + e.getMessage());
    }
  }

  private static Found findCluster() {
    return fromEnvironment(CLUSTER_VARIABLE).orElseGet(RedisServers::startCluster);
  }

  /** Starts a cluster with its own command, or with the command of a single server. */
  private static Found startCluster() {
    Optional<String> command = clusterCommand();
    if (command.isEmpty()) {
      return Found.unavailable(
          CLUSTER_VARIABLE
              + " is not set; neither "
              + CLUSTER_COMMAND
              + " nor a server is on the PATH");
    }
    try {
      return Found.at(RedisCluster.start(command.get()), "started as " + command.get());
    } catch (IOException e) {
      return Found.unavailable("a cluster of " + command.get() + ": " + e.getMessage());
    }
  }
}
