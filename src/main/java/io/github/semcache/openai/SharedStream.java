package io.github.semcache.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.http.Headers;
import com.openai.core.http.HttpResponse;
import io.github.semcache.CacheCall;
import io.github.semcache.chat.ChatReply;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A stream of the model that several callers read along, and that is kept once its terminal marker
 * came. Whoever needs more than there is fetches it for all, so a reader that stands still holds up
 * nobody. It is closed with its last reader.
 */
final class SharedStream {
  private static final int CHUNK = 8192;

  private final HttpResponse upstream;
  private final Headers headers;
  private final CacheCall.Lead lead;
  private final ModelApi api;
  private final ModelApi.Assembly assembly;
  private final EventScanner scanner = new EventScanner(this::onEvent);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private byte[] bytes = new byte[CHUNK];
  private int size;
  private int released;
  private int readers;
  private boolean fetching;
  private boolean closed;
  private boolean ended;
  private Optional<IOException> failure = Optional.empty();

  private volatile Optional<ObjectNode> answer = Optional.empty();
  private volatile long answerStart;
  private volatile boolean settled;

  SharedStream(HttpResponse upstream, CacheCall.Lead lead, ModelApi api) {
    this.upstream = upstream;
    this.headers = BufferedResponse.marked(upstream.headers());
    this.lead = lead;
    this.api = api;
    this.assembly = api.assembly();
  }

  /** The stream from its beginning, for one more caller; empty if it was closed. */
  Optional<HttpResponse> open() {
    lock.lock();
    try {
      if (closed) {
        return Optional.empty();
      }
      readers++;
      return Optional.of(new OpenResponse(upstream.statusCode(), headers, new Reader()));
    } finally {
      lock.unlock();
    }
  }

  /** Copies what there is from a position on, or fetches more; -1 at the end. */
  private int read(int position, byte[] into, int offset, int length) throws IOException {
    while (true) {
      lock.lock();
      try {
        while (position == released && failure.isEmpty() && !ended && fetching) {
          changed.await();
        }
        if (position < released) {
          int count = Math.min(length, released - position);
          System.arraycopy(bytes, position, into, offset, count);
          return count;
        }
        if (failure.isPresent()) {
          throw failure.get();
        }
        if (ended) {
          return -1;
        }
        fetching = true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while waiting for the stream");
      } finally {
        lock.unlock();
      }
      fetch();
    }
  }

  /** Gets the next bytes; or, once the terminal marker was seen, keeps the answer first. */
  private void fetch() {
    byte[] chunk = new byte[CHUNK];
    int count = 0;
    Optional<IOException> trouble = Optional.empty();
    try {
      if (answer.isPresent() && !settled) {
        settle();
      } else {
        count = upstream.body().read(chunk);
        scan(chunk, count);
      }
    } catch (IOException e) {
      trouble = Optional.of(e);
      fail(e);
    } finally {
      fetched(chunk, count, trouble);
    }
  }

  private void fetched(byte[] chunk, int count, Optional<IOException> trouble) {
    lock.lock();
    try {
      append(chunk, Math.max(0, count));
      released = settled || answer.isEmpty() ? size : Math.max(released, (int) answerStart);
      ended = count < 0 && released == size;
      failure = trouble;
      fetching = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void append(byte[] chunk, int count) {
    if (size + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + count, 2 * bytes.length));
    }
    System.arraycopy(chunk, 0, bytes, size, count);
    size += count;
  }

  private void scan(byte[] chunk, int count) {
    if (settled || answer.isPresent()) {
      return;
    }
    try {
      if (count >= 0) {
        scanner.scan(chunk, count);
        return;
      }
      scanner.end();
      if (answer.isEmpty()) {
        throw new EOFException("the stream ended without its terminal marker");
      }
    } catch (IOException e) {
      fail(e);
    }
  }

  private void onEvent(String data, long start) throws IOException {
    if (answer.isEmpty()) {
      answer = assembly.accept(data);
      answerStart = start;
    }
  }

  private void settle() {
    ChatReply reply;
    try {
      reply = api.reply(answer.orElseThrow());
    } catch (RuntimeException e) {
      fail(new IOException("the stream is no answer", e));
      return;
    }
    settled = true;
    lead.complete(reply);
  }

  /** What the callers read stays as it is; only nothing is kept of it. */
  private void fail(IOException e) {
    settled = true;
    lead.fail(e);
  }

  private void close() {
    boolean last;
    lock.lock();
    try {
      readers--;
      last = readers == 0;
      closed = closed || last;
    } finally {
      lock.unlock();
    }
    if (last) {
      end();
    }
  }

  private void end() {
    try {
      if (answer.isPresent() && !settled) {
        settle();
      }
    } finally {
      lead.abandon();
      upstream.close();
    }
  }

  /** The stream as one caller reads it. Used by one thread, but closed by any. */
  private final class Reader extends InputStream {
    private int position;
    private boolean readerClosed;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      int count = SharedStream.this.read(position, into, offset, length);
      position += Math.max(0, count);
      return count;
    }

    @Override
    public void close() {
      synchronized (this) {
        if (readerClosed) {
          return;
        }
        readerClosed = true;
      }
      SharedStream.this.close();
    }
  }
}
