package io.github.semcache.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A server that sends configured replies over RESP2, for failures that are hard to provoke with a
 * real server.
 */
public final class FakeRedis implements AutoCloseable {
  /** Sends no reply. */
  public static final String NO_REPLY = "no reply";

  /** Closes the connection instead of sending a reply. */
  public static final String CLOSE_CONNECTION = "close connection";

  private final ServerSocket server;
  private final Map<String, String> replies = new ConcurrentHashMap<>();
  private final Map<String, String> nextReplies = new ConcurrentHashMap<>();
  private final List<List<String>> received = new CopyOnWriteArrayList<>();
  private final AtomicInteger roundTrips = new AtomicInteger();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  public FakeRedis() {
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    on("HELLO", "-ERR unknown command 'HELLO'");
    on("FT.SEARCH", "*1\r\n:0");
    start(this::accept);
  }

  public URI uri() {
    return URI.create("redis://127.0.0.1:" + server.getLocalPort());
  }

  /**
   * Sets the reply to a command, in RESP without the last line break. The default is {@code +OK}.
   */
  public FakeRedis on(String command, String reply) {
    replies.put(command, reply);
    return this;
  }

  /** Sets the reply to the next call of a command; others get that of {@link #on}. */
  public FakeRedis onNext(String command, String reply) {
    nextReplies.put(command, reply);
    return this;
  }

  /** Sets the reply to every command. */
  public FakeRedis onAll(String reply) {
    return on("*", reply);
  }

  /** Removes the reply of {@link #onAll}. */
  public FakeRedis recover() {
    replies.remove("*");
    return this;
  }

  /** Returns all received commands, with a character for each byte. */
  public List<List<String>> received() {
    return List.copyOf(received);
  }

  /**
   * Returns the number of round trips, that is, of commands that arrived after all earlier commands
   * had been answered.
   */
  public int roundTrips() {
    return roundTrips.get();
  }

  /** Returns the received commands with a name, with their arguments. */
  public List<List<String>> received(String command) {
    return received.stream().filter(words -> words.get(0).equals(command)).toList();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        sockets.add(socket);
        socket.setTcpNoDelay(true);
        if (server.isClosed()) {
          socket.close();
          return;
        }
        start(() -> serve(socket));
      }
    } catch (IOException e) {
      // The server was closed.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      boolean newRoundTrip = in.available() == 0;
      List<String> words = read(in);
      for (; words != null; words = read(in)) {
        if (newRoundTrip) {
          roundTrips.incrementAndGet();
        }
        // Checked before the reply is sent, because the client may then send the next command.
        newRoundTrip = in.available() == 0;
        String command = words.get(0).toUpperCase(Locale.ROOT);
        received.add(words);
        String next = nextReplies.remove(command);
        String reply =
            next != null ? next : replies.getOrDefault("*", replies.getOrDefault(command, "+OK"));
        if (reply.equals(CLOSE_CONNECTION)) {
          return;
        }
        if (!reply.equals(NO_REPLY)) {
          socket.getOutputStream().write((reply + "\r\n").getBytes(StandardCharsets.UTF_8));
        }
      }
    } catch (IOException e) {
      // The client closed the connection.
    }
  }

  private static @Nullable List<String> read(InputStream in) throws IOException {
    String head = line(in);
    if (head == null) {
      return null;
    }
    List<String> words = new ArrayList<>();
    for (int i = Integer.parseInt(head.substring(1)); i > 0; i--) {
      String length = line(in);
      if (length == null) {
        return null;
      }
      byte[] word = in.readNBytes(Integer.parseInt(length.substring(1)));
      words.add(new String(word, StandardCharsets.ISO_8859_1));
      in.readNBytes(2);
    }
    return words;
  }

  private static @Nullable String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\r'; c = in.read()) {
      if (c < 0) {
        return null;
      }
      line.append((char) c);
    }
    in.read();
    return line.toString();
  }

  private static void start(Runnable action) {
    Thread thread = new Thread(action, "fake-redis");
    thread.setDaemon(true);
    thread.start();
  }

  /** Closes all connections and rejects new ones. */
  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
