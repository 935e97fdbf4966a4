package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Builds the answer from the bytes of a stream, and determines which of these bytes the callers
 * receive: all of them, including malformed events, except for a usage that they did not request.
 * Used by one thread at a time.
 */
final class StreamAssembler {
  /** The maximum length of an event that is filtered after {@link #giveUp}: 1 MiB. */
  private static final int MAX_FILTERED_BYTES = 1 << 20;

  private AnswerAccumulator accumulator;
  private Optional<UsageFilter> filter;
  private final Consumer<Throwable> onFailure;
  private final SseParser parser = new SseParser(this::onEvent);

  /** The filtered events, if there is a filter. */
  private final ByteArrayOutputStream filtered = new ByteArrayOutputStream();

  private Optional<ObjectNode> answer = Optional.empty();
  private Optional<Throwable> failure = Optional.empty();

  /** Whether no answer is built any more. */
  private boolean gaveUp;

  /**
   * Creates an assembler for one stream.
   *
   * @param api the format of the stream
   * @param removesUsage whether the usage is removed from the stream
   * @param onFailure notified if the stream is malformed
   */
  StreamAssembler(ModelApi api, boolean removesUsage, Consumer<Throwable> onFailure) {
    this.accumulator = api.newAccumulator();
    this.filter = removesUsage ? Optional.of(new UsageFilter()) : Optional.empty();
    this.onFailure = onFailure;
  }

  /**
   * Adds the next bytes of the stream.
   *
   * @param bytes the bytes
   * @param count the number of bytes; negative at the end of the stream
   * @return the next bytes for the callers. A filter holds incomplete events back until the end of
   *     the stream
   */
  byte[] add(byte[] bytes, int count) {
    if (answer.isPresent() || (gaveUp && filter.isEmpty())) {
      return Arrays.copyOf(bytes, Math.max(0, count));
    }
    if (count < 0) {
      end();
    } else {
      parser.parse(bytes, count);
    }
    return filter.isEmpty() ? Arrays.copyOf(bytes, Math.max(0, count)) : takeFiltered();
  }

  /** Stops building an answer. Without a filter, the next bytes are not parsed. */
  void giveUp() {
    gaveUp = true;
    accumulator = data -> Optional.empty();
    if (failure.isEmpty()) {
      failure = Optional.of(new IOException("the answer is too long to be stored"));
    }
  }

  private void end() {
    parser.end();
    if (answer.isEmpty() && failure.isEmpty()) {
      answer = accumulator.end();
    }
    if (answer.isEmpty() && failure.isEmpty()) {
      failure = Optional.of(new EOFException("the stream ended without its terminal marker"));
    }
  }

  private byte[] takeFiltered() {
    if (gaveUp && parser.pendingBytes() > MAX_FILTERED_BYTES) {
      filter = Optional.empty();
    }
    if (answer.isPresent() || filter.isEmpty()) {
      filtered.writeBytes(parser.takePending());
    }
    byte[] bytes = filtered.toByteArray();
    filtered.reset();
    return bytes;
  }

  private void onEvent(byte[] raw, Optional<String> data) {
    if (answer.isEmpty() && failure.isEmpty()) {
      data.ifPresent(this::accumulate);
    }
    filter.ifPresent(usage -> filtered.writeBytes(usage.filter(raw, data)));
  }

  private void accumulate(String data) {
    try {
      answer = accumulator.add(data);
    } catch (MalformedJsonException | RuntimeException | Error e) {
      onFailure.accept(e);
      failure = Optional.of(e);
    } catch (IOException e) {
      failure = Optional.of(e);
    }
  }

  /** Returns the bytes that are held back, for a stream that fails before its end. */
  byte[] takePending() {
    return filter.isPresent() ? parser.takePending() : new byte[0];
  }

  /** Returns the complete answer; empty before the terminal marker. */
  Optional<ObjectNode> answer() {
    return answer;
  }

  /** Returns the reason why the stream does not contain a complete answer. */
  Optional<Throwable> failure() {
    return failure;
  }
}
