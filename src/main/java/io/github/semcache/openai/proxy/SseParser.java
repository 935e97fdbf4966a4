package io.github.semcache.openai.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Optional;

/** An incremental parser of server-sent events. This class is not thread-safe. */
final class SseParser {
  private final EventHandler handler;

  /** The bytes of the current event, which is not complete yet. */
  private final ByteArrayOutputStream raw = new ByteArrayOutputStream();

  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final StringBuilder data = new StringBuilder();
  private boolean hasData;
  private boolean afterCarriageReturn;

  SseParser(EventHandler handler) {
    this.handler = handler;
  }

  /** Parses the next bytes of the stream. */
  void parse(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      parse(bytes[i]);
    }
  }

  private void parse(byte next) {
    raw.write(next);
    if (next == '\n' && afterCarriageReturn) {
      afterCarriageReturn = false;
      return;
    }
    afterCarriageReturn = next == '\r';
    if (next == '\n' || next == '\r') {
      endLine();
    } else {
      line.write(next);
    }
  }

  private void endLine() {
    String text = line.toString(UTF_8);
    line.reset();
    if (text.isEmpty()) {
      endEvent();
    } else if (text.startsWith("data:")) {
      String value = text.substring("data:".length());
      data.append(hasData ? "\n" : "").append(value.startsWith(" ") ? value.substring(1) : value);
      hasData = true;
    }
  }

  private void endEvent() {
    Optional<String> eventData = hasData ? Optional.of(data.toString()) : Optional.empty();
    data.setLength(0);
    hasData = false;
    handler.onEvent(takePending(), eventData);
  }

  /** Handles the end of the stream, which also ends the current event. */
  void end() {
    endLine();
    endEvent();
  }

  /** Removes and returns the bytes of the current event. The handler does not receive them. */
  byte[] takePending() {
    byte[] pending = raw.toByteArray();
    raw.reset();
    return pending;
  }

  /** Returns the number of bytes of the current event. */
  int pendingBytes() {
    return raw.size();
  }

  /** Receives the events. */
  @FunctionalInterface
  interface EventHandler {

    /**
     * Handles a complete event.
     *
     * @param raw the bytes of the event and the line breaks that end it. If these end with a
     *     carriage return, a following line feed is part of the next event
     * @param data the data of the event; empty if it has none, for example if it is a comment
     */
    void onEvent(byte[] raw, Optional<String> data);
  }
}
