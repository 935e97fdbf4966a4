package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Writes server-sent events. This class is not thread-safe. */
final class SseWriter {
  private final StringBuilder events = new StringBuilder();

  SseWriter data(ObjectNode data) {
    return data(OpenAiJson.text(data));
  }

  /** Writes an event. The data must not contain line breaks. */
  SseWriter data(String data) {
    events.append("data: ").append(data).append("\n\n");
    return this;
  }

  SseWriter event(String name, ObjectNode data) {
    events.append("event: ").append(name).append('\n');
    return data(data);
  }

  String text() {
    return events.toString();
  }
}
