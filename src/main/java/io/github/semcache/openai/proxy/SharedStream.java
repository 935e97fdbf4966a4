package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.http.Headers;
import com.openai.core.http.HttpResponse;
import io.github.semcache.CacheCall;
import io.github.semcache.chat.ChatReply;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A stream of the model that several callers read along, and that is kept once its terminal marker
 * came. It is fetched as far as somebody wants to read it, so a reader that stands still holds up
 * nobody; no reader's thread fetches, so none can break it off for the others. Reading does not
 * wait for the keeping, but closing does. The model's stream is closed with its last reader; a read
 * of it that is under way ends first.
 */
final class SharedStream {
  private static final int CHUNK = 8192;
  private static final Executor FETCHERS = Executors.newCachedThreadPool(SharedStream::daemon);

  private final HttpResponse upstream;
  private final Headers headers;
  private final CacheCall.Lead lead;
  private final ModelApi api;
  private final StreamReading reading;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private byte[] bytes = new byte[CHUNK];
  private int size;
  private int readers;
  private boolean fetching;
  private boolean closed;
  private final AtomicBoolean upstreamClosed = new AtomicBoolean();
  private boolean whole;
  private boolean ended;
  private Optional<IOException> failure = Optional.empty();

  /** Keeps the answer; there from the terminal marker on. */
  private volatile Optional<FutureTask<Void>> keeping = Optional.empty();

  /**
   * A stream that nobody reads yet.
   *
   * @param withholdsUsage whether the usage is not for its readers
   */
  SharedStream(HttpResponse upstream, CacheCall.Lead lead, ModelApi api, boolean withholdsUsage) {
    this.upstream = upstream;
    this.headers = BufferedResponse.marked(upstream.headers());
    this.lead = lead;
    this.api = api;
    this.reading = new StreamReading(api, withholdsUsage);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "semcache-streams");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * The stream from its beginning, for one more caller; empty if it was closed before its terminal
   * marker came.
   */
  Optional<HttpResponse> open() {
    lock.lock();
    try {
      if (closed && !whole) {
        return Optional.empty();
      }
      readers++;
      return Optional.of(new OpenResponse(upstream.statusCode(), headers, new Reader()));
    } finally {
      lock.unlock();
    }
  }

  /** Copies what there is from the reader's position on, or waits for more; -1 at the end. */
  private int read(Reader reader, byte[] into, int offset, int length) throws IOException {
    lock.lock();
    try {
      while (reader.position == size && !reader.closed && failure.isEmpty() && !ended) {
        startFetching();
        changed.await();
      }
      if (reader.closed) {
        throw new IOException("the stream is closed");
      }
      int count = Math.min(length, size - reader.position);
      if (count > 0) {
        System.arraycopy(bytes, reader.position, into, offset, count);
        reader.position += count;
        return count;
      }
      if (failure.isPresent()) {
        throw failure.get();
      }
      return -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the stream");
    } finally {
      lock.unlock();
    }
  }

  private void startFetching() {
    if (!fetching) {
      FETCHERS.execute(this::fetch);
      fetching = true;
    }
  }

  private void fetch() {
    byte[] visible = {};
    boolean end = false;
    Optional<IOException> trouble = Optional.empty();
    try {
      byte[] chunk = new byte[CHUNK];
      int count = upstream.body().read(chunk);
      end = count < 0;
      visible = read(chunk, count);
    } catch (Throwable e) {
      trouble =
          Optional.of(e instanceof IOException io ? io : new IOException("reading failed", e));
      visible = reading.rest();
      lead.fail(e);
    } finally {
      boolean last = fetched(visible, end, trouble);
      if (last) {
        closeUpstream();
      }
    }
    keeping.ifPresent(FutureTask::run);
  }

  private byte[] read(byte[] chunk, int count) {
    byte[] visible = reading.accept(chunk, count);
    reading.failure().ifPresent(lead::fail);
    if (keeping.isEmpty()) {
      keeping = reading.answer().map(answer -> new FutureTask<>(() -> keep(answer), null));
    }
    return visible;
  }

  /** Whether all readers have left in the meantime. */
  private boolean fetched(byte[] visible, boolean end, Optional<IOException> trouble) {
    lock.lock();
    try {
      append(visible);
      whole = keeping.isPresent();
      ended = closed || end;
      failure = trouble;
      fetching = false;
      changed.signalAll();
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private void append(byte[] more) {
    if (size + more.length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more.length, 2 * bytes.length));
    }
    System.arraycopy(more, 0, bytes, size, more.length);
    size += more.length;
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
  private void close(Reader reader) {
    boolean last;
    boolean idle;
    lock.lock();
    try {
      if (reader.closed) {
        return;
      }
      reader.closed = true;
      readers--;
      last = readers == 0;
      idle = !fetching;
      closed = closed || last;
      ended = ended || (last && idle);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      keeping.ifPresent(SharedStream::finish);
    } finally {
      if (last) {
        lead.abandon();
      }
      if (last && idle) {
        closeUpstream();
      }
    }
  }

  /** Once: the last reader may have been followed by another one, and both leave together. */
  private void closeUpstream() {
    if (upstreamClosed.compareAndSet(false, true)) {
      upstream.close();
    }
  }

  /** Runs the task here if it has not begun. */
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

  /** The stream as one caller reads it. Read by one thread, but closed by any. */
  private final class Reader extends InputStream {
    private int position;
    private boolean closed;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      return length == 0 ? 0 : SharedStream.this.read(this, into, offset, length);
    }

    @Override
    public void close() {
      SharedStream.this.close(this);
    }
  }
}
