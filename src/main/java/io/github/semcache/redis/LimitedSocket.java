package io.github.semcache.redis;

import io.github.semcache.deadline.Deadline;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * A connected socket whose reads end at the {@linkplain Deadline#current deadline} of the call, and
 * whose replies have a {@linkplain ReplyLimiter maximum size}. The time-out of a socket starts
 * again with every byte, so it does not limit a reply that arrives slowly. Supports the methods
 * that Jedis calls. Used by one thread at a time.
 */
final class LimitedSocket extends Socket {
  private final Socket socket;
  private final ReplyLimiter replies = new ReplyLimiter();
  private volatile int timeoutMillis;

  /** The time-out of the underlying socket. */
  private int appliedMillis;

  private LimitedSocket(Socket socket) throws SocketException {
    this.socket = socket;
    this.timeoutMillis = socket.getSoTimeout();
    this.appliedMillis = timeoutMillis;
  }

  /** Limits the sockets of a factory. */
  static JedisSocketFactory limit(JedisSocketFactory factory) {
    return () -> {
      if (Deadline.current().filter(Deadline::isExpired).isPresent()) {
        throw new JedisConnectionException("not connected: the deadline of the call has expired");
      }
      Socket socket = factory.createSocket();
      try {
        return new LimitedSocket(socket);
      } catch (SocketException e) {
        throw new JedisConnectionException("the connection was closed", e);
      }
    };
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new LimitedInput(socket.getInputStream());
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return new RequestOutput(socket.getOutputStream());
  }

  private final class LimitedInput extends FilterInputStream {
    LimitedInput(InputStream input) {
      super(input);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int millis = remainingMillis();
      if (millis != appliedMillis) {
        socket.setSoTimeout(millis);
        appliedMillis = millis;
      }
      int count = in.read(bytes, offset, length);
      if (count > 0) {
        replies.scan(bytes, offset, count);
      }
      return count;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }
  }

  /** Returns the socket time-out, or the time until the deadline if that is shorter. */
  private int remainingMillis() throws SocketTimeoutException {
    Optional<Deadline> deadline = Deadline.current();
    if (deadline.isEmpty()) {
      return timeoutMillis;
    }
    Duration remaining = deadline.get().remaining();
    if (remaining.isZero()) {
      throw new SocketTimeoutException("the reply was not complete at the deadline of the call");
    }
    long millis = Math.max(1, remaining.toMillis());
    return timeoutMillis == 0
        ? (int) Math.min(Integer.MAX_VALUE, millis)
        : (int) Math.min(timeoutMillis, millis);
  }

  private final class RequestOutput extends FilterOutputStream {
    RequestOutput(OutputStream output) {
      super(output);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      replies.onRequest();
      out.write(bytes, offset, length);
    }
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // used by one thread at a time
  public void setSoTimeout(int timeout) throws SocketException {
    timeoutMillis = timeout;
    socket.setSoTimeout(timeout);
    appliedMillis = timeout;
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // used by one thread at a time
  public int getSoTimeout() {
    return timeoutMillis;
  }

  @Override
  public void setSoLinger(boolean on, int linger) throws SocketException {
    socket.setSoLinger(on, linger);
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // the socket synchronizes
  public void close() throws IOException {
    socket.close();
  }

  @Override
  public boolean isConnected() {
    return socket.isConnected();
  }

  @Override
  public boolean isBound() {
    return socket.isBound();
  }

  @Override
  public boolean isClosed() {
    return socket.isClosed();
  }

  @Override
  public boolean isInputShutdown() {
    return socket.isInputShutdown();
  }

  @Override
  public boolean isOutputShutdown() {
    return socket.isOutputShutdown();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return socket.getRemoteSocketAddress();
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return socket.getLocalSocketAddress();
  }
}
