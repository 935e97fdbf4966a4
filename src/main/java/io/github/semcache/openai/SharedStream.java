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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A stream of the model that several callers read along, and that is kept once its terminal marker
 * came. Whoever needs more than there is fetches it for all, so a reader that stands still holds up
 * nobody. Reading does not wait for the keeping, but closing does. The model's stream is closed
 * with its last reader.
 */
final class SharedStream {
  private static final int CHUNK = 8192;

  private final HttpResponse upstream;
  private final Headers headers;
  private final CacheCall.Lead lead;
  private final ModelApi api;
  private final ModelApi.Assembly assembly;
  private final Executor executor;
  private final EventScanner scanner = new EventScanner(this::onEvent);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private byte[] bytes = new byte[CHUNK];
  private int size;
  private int readers;
  private boolean fetching;
  private boolean closed;
  private boolean ended;
  private Optional<IOException> failure = Optional.empty();

  /** Keeps the answer; there from the terminal marker on. */
  private volatile Optional<FutureTask<Void>> keeping = Optional.empty();

  SharedStream(HttpResponse upstream, CacheCall.Lead lead, ModelApi api, Executor executor) {
    this.upstream = upstream;
    this.headers = BufferedResponse.marked(upstream.headers());
    this.lead = lead;
    this.api = api;
    this.assembly = api.assembly();
    this.executor = executor;
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
        while (position == size && failure.isEmpty() && !ended && fetching) {
          changed.await();
        }
        if (position < size) {
          int count = Math.min(length, size - position);
          System.arraycopy(bytes, position, into, offset, count);
          return count;
        }
        if (failure.isPresent()) {
          throw failure.get();
        }
        if (ended) {
          return -1;
        }
        checkInterrupt();
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

  /** A reader that is interrupted must not break the stream off for the others. */
  private static void checkInterrupt() throws InterruptedException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedException();
    }
  }

  private void fetch() throws InterruptedIOException {
    byte[] chunk = new byte[CHUNK];
    int count = 0;
    Optional<IOException> trouble = Optional.empty();
    try {
      count = upstream.body().read(chunk);
      scan(chunk, count);
    } catch (IOException e) {
      if (e instanceof InterruptedIOException own && Thread.currentThread().isInterrupted()) {
        throw own;
      }
      trouble = Optional.of(e);
      lead.fail(e);
    } finally {
      fetched(chunk, count, trouble);
    }
  }

  private void fetched(byte[] chunk, int count, Optional<IOException> trouble) {
    lock.lock();
    try {
      append(chunk, Math.max(0, count));
      ended = count < 0;
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

  /** What the callers read stays as it is, whatever is wrong with it; only nothing is kept. */
  private void scan(byte[] chunk, int count) {
    if (keeping.isPresent()) {
      return;
    }
    try {
      if (count >= 0) {
        scanner.scan(chunk, count);
        return;
      }
      scanner.end();
      if (keeping.isEmpty()) {
        throw new EOFException("the stream ended without its terminal marker");
      }
    } catch (IOException | RuntimeException e) {
      lead.fail(e);
    }
  }

  private void onEvent(String data) throws IOException {
    if (keeping.isEmpty()) {
      assembly.accept(data).ifPresent(this::startKeeping);
    }
  }

  private void startKeeping(ObjectNode answer) {
    FutureTask<Void> task = new FutureTask<>(() -> keep(answer), null);
    keeping = Optional.of(task);
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      task.run();
    }
  }

  private void keep(ObjectNode answer) {
    ChatReply reply;
    try {
      reply = api.reply(answer).payload(Json.text(answer));
    } catch (RuntimeException e) {
      lead.fail(new IOException("the stream is no answer", e));
      return;
    }
    lead.complete(reply);
  }

  /** Afterwards an answer that came to its end is kept, for this caller's next call to find. */
  private void close() {
    boolean last = leave();
    try {
      keeping.ifPresent(SharedStream::finish);
    } finally {
      if (last) {
        lead.abandon();
        upstream.close();
      }
    }
  }

  private boolean leave() {
    lock.lock();
    try {
      readers--;
      closed = closed || readers == 0;
      return readers == 0;
    } finally {
      lock.unlock();
    }
  }

  /** Runs the task here if it has not begun, so that a busy executor is not waited for. */
  private static void finish(FutureTask<Void> task) {
    task.run();
    try {
      task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException trouble) {
        throw trouble;
      }
      throw new IllegalStateException("the stream could not be kept", e.getCause());
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
