package io.github.semcache.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Redis server process on the loopback address, with its own directory. */
public final class RedisProcess implements AutoCloseable {
  private static final Duration STARTUP_TIMEOUT = Duration.ofSeconds(30);

  private final Process process;
  private final Path directory;
  private final int port;
  private final Thread shutdownHook = new Thread(this::close, "redis-shutdown");

  private RedisProcess(Process process, Path directory, int port) {
    this.process = process;
    this.directory = directory;
    this.port = port;
  }

  static boolean isOnPath(String command) {
    return Stream.of(
            System.getenv().getOrDefault("PATH", "").split(Pattern.quote(File.pathSeparator)))
        .map(directory -> new File(directory, command))
        .anyMatch(File::canExecute);
  }

  /**
   * Starts a server and waits until it responds. It stops with the JVM at the latest.
   *
   * @param port the port, or 0 for a free one
   */
  static RedisProcess start(String command, int port, String... options) throws IOException {
    RedisProcess started = launch(command, port == 0 ? freePort() : port, options);
    started.awaitResponse();
    return started;
  }

  private static RedisProcess launch(String command, int port, String... options)
      throws IOException {
    Path directory = Files.createTempDirectory("semcache-redis");
    List<String> line = new ArrayList<>(List.of(command));
    // A configuration file must be the first argument.
    int first = options.length > 0 && !options[0].startsWith("--") ? 1 : 0;
    line.addAll(List.of(options).subList(0, first));
    line.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1"));
    line.addAll(List.of("--dir", directory.toString(), "--save", "", "--appendonly", "no"));
    line.addAll(List.of(options).subList(first, options.length));
    Process process =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .directory(directory.toFile())
            .start();
    RedisProcess started = new RedisProcess(process, directory, port);
    Runtime.getRuntime().addShutdownHook(started.shutdownHook);
    return started;
  }

  /** Returns a port of the loopback address that is not in use. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitResponse() throws IOException {
    long start = System.nanoTime();
    while (!RedisProbe.responds(uri())) {
      if (!process.isAlive() || System.nanoTime() - start > STARTUP_TIMEOUT.toNanos()) {
        String log = Files.readString(directory.resolve("log"));
        close();
        throw new IOException("the server does not respond: " + log);
      }
    }
  }

  public URI uri() {
    return URI.create("redis://127.0.0.1:" + port);
  }

  public int port() {
    return port;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Kills the server, like {@code kill -9}, and deletes its directory. */
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException | UncheckedIOException e) {
      // The directory is temporary, or was already deleted.
      Objects.requireNonNull(e);
    }
  }
}
