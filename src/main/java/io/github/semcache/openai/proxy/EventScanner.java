package io.github.semcache.openai.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Optional;

/** Finds the server-sent events in the bytes of a stream as they come. */
final class EventScanner {
  private final EventHandler handler;
  private final ByteArrayOutputStream raw = new ByteArrayOutputStream();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final StringBuilder data = new StringBuilder();
  private boolean hasData;
  private boolean afterReturn;

  EventScanner(EventHandler handler) {
    this.handler = handler;
  }

  void scan(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      scan(bytes[i]);
    }
  }

  private void scan(byte next) {
    raw.write(next);
    if (next == '\n' && afterReturn) {
      afterReturn = false;
      return;
    }
    afterReturn = next == '\r';
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
    Optional<String> whole = hasData ? Optional.of(data.toString()) : Optional.empty();
    data.setLength(0);
    hasData = false;
    handler.onEvent(takeRest(), whole);
  }

  /** The stream has ended: what has come of the last event is all of it. */
  void end() {
    endLine();
    endEvent();
  }

  /** The bytes of the event that has not come to its end; they are not given to the handler. */
  byte[] takeRest() {
    byte[] rest = raw.toByteArray();
    raw.reset();
    return rest;
  }

  /** Is told each event as it ends. */
  @FunctionalInterface
  interface EventHandler {

    /**
     * An event has come to its end.
     *
     * @param raw all of its bytes, with the line breaks that end it. That after a carriage return
     *     comes with the next event
     * @param data empty if it has none, as a comment
     */
    void onEvent(byte[] raw, Optional<String> data);
  }
}
