package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Writes server-sent events. */
final class EventWriter {
  private final StringBuilder events = new StringBuilder();

  EventWriter data(ObjectNode data) {
    return data(Json.text(data));
  }

  /** An event of a text without line breaks. */
  EventWriter data(String data) {
    events.append("data: ").append(data).append("\n\n");
    return this;
  }

  EventWriter event(String name, ObjectNode data) {
    events.append("event: ").append(name).append('\n');
    return data(data);
  }

  String text() {
    return events.toString();
  }
}
