package io.github.semcache.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Finds the server-sent events in the bytes of a stream as they come. */
final class EventScanner {
  private final EventHandler handler;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final StringBuilder data = new StringBuilder();
  private boolean hasData;
  private boolean afterReturn;

  EventScanner(EventHandler handler) {
    this.handler = handler;
  }

  void scan(byte[] bytes, int length) throws IOException {
    for (int i = 0; i < length; i++) {
      scan(bytes[i]);
    }
  }

  private void scan(byte next) throws IOException {
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

  private void endLine() throws IOException {
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

  private void endEvent() throws IOException {
    if (hasData) {
      handler.onEvent(data.toString());
    }
    data.setLength(0);
    hasData = false;
  }

  /** The stream has ended: what has come of the last event is all of it. */
  void end() throws IOException {
    endLine();
    endEvent();
  }

  /** Is told the data of each event. */
  @FunctionalInterface
  interface EventHandler {
    void onEvent(String data) throws IOException;
  }
}
