package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.http.Headers;
import com.openai.core.http.HttpResponse;
import io.github.semcache.CacheCall;
import io.github.semcache.chat.ChatReply;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
 * <p>The bytes are held for readers that join later or are slower. If there are more than {@value
 * #MAX_BYTES}, the answer is not stored, no more readers join, and the bytes that all readers have
 * read are discarded. A reader that is then half of that number behind the fastest one fails.
 *
 * <p>This class is thread-safe.
 */
final class SharedStream {
  /** The maximum length of a stream whose answer is stored: 64 MiB, as of a reply of Redis. */
  static final int MAX_BYTES = 64 << 20;

  private static final int CHUNK_SIZE = 8192;

  private final HttpResponse upstream;
  private final Headers headers;
  private final CacheCall.Lead lead;
  private final ModelRequest request;
  private final StreamAssembler assembler;
  private final Consumer<Throwable> onFailure;
  private final int maxBytes;
  private final AtomicBoolean upstreamClosed = new AtomicBoolean();

  /** Created in advance, because it is needed when no memory is available. */
  private final IOException notRead = new IOException("the stream could not be read");

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Reader> readers = new ArrayList<>();

  /** The bytes of the stream after the discarded ones. */
  private byte[] bytes = new byte[CHUNK_SIZE];

  private int size;
  private long discarded;

  /** Whether the stream is too long to be held completely. */
  private boolean tooLong;

  /** The number of bytes that were assembled; used by one background read at a time. */
  private long assembled;

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
    this(upstream, lead, request, removesUsage, onFailure, MAX_BYTES);
  }

  /**
   * Creates a stream with another maximum, for tests.
   *
   * @param maxBytes the maximum length of a stream whose answer is stored
   */
  SharedStream(
      HttpResponse upstream,
      CacheCall.Lead lead,
      ModelRequest request,
      boolean removesUsage,
      Consumer<Throwable> onFailure,
      int maxBytes) {
    this.maxBytes = maxBytes;
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
   * @return the response; empty if the stream was closed before its terminal marker, or is too long
   *     to be shared
   */
  Optional<HttpResponse> open() {
    lock.lock();
    try {
      if (tooLong || (closed && !complete)) {
        return Optional.empty();
      }
      Reader reader = new Reader();
      readers.add(reader);
      return Optional.of(new InputStreamResponse(upstream.statusCode(), headers, reader));
    } finally {
      lock.unlock();
    }
  }

  /** Reads from the position of the reader; waits for more bytes if there are none. */
  private int read(Reader reader, byte[] into, int offset, int length) throws IOException {
    lock.lock();
    try {
      while (reader.position == end() && !reader.closed && failure.isEmpty() && !ended) {
        startFetching();
        changed.await();
      }
      if (reader.closed) {
        throw new IOException("the stream is closed");
      }
      if (reader.position < discarded) {
        throw new IOException("the stream is too long to wait for a slow reader");
      }
      int count = (int) Math.min(length, end() - reader.position);
      if (count > 0) {
        System.arraycopy(bytes, (int) (reader.position - discarded), into, offset, count);
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

  /** Returns the number of bytes that are or were available to the readers. */
  private long end() {
    return discarded + size;
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
    Optional<IOException> readFailure = Optional.of(notRead);
    try {
      byte[] chunk = new byte[CHUNK_SIZE];
      int count = upstream.body().read(chunk);
      end = count < 0;
      visible = assemble(chunk, count);
      readFailure = Optional.empty();
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
    assembled += visible.length;
    if (assembled > maxBytes && assembler.answer().isEmpty()) {
      lead.abandon(); // Nothing is stored. The calls that wait for the answer ask the model.
      assembler.giveUp();
    }
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
    } catch (RuntimeException | Error e) {
      onFailure.accept(e);
      lead.fail(new IOException("the stream does not contain an answer", e));
      return;
    }
    lead.complete(reply);
  }

  /** Makes bytes available to the readers, and returns whether all readers have left. */
  private boolean publish(byte[] visible, boolean end, Optional<IOException> readFailure) {
    Optional<IOException> published = Optional.of(notRead);
    lock.lock();
    try {
      append(visible);
      published = readFailure;
      return closed;
    } finally { // Also if memory is exhausted: the readers must not wait for ever.
      complete = completion.isPresent();
      ended = closed || end;
      failure = published;
      fetching = false;
      changed.signalAll();
      lock.unlock();
    }
  }

  private void append(byte[] more) {
    if ((long) size + more.length > maxBytes) {
      tooLong = true;
      discard(more.length);
    }
    int required = size + more.length;
    if (required > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.max(required, Math.min(2L * bytes.length, maxBytes)));
    }
    System.arraycopy(more, 0, bytes, size, more.length);
    size = required;
  }

  /** Discards the bytes that all readers have read, and at least half of the maximum. */
  private void discard(int needed) {
    long slowest = readers.stream().mapToLong(reader -> reader.position).min().orElse(end());
    long from = Math.min(end(), Math.max(slowest, end() + needed - maxBytes / 2));
    int count = (int) Math.max(0, from - discarded);
    System.arraycopy(bytes, count, bytes, 0, size - count);
    size -= count;
    discarded += count;
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
      readers.remove(reader);
      last = readers.isEmpty();
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
    private long position;
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
