package io.github.semcache.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.semcache.testing.RedisProcess;
import io.github.semcache.testing.RedisServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisProtocol;

/** A server that is paused, killed, restarted at the same port, and controlled. */
final class RedisNode implements AutoCloseable {
  /** The name of the connections that the library opens. */
  static final String CLIENT_NAME = "semcache";

  private static final String CONTROL = "chaos-control";
  private static final int CONTROL_TIMEOUT_MILLIS = 20_000;
  private static final int SCAN_COUNT = 1_000;

  /** Starts a server at a port, or at a free one if the port is 0. */
  interface Launcher {
    RedisProcess start(int port, String... options);
  }

  private final Launcher launcher;
  private final Path directory;
  private final String[] options;
  private RedisProcess process;

  private RedisNode(Launcher launcher, Path directory, String[] options) {
    this.launcher = launcher;
    this.directory = directory;
    this.options = options;
    this.process = launcher.start(0, options);
  }

  /** Starts a server, whose data survive a restart only if the options say so. */
  static RedisNode start(String... options) {
    return start(RedisServers::startAt, options);
  }

  static RedisNode start(Launcher launcher, String... options) {
    Path directory = TemporaryDirectory.create();
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of("--dir", directory.toString(), "--enable-debug-command", "local"));
    return new RedisNode(launcher, directory, all.toArray(String[]::new));
  }

  int port() {
    return process.port();
  }

  String uri() {
    return "redis://127.0.0.1:" + port();
  }

  HostAndPort hostAndPort() {
    return new HostAndPort("127.0.0.1", port());
  }

  /** Stops the process with SIGSTOP for a time. The kernel still accepts connections. */
  void pauseFor(Duration duration) {
    long pid = pid();
    signal("STOP", pid);
    try {
      Pause.of(duration);
    } finally {
      signal("CONT", pid);
    }
  }

  private long pid() {
    return info("server", "process_id");
  }

  /** Returns a number that the server reports about itself. */
  long info(String section, String field) {
    return text(command("INFO", section))
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
        .findFirst()
        .orElseThrow();
  }

  private static void signal(String signal, long pid) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start();
      if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
        throw new IllegalStateException("kill -" + signal + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Kills the process with SIGKILL. */
  void kill() {
    process.close();
  }

  /**
   * Starts the server again with its data, if there are any, and waits until it has loaded them.
   *
   * @param additional options in addition to those of the first start
   */
  void restart(String... additional) {
    String[] all = Arrays.copyOf(options, options.length + additional.length);
    System.arraycopy(additional, 0, all, options.length, additional.length);
    process = launcher.start(process.port(), all);
  }

  /** Sends commands over one connection. */
  <T> T control(Function<Connection, T> commands) {
    DefaultJedisClientConfig config =
        DefaultJedisClientConfig.builder()
            .clientName(CONTROL)
            .protocol(RedisProtocol.RESP2)
            .socketTimeoutMillis(CONTROL_TIMEOUT_MILLIS)
            .build();
    try (Connection connection = new Connection(hostAndPort(), config)) {
      return commands.apply(connection);
    }
  }

  /** Sends a command over a connection of its own. */
  Object command(String... words) {
    return control(connection -> send(connection, words));
  }

  static Object send(Connection connection, String... words) {
    CommandArguments command = new CommandArguments(() -> words[0].getBytes(UTF_8));
    for (String word : List.of(words).subList(1, words.length)) {
      command.add(word);
    }
    return connection.executeCommand(command);
  }

  static String text(Object reply) {
    return reply instanceof byte[] bytes ? new String(bytes, UTF_8) : String.valueOf(reply);
  }

  /** Returns the number of connections of the cache's clients. */
  int connections() {
    return (int)
        text(command("CLIENT", "LIST", "TYPE", "normal"))
            .lines()
            .filter(line -> line.contains("name=" + CLIENT_NAME + " "))
            .count();
  }

  /** Returns the number of entries that do not expire. */
  long entriesWithoutExpiry(String prefix) {
    return control(
        connection -> {
          long count = 0;
          String cursor = "0";
          do {
            List<?> reply =
                (List<?>)
                    send(
                        connection,
                        "SCAN",
                        cursor,
                        "MATCH",
                        prefix + "*",
                        "COUNT",
                        Integer.toString(SCAN_COUNT));
            cursor = text(reply.get(0));
            for (Object key : (List<?>) reply.get(1)) {
              count += expires(connection, text(key)) ? 0 : 1;
            }
          } while (!cursor.equals("0"));
          return count;
        });
  }

  private static boolean expires(Connection connection, String key) {
    return ((Long) send(connection, "PTTL", key)) != -1;
  }

  /** Returns whether the process runs; a paused process does. */
  boolean isRunning() {
    return process.isAlive();
  }

  /** Returns whether the server is a master. */
  boolean isMaster() {
    return text(command("INFO", "replication")).contains("role:master");
  }

  @Override
  public void close() {
    process.close();
    TemporaryDirectory.delete(directory);
  }
}
