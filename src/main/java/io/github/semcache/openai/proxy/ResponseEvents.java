package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The events by which the responses API streams a whole response. */
final class ResponseEvents {
  private final EventWriter events = new EventWriter();
  private long sequence;

  ResponseEvents(ObjectNode response) {
    ObjectNode begun = response.deepCopy().put("status", "in_progress");
    begun.putArray("output");
    begun.putNull("usage");
    write("response.created", Json.newObject().set("response", begun));
    write("response.in_progress", Json.newObject().set("response", begun));
    int index = 0;
    for (JsonNode item : response.path("output")) {
      item(index++, item);
    }
    String last =
        switch (response.path("status").asText()) {
          case "incomplete" -> "response.incomplete";
          case "failed" -> "response.failed";
          default -> "response.completed";
        };
    write(last, Json.newObject().set("response", response));
  }

  private void item(int index, JsonNode item) {
    ObjectNode begun = item.deepCopy();
    for (String filledLater : new String[] {"content", "summary"}) {
      if (begun.has(filledLater)) {
        begun.putArray(filledLater);
      }
    }
    if (begun.has("status")) {
      begun.put("status", "in_progress");
    }
    write("response.output_item.added", at(index).set("item", begun));
    parts(index, item);
    write("response.output_item.done", at(index).set("item", item));
  }

  private void parts(int index, JsonNode item) {
    boolean isMessage = item.path("type").asText().equals("message");
    int number = 0;
    for (JsonNode part : item.path("content")) {
      if (isMessage) {
        part(at(index, item).put("content_index", number++), "response.content_part", part);
      }
    }
    number = 0;
    for (JsonNode part : item.path("summary")) {
      part(at(index, item).put("summary_index", number++), "response.reasoning_summary_part", part);
    }
    if (item.has("arguments")) {
      text(at(index, item), "response.function_call_arguments", "arguments", item);
    }
  }

  /** A part without its text, then the text in one piece, then the part as it is. */
  private void part(ObjectNode place, String event, JsonNode part) {
    ObjectNode begun = part.deepCopy();
    String field = part.has("refusal") ? "refusal" : "text";
    begun.put(field, "");
    write(event + ".added", place.deepCopy().set("part", begun));
    text(place, textEvent(part), field, part);
    write(event + ".done", place.deepCopy().set("part", part));
  }

  private static String textEvent(JsonNode part) {
    return switch (part.path("type").asText()) {
      case "refusal" -> "response.refusal";
      case "summary_text" -> "response.reasoning_summary_text";
      default -> "response.output_text";
    };
  }

  private void text(ObjectNode place, String event, String field, JsonNode holder) {
    ObjectNode delta = place.deepCopy();
    ObjectNode done = place.deepCopy();
    if (event.equals("response.output_text")) {
      delta.set("logprobs", holder.path("logprobs").deepCopy());
      done.set("logprobs", holder.path("logprobs").deepCopy());
      if (!holder.has("logprobs")) {
        delta.putArray("logprobs");
        done.putArray("logprobs");
      }
    }
    write(event + ".delta", delta.put("delta", holder.path(field).asText()));
    write(event + ".done", done.put(field, holder.path(field).asText()));
  }

  private static ObjectNode at(int index) {
    return Json.newObject().put("output_index", index);
  }

  private static ObjectNode at(int index, JsonNode item) {
    return at(index).put("item_id", item.path("id").asText());
  }

  private void write(String type, JsonNode event) {
    ObjectNode whole = Json.newObject().put("type", type);
    whole.setAll((ObjectNode) event);
    events.event(type, whole.put("sequence_number", sequence++));
  }

  String text() {
    return events.text();
  }
}
