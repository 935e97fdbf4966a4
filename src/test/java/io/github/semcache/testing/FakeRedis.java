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
 * A server that speaks RESP2 and answers what it is told to: for trouble that is hard to provoke.
 */
public final class FakeRedis implements AutoCloseable {
  /** Never answers. */
  public static final String SILENCE = "silence";

  /** Closes the connection. */
  public static final String HANG_UP = "hang up";

  private final ServerSocket server;
  private final Map<String, String> replies = new ConcurrentHashMap<>();
  private final List<List<String>> received = new CopyOnWriteArrayList<>();
  private final AtomicInteger trips = new AtomicInteger();
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

  /** Answers a command, in RESP without its last line break; {@code +OK} unless told otherwise. */
  public FakeRedis on(String command, String reply) {
    replies.put(command, reply);
    return this;
  }

  /** Answers every command. */
  public FakeRedis onAll(String reply) {
    return on("*", reply);
  }

  /** Ends {@link #onAll}. */
  public FakeRedis recover() {
    replies.remove("*");
    return this;
  }

  /** All that came, a character for each byte. */
  public List<List<String>> received() {
    return List.copyOf(received);
  }

  /** How often a command came when all before it had been answered: round trips. */
  public int trips() {
    return trips.get();
  }

  /** The commands of a name that came, with their arguments. */
  public List<List<String>> received(String command) {
    return received.stream().filter(words -> words.get(0).equals(command)).toList();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        sockets.add(socket);
        if (server.isClosed()) {
          socket.close();
          return;
        }
        start(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      boolean waited = in.available() == 0;
      List<String> words = read(in);
      for (; words != null; words = read(in)) {
        if (waited) {
          trips.incrementAndGet();
        }
        // Before the answer, which the client may be waiting for.
        waited = in.available() == 0;
        String command = words.get(0).toUpperCase(Locale.ROOT);
        received.add(words);
        String reply = replies.getOrDefault("*", replies.getOrDefault(command, "+OK"));
        if (reply.equals(HANG_UP)) {
          return;
        }
        if (!reply.equals(SILENCE)) {
          socket.getOutputStream().write((reply + "\r\n").getBytes(StandardCharsets.UTF_8));
        }
      }
    } catch (IOException e) {
      // The client has gone.
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
    Thread thread = new Thread(action, "fake redis");
    thread.setDaemon(true);
    thread.start();
  }

  /** Ends all connections and takes no more. */
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
