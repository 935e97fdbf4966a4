package io.github.semcache.redis;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.RedisCredentials;

/**
 * A connection on which the server reports the keys that change: RESP3 with {@code CLIENT TRACKING
 * ON BCAST}. Reads the replies itself, because the classes of Jedis that handle push messages
 * differ between its versions. Used by one thread.
 *
 * <p>See <a href="https://redis.io/docs/latest/develop/reference/client-side-caching/">Client-side
 * caching</a> and the <a href="https://github.com/redis/redis-specifications">RESP3
 * specification</a>.
 */
final class TrackingConnection implements AutoCloseable {
  /** Limits the memory for one reply. The keys and names that are expected are shorter. */
  private static final int MAX_STRING = 1 << 20;

  private static final int MAX_ELEMENTS = 1 << 20;
  private static final int MAX_DEPTH = 8;
  private static final byte[] LINE_BREAK = {'\r', '\n'};

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final Consumer<List<byte[]>> onChanged;
  private final Runnable onFlushed;

  /** An error that the server replied, for example if it does not support a command. */
  static final class ServerErrorException extends IOException {
    private static final long serialVersionUID = 1L;

    ServerErrorException(String message) {
      super(message);
    }
  }

  /**
   * Uses a connected socket.
   *
   * @param onChanged receives the changed keys
   * @param onFlushed is called when all keys were deleted
   */
  TrackingConnection(Socket socket, Consumer<List<byte[]>> onChanged, Runnable onFlushed)
      throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
    this.onChanged = onChanged;
    this.onFlushed = onFlushed;
  }

  /**
   * Starts the reports for all keys with the given prefixes. Blocks for at most the time-out of the
   * socket per reply.
   *
   * @throws ServerErrorException if the server replies with an error
   */
  void start(@Nullable RedisCredentials credentials, List<String> prefixes) throws IOException {
    List<byte[]> hello = new ArrayList<>(words("HELLO", "3"));
    char @Nullable [] password = credentials == null ? null : credentials.getPassword();
    if (credentials != null && password != null) {
      String user = credentials.getUser();
      hello.addAll(words("AUTH", user == null ? "default" : user, new String(password)));
    }
    hello.addAll(words("SETNAME", "semcache-near"));
    call(hello);
    List<byte[]> tracking = new ArrayList<>(words("CLIENT", "TRACKING", "ON", "BCAST"));
    prefixes.forEach(prefix -> tracking.addAll(words("PREFIX", prefix)));
    call(tracking);
  }

  /** Checks that the server responds, and handles all reports that it sent before. */
  void ping() throws IOException {
    call(words("PING"));
  }

  /**
   * Handles the reports that arrive within a period.
   *
   * @param millis the period, at least 1
   * @param replyMillis the maximum time to read the rest of a report that has begun
   */
  void handleReports(int millis, int replyMillis) throws IOException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = millis; left > 0; left = millisUntil(end)) {
      socket.setSoTimeout((int) left);
      in.mark(1);
      try {
        if (in.read() < 0) {
          throw new EOFException("the server closed the connection");
        }
      } catch (SocketTimeoutException e) {
        return;
      } finally {
        socket.setSoTimeout(replyMillis);
      }
      in.reset();
      @Nullable Object reply = read(0);
      if (!(reply instanceof Push)) {
        throw new IOException("the server sent a reply without a request");
      }
    }
  }

  private static long millisUntil(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos - System.nanoTime());
  }

  private static List<byte[]> words(String... words) {
    return Arrays.stream(words).map(Utf8::encode).toList();
  }

  private void call(List<byte[]> command) throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(Utf8.encode("*" + command.size()));
    request.writeBytes(LINE_BREAK);
    for (byte[] word : command) {
      request.writeBytes(Utf8.encode("$" + word.length));
      request.writeBytes(LINE_BREAK);
      request.writeBytes(word);
      request.writeBytes(LINE_BREAK);
    }
    out.write(request.toByteArray());
    out.flush();
    @Nullable Object reply;
    do {
      reply = read(0);
    } while (reply instanceof Push);
  }

  /** A message that the server sent without a request. It has been handled. */
  private enum Push {
    HANDLED
  }

  /** Reads a value and handles it if it is a push message. */
  private @Nullable Object read(int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new IOException("the reply is nested too deeply");
    }
    int type = in.read();
    String line = readLine();
    return switch (type) {
      case '+', ':', '#', ',', '(' -> line;
      case '_' -> null;
      case '-' -> throw new ServerErrorException(line);
      case '$', '=' -> readString(length(line, MAX_STRING));
      case '*', '~' -> readList(length(line, MAX_ELEMENTS), depth);
      case '%' -> readList(2 * length(line, MAX_ELEMENTS), depth);
      case '>' -> handle(readList(length(line, MAX_ELEMENTS), depth));
      default -> throw new IOException("the reply has an unknown type");
    };
  }

  private static int length(String line, int max) throws IOException {
    try {
      int length = Integer.parseInt(line);
      if (length <= max) {
        return Math.max(0, length);
      }
    } catch (NumberFormatException e) {
      // Handled below.
    }
    throw new IOException("the reply has an invalid length");
  }

  private String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = readByte(); next != '\r'; next = readByte()) {
      line.write(next);
      if (line.size() > MAX_STRING) {
        throw new IOException("the reply has a line that is too long");
      }
    }
    readByte();
    return line.toString(StandardCharsets.UTF_8);
  }

  private int readByte() throws IOException {
    int next = in.read();
    if (next < 0) {
      throw new EOFException("the server closed the connection");
    }
    return next;
  }

  private byte[] readString(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    readByte();
    readByte();
    return bytes;
  }

  private List<@Nullable Object> readList(int length, int depth) throws IOException {
    List<@Nullable Object> elements = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      elements.add(read(depth + 1));
    }
    return elements;
  }

  /** Handles {@code ["invalidate", [key, ...]]}, or a null instead of the keys after FLUSHALL. */
  private Push handle(List<@Nullable Object> message) {
    if (message.size() == 2
        && message.get(0) instanceof byte[] kind
        && Utf8.decode(kind).equals("invalidate")) {
      if (message.get(1) instanceof List<?> keys) {
        onChanged.accept(keys.stream().map(byte[].class::cast).toList());
      } else {
        onFlushed.run();
      }
    }
    return Push.HANDLED;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
