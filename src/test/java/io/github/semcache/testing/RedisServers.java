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
 * The Redis that the tests of one JVM run against: the one at {@code SEMCACHE_TEST_REDIS}, else one
 * that they start, with the first of {@code redis-stack-server} and {@code redis-server} on the
 * PATH that has the search module, else one in Docker. Each is looked for when a test wants it.
 * Tests say {@link EnabledIfRedis}. Where there is none they are skipped, or fail if {@code
 * SEMCACHE_TEST_REDIS_REQUIRED} is {@code true}.
 */
public final class RedisServers {
  private static final String GIVEN = "SEMCACHE_TEST_REDIS";
  private static final String REQUIRED = "SEMCACHE_TEST_REDIS_REQUIRED";
  private static final String GIVEN_CLUSTER = "SEMCACHE_TEST_REDIS_CLUSTER";
  private static final List<String> COMMANDS = List.of("redis-stack-server", "redis-server");
  private static final String CLUSTER_COMMAND = "redis-stack-cluster-server";

  private static final Memoized<Found> OWN = new Memoized<>(RedisServers::findOwn);
  private static final Memoized<Found> ANY =
      new Memoized<>(() -> given(GIVEN).or(() -> Optional.of(OWN.get())).orElseThrow());
  private static final Memoized<Found> CLUSTER = new Memoized<>(RedisServers::findCluster);

  private RedisServers() {}

  /**
   * A server, or why there is none.
   *
   * @param uri where it is; null if there is none
   * @param how how it was found, or why it was not
   * @param command what it was started with; null if not with a command on the PATH
   */
  record Found(@Nullable URI uri, String how, @Nullable String command) {
    static Found at(URI uri, String how) {
      return new Found(uri, how, null);
    }

    static Found none(String why) {
      return new Found(null, why, null);
    }

    URI required() {
      if (uri == null) {
        throw new IllegalStateException(how + "; the test must say @EnabledIfRedis");
      }
      return uri;
    }

    Optional<String> whyNone() {
      return uri == null ? Optional.of(how) : Optional.empty();
    }

    String description() {
      return uri == null ? "none, " + how : RedisProbe.versions(uri) + ", " + how;
    }
  }

  /** A server, perhaps one that others use too. */
  public static URI uri() {
    return ANY.get().required();
  }

  /** A server that the tests have started, whose settings they may change. */
  public static URI own() {
    return OWN.get().required();
  }

  /** A node of the cluster. */
  public static URI cluster() {
    return CLUSTER.get().required();
  }

  /** Starts a further server with some options, {@code --name value}. To be closed. */
  public static RedisProcess start(String... options) {
    return startAt(0, options);
  }

  /** Starts a further server at a port. To be closed. */
  public static RedisProcess startAt(int port, String... options) {
    String command = OWN.get().command();
    if (command == null) {
      throw new IllegalStateException("no command; the test must say @EnabledIfRedis");
    }
    try {
      return RedisProcess.start(command, port, options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Why a test cannot have what it needs.
   *
   * @throws IllegalStateException if the environment names a server that cannot be used, or says
   *     that all tests must have theirs
   */
  static Optional<String> whyNot(Need need) {
    return unlessRequired(why(need), "true".equalsIgnoreCase(System.getenv(REQUIRED)));
  }

  static Optional<String> unlessRequired(Optional<String> why, boolean required) {
    if (required && why.isPresent()) {
      throw new IllegalStateException(REQUIRED + " is set, but there is no Redis: " + why.get());
    }
    return why;
  }

  private static Optional<String> why(Need need) {
    return switch (need) {
      case ANY -> ANY.get().whyNone();
      case OWN -> OWN.get().whyNone();
      case COMMAND ->
          OWN.get().command() != null
              ? Optional.empty()
              : Optional.of(
                  "no server with the search module could be started with a command on the PATH ("
                      + String.join(", ", COMMANDS)
                      + "); it was needed to start several");
      case CLUSTER -> CLUSTER.get().whyNone();
    };
  }

  /** A line for each server that a test has wanted so far. */
  static List<String> descriptions() {
    List<String> lines = new ArrayList<>();
    ANY.getIfPresent().ifPresent(found -> lines.add("Redis server: " + found.description()));
    OWN.getIfPresent()
        .filter(own -> !ANY.getIfPresent().filter(own::equals).isPresent())
        .ifPresent(found -> lines.add("Redis server of the tests' own: " + found.description()));
    CLUSTER.getIfPresent().ifPresent(found -> lines.add("Redis cluster: " + found.description()));
    return lines;
  }

  /** A server that somebody has named is to be used: if it cannot be, that is a failure. */
  private static Optional<Found> given(String variable) {
    String given = System.getenv(variable);
    if (given == null || given.isBlank()) {
      return Optional.empty();
    }
    URI uri = URI.create(given);
    RedisProbe.trouble(uri)
        .ifPresent(
            trouble -> {
              throw new IllegalStateException(
                  variable + " names a server that cannot be used: " + trouble);
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
      reasons.add(found.how());
    }
    Found found = RedisContainer.start();
    reasons.add(found.how());
    return found.uri() != null ? found : Found.none(String.join("; ", reasons));
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
        return new Found(process.uri(), "started as " + command, command);
      }
      process.close();
      return Found.none(command + ": " + trouble.get());
    } catch (IOException e) {
      return Found.none(command + ": " + e.getMessage());
    }
  }

  private static Found findCluster() {
    return given(GIVEN_CLUSTER).orElseGet(RedisServers::startCluster);
  }

  /** Where there is no command of its own for it, the search module may know clusters too. */
  private static Found startCluster() {
    String command = RedisProcess.isOnPath(CLUSTER_COMMAND) ? CLUSTER_COMMAND : OWN.get().command();
    if (command == null) {
      return Found.none(
          GIVEN_CLUSTER
              + " is not set; neither "
              + CLUSTER_COMMAND
              + " nor a server is on the PATH");
    }
    try {
      return Found.at(RedisCluster.start(command), "started as " + command);
    } catch (IOException e) {
      return Found.none("a cluster of " + command + ": " + e.getMessage());
    }
  }
}
