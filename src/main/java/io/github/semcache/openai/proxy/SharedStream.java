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
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A stream of the model that several callers read. Its answer is stored after its terminal marker.
 *
 * <p>The stream is read from the model when a reader needs more bytes, on a background thread,
 * which is a virtual thread if the reader's is. A slow reader therefore does not delay the others,
 * and an interrupted reader does not fail them. Reading does not wait until the answer is stored,
 * but closing does. The model's stream is closed with its last reader, after a background read that
 * is in progress.
 *
 * <p>This class is thread-safe.
 */
final class SharedStream {
  private static final int CHUNK_SIZE = 8192;

  private final HttpResponse upstream;
  private final Headers headers;
  private final CacheCall.Lead lead;
  private final ModelRequest request;
  private final StreamAssembler assembler;
  private final Consumer<Throwable> onFailure;
  private final AtomicBoolean upstreamClosed = new AtomicBoolean();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private byte[] bytes = new byte[CHUNK_SIZE];
  private int size;
  private int readers;
  private boolean fetching;

  /** Whether the last reader has closed the stream. */
  private boolean closed;

  /** Whether the terminal marker has been read. */
  private boolean complete;

  /** Whether no more bytes will be read from the model. */
  private boolean ended;

  private Optional<IOException> failure = Optional.empty();

  /** Stores the answer; present from the terminal marker on. */
  private volatile Optional<FutureTask<Void>> completion = Optional.empty();

  /**
   * Creates a stream without readers.
   *
   * @param upstream the response of the model
   * @param lead the lead, which is completed by the terminal marker
   * @param request the request that the stream answers
   * @param removesUsage whether the usage is removed from the stream
   * @param onFailure notified if the stream is malformed
   */
  SharedStream(
      HttpResponse upstream,
      CacheCall.Lead lead,
      ModelRequest request,
      boolean removesUsage,
      Consumer<Throwable> onFailure) {
    this.upstream = upstream;
    this.headers =
        request.marksHits()
            ? BufferedResponse.withModelSource(upstream.headers())
            : upstream.headers();
    this.lead = lead;
    this.request = request;
    this.assembler = new StreamAssembler(request.api(), removesUsage, onFailure);
    this.onFailure = onFailure;
  }

  /**
   * Returns the stream from its beginning, for one more reader.
   *
   * @return the response; empty if the stream was closed before its terminal marker
   */
  Optional<HttpResponse> open() {
    lock.lock();
    try {
      if (closed && !complete) {
        return Optional.empty();
      }
      readers++;
      return Optional.of(new InputStreamResponse(upstream.statusCode(), headers, new Reader()));
    } finally {
      lock.unlock();
    }
  }

  /** Reads from the position of the reader; waits for more bytes if there are none. */
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
      StreamThreads.execute(this::fetch);
      fetching = true;
    }
  }

  /** Reads the next bytes from the model. Runs on a background thread, one at a time. */
  private void fetch() {
    byte[] visible = {};
    boolean end = false;
    Optional<IOException> readFailure = Optional.empty();
    try {
      byte[] chunk = new byte[CHUNK_SIZE];
      int count = upstream.body().read(chunk);
      end = count < 0;
      visible = assemble(chunk, count);
    } catch (Throwable e) {
      readFailure =
          Optional.of(e instanceof IOException io ? io : new IOException("reading failed", e));
      visible = assembler.takePending();
      lead.fail(e);
    } finally {
      if (publish(visible, end, readFailure)) {
        closeUpstream();
      }
    }
    completion.ifPresent(FutureTask::run);
  }

  private byte[] assemble(byte[] chunk, int count) {
    byte[] visible = assembler.add(chunk, count);
    assembler.failure().ifPresent(lead::fail);
    if (completion.isEmpty()) {
      completion =
          assembler.answer().map(answer -> new FutureTask<>(() -> completeLead(answer), null));
    }
    return visible;
  }

  private void completeLead(ObjectNode answer) {
    ChatReply reply;
    try {
      reply =
          request.parseReply(answer).payload(HitMark.removeFrom(answer, OpenAiJson.text(answer)));
    } catch (RuntimeException e) {
      onFailure.accept(e);
      lead.fail(new IOException("the stream does not contain an answer", e));
      return;
    }
    lead.complete(reply);
  }

  /** Makes bytes available to the readers, and returns whether all readers have left. */
  private boolean publish(byte[] visible, boolean end, Optional<IOException> readFailure) {
    lock.lock();
    try {
      append(visible);
      complete = completion.isPresent();
      ended = closed || end;
      failure = readFailure;
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

  /** Waits until a complete answer is stored, so that the next call of this reader finds it. */
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
      completion.ifPresent(SharedStream::finish);
    } finally {
      if (last) {
        lead.abandon();
      }
      if (last && idle) {
        closeUpstream();
      }
    }
  }

  /** Closes the model's stream once, although several readers may be the last one in turn. */
  private void closeUpstream() {
    if (upstreamClosed.compareAndSet(false, true)) {
      upstream.close();
    }
  }

  /** Runs the task on this thread if it has not started, and waits until it is finished. */
  private static void finish(FutureTask<Void> task) {
    task.run();
    try {
      task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("the answer of the stream was not stored", e.getCause());
    }
  }

  /** The body for one caller. It is read by one thread, and closed by any thread. */
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
