package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Puts the answer together from a stream as it is fetched, and tells what of it the callers see:
 * everything as it is, whatever is wrong with it, but for a usage that they did not ask for. Used
 * by one thread at a time.
 */
final class StreamReading {
  private final ModelApi.Assembly assembly;
  private final Optional<UsageFilter> filter;
  private final EventScanner scanner = new EventScanner(this::onEvent);
  private final ByteArrayOutputStream passed = new ByteArrayOutputStream();
  private Optional<ObjectNode> answer = Optional.empty();
  private Optional<Exception> failure = Optional.empty();

  StreamReading(ModelApi api, boolean withholdsUsage) {
    this.assembly = api.assembly();
    this.filter = withholdsUsage ? Optional.of(new UsageFilter()) : Optional.empty();
  }

  /**
   * Takes what was fetched.
   *
   * @param count how many bytes, or a negative number at the end of the stream
   * @return what the callers see; all that was held back, if it is the end
   */
  byte[] accept(byte[] bytes, int count) {
    if (answer.isPresent()) {
      return Arrays.copyOf(bytes, Math.max(0, count));
    }
    if (count < 0) {
      end();
    } else {
      scanner.scan(bytes, count);
    }
    return filter.isEmpty() ? Arrays.copyOf(bytes, Math.max(0, count)) : takePassed();
  }

  private void end() {
    scanner.end();
    if (answer.isEmpty() && failure.isEmpty()) {
      failure = Optional.of(new EOFException("the stream ended without its terminal marker"));
    }
  }

  private byte[] takePassed() {
    if (answer.isPresent()) {
      passed.writeBytes(scanner.takeRest());
    }
    byte[] bytes = passed.toByteArray();
    passed.reset();
    return bytes;
  }

  private void onEvent(byte[] raw, Optional<String> data) {
    if (answer.isEmpty() && failure.isEmpty()) {
      data.ifPresent(this::assemble);
    }
    filter.ifPresent(usage -> passed.writeBytes(usage.visible(raw, data)));
  }

  private void assemble(String data) {
    try {
      answer = assembly.accept(data);
    } catch (IOException | RuntimeException e) {
      failure = Optional.of(e);
    }
  }

  /** The stream broke off: what was held back. */
  byte[] rest() {
    return filter.isPresent() ? scanner.takeRest() : new byte[0];
  }

  /** The whole answer; there from the terminal marker on. */
  Optional<ObjectNode> answer() {
    return answer;
  }

  /** Why there will be no answer. */
  Optional<Exception> failure() {
    return failure;
  }
}
