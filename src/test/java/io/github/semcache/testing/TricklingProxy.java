package io.github.semcache.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Accepts connections on the loopback address and forwards them to a server. While it trickles, it
 * forwards the replies of the server one byte at a time, with a pause after each. While it
 * truncates, it forwards half of a reply and closes the connection.
 */
public final class TricklingProxy implements AutoCloseable {
  private final ServerSocket server;
  private final URI target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile Duration pause = Duration.ZERO;
  private volatile boolean truncating;

  private TricklingProxy(ServerSocket server, URI target) {
    this.server = server;
    this.target = target;
  }

  /** Starts a proxy that forwards replies immediately. */
  public static TricklingProxy start(URI target) throws IOException {
    TricklingProxy proxy =
        new TricklingProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
    startThread(proxy::accept);
    return proxy;
  }

  /** Sets the pause after each byte of a reply; zero to forward replies immediately. */
  public void trickle(Duration pauseAfterByte) {
    this.pause = pauseAfterByte;
  }

  /** Sets whether connections are closed in the middle of a reply. */
  public void truncate(boolean truncateReplies) {
    this.truncating = truncateReplies;
  }

  public URI uri() {
    return URI.create("redis://localhost:" + server.getLocalPort());
  }

  /** Returns the number of open connections. */
  public long connections() {
    return sockets.stream().filter(socket -> !socket.isClosed()).count() / 2;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        sockets.add(client);
        Socket upstream = connect(client);
        sockets.add(upstream);
        startThread(() -> forward(client, upstream, false));
        startThread(() -> forward(upstream, client, true));
      } catch (IOException e) {
        // The proxy was closed.
      }
    }
  }

  private Socket connect(Socket client) throws IOException {
    try {
      return new Socket(target.getHost(), target.getPort());
    } catch (IOException e) {
      client.close();
      throw e;
    }
  }

  private void forward(Socket from, Socket to, boolean isReply) {
    try (from;
        to) {
      InputStream input = from.getInputStream();
      OutputStream output = to.getOutputStream();
      byte[] bytes = new byte[8192];
      for (int count = input.read(bytes); count >= 0; count = input.read(bytes)) {
        if (isReply && truncating) {
          output.write(bytes, 0, count / 2);
          return;
        }
        if (isReply && !pause.isZero()) {
          trickle(bytes, count, output);
        } else {
          output.write(bytes, 0, count);
        }
      }
    } catch (IOException | InterruptedException e) {
      // One of the sides has closed the connection.
    }
  }

  private void trickle(byte[] bytes, int count, OutputStream output)
      throws IOException, InterruptedException {
    for (int i = 0; i < count; i++) {
      output.write(bytes[i]);
      output.flush();
      Thread.sleep(pause.toMillis());
    }
  }

  private static void startThread(Runnable task) {
    Thread thread = new Thread(task, "trickling-proxy");
    thread.setDaemon(true);
    thread.start();
  }

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
