package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Converts a complete response to the events that the responses API streams for it. */
final class ResponseEvents {
  private final SseWriter events = new SseWriter();
  private long sequenceNumber;

  private ResponseEvents() {}

  /** Returns the server-sent events of a response. */
  static String of(ObjectNode response) {
    ResponseEvents writer = new ResponseEvents();
    writer.writeResponse(response);
    return writer.events.text();
  }

  private void writeResponse(ObjectNode response) {
    ObjectNode started = response.deepCopy().put("status", "in_progress");
    started.putArray("output");
    started.putNull("usage");
    write("response.created", OpenAiJson.newObject().set("response", started));
    write("response.in_progress", OpenAiJson.newObject().set("response", started));
    int index = 0;
    for (JsonNode item : response.path("output")) {
      writeItem(index++, item);
    }
    write(terminalEvent(response), OpenAiJson.newObject().set("response", response));
  }

  private static String terminalEvent(ObjectNode response) {
    return switch (response.path("status").asText()) {
      case "incomplete" -> "response.incomplete";
      case "failed" -> "response.failed";
      default -> "response.completed";
    };
  }

  private void writeItem(int index, JsonNode item) {
    ObjectNode added = item.deepCopy();
    for (String list : List.of("content", "summary")) {
      if (added.has(list)) {
        added.putArray(list);
      }
    }
    if (added.has("status")) {
      added.put("status", "in_progress");
    }
    write("response.output_item.added", location(index).set("item", added));
    writeParts(index, item);
    write("response.output_item.done", location(index).set("item", item));
  }

  private void writeParts(int index, JsonNode item) {
    boolean isMessage = item.path("type").asText().equals("message");
    int contentIndex = 0;
    for (JsonNode part : item.path("content")) {
      if (isMessage) {
        ObjectNode location = location(index, item).put("content_index", contentIndex++);
        writePart(location, "response.content_part", part);
      }
    }
    int summaryIndex = 0;
    for (JsonNode part : item.path("summary")) {
      ObjectNode location = location(index, item).put("summary_index", summaryIndex++);
      writePart(location, "response.reasoning_summary_part", part);
    }
    if (item.has("arguments")) {
      writeText(location(index, item), "response.function_call_arguments", "arguments", item);
    }
  }

  /** Writes the part without its text, the text as one delta, and the complete part. */
  private void writePart(ObjectNode location, String event, JsonNode part) {
    ObjectNode added = part.deepCopy();
    String field = part.has("refusal") ? "refusal" : "text";
    added.put(field, "");
    write(event + ".added", location.deepCopy().set("part", added));
    writeText(location, textEvent(part), field, part);
    write(event + ".done", location.deepCopy().set("part", part));
  }

  private static String textEvent(JsonNode part) {
    return switch (part.path("type").asText()) {
      case "refusal" -> "response.refusal";
      case "summary_text" -> "response.reasoning_summary_text";
      default -> "response.output_text";
    };
  }

  private void writeText(ObjectNode location, String event, String field, JsonNode holder) {
    ObjectNode delta = location.deepCopy();
    ObjectNode done = location.deepCopy();
    if (event.equals("response.output_text")) {
      copyLogprobs(holder, delta);
      copyLogprobs(holder, done);
    }
    write(event + ".delta", delta.put("delta", holder.path(field).asText()));
    write(event + ".done", done.put(field, holder.path(field).asText()));
  }

  private static void copyLogprobs(JsonNode from, ObjectNode to) {
    if (from.has("logprobs")) {
      to.set("logprobs", from.path("logprobs").deepCopy());
    } else {
      to.putArray("logprobs");
    }
  }

  private static ObjectNode location(int outputIndex) {
    return OpenAiJson.newObject().put("output_index", outputIndex);
  }

  private static ObjectNode location(int outputIndex, JsonNode item) {
    return location(outputIndex).put("item_id", item.path("id").asText());
  }

  private void write(String type, JsonNode event) {
    ObjectNode numbered = OpenAiJson.newObject().put("type", type);
    numbered.setAll((ObjectNode) event);
    events.event(type, numbered.put("sequence_number", sequenceNumber++));
  }
}
