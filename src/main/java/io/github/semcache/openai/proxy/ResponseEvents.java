package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Converts a complete response to the events that the responses API streams for it. */
final class ResponseEvents {
  /** The types of items whose content is streamed. */
  private static final Set<String> CONTENT_TYPES = Set.of("message", "reasoning");

  /** The steps before the completion of items that are calls of tools of the service. */
  private static final Map<String, List<String>> STEPS =
      Map.of(
          "web_search_call", List.of("in_progress", "searching"),
          "file_search_call", List.of("in_progress", "searching"),
          "code_interpreter_call", List.of("in_progress", "interpreting"),
          "image_generation_call", List.of("in_progress", "generating"),
          "mcp_call", List.of("in_progress"),
          "mcp_list_tools", List.of("in_progress"));

  /** The types of items whose calls may fail. The item then contains an error. */
  private static final Set<String> FALLIBLE = Set.of("mcp_call", "mcp_list_tools");

  /** The events for the input of calls, by the type of the item and the name of the field. */
  private static final Map<String, String> INPUT_EVENTS =
      Map.of(
          "function_call arguments", "response.function_call_arguments",
          "mcp_call arguments", "response.mcp_call_arguments",
          "custom_tool_call input", "response.custom_tool_call_input",
          "code_interpreter_call code", "response.code_interpreter_call_code");

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
    String type = item.path("type").asText();
    for (String step : STEPS.getOrDefault(type, List.of())) {
      write("response." + type + "." + step, location(index, item));
    }
    int contentIndex = 0;
    for (JsonNode part : item.path("content")) {
      if (CONTENT_TYPES.contains(type)) {
        ObjectNode location = location(index, item).put("content_index", contentIndex++);
        writePart(location, "response.content_part", part);
      }
    }
    int summaryIndex = 0;
    for (JsonNode part : item.path("summary")) {
      ObjectNode location = location(index, item).put("summary_index", summaryIndex++);
      writePart(location, "response.reasoning_summary_part", part);
    }
    for (String field : List.of("arguments", "input", "code")) {
      String event = INPUT_EVENTS.get(type + " " + field);
      if (event != null && item.path(field).isTextual()) {
        writeText(location(index, item), event, field, item);
      }
    }
    if (STEPS.containsKey(type)) {
      boolean failed = FALLIBLE.contains(type) && OpenAiJson.hasValue(item, "error");
      write("response." + type + (failed ? ".failed" : ".completed"), location(index, item));
    }
    switch (type) {
      case "compaction" -> write("response.compaction.compacting", location(index, item));
      case "shell_call" -> writeCommands(index, item);
      case "shell_call_output" -> writeOutputs(index, item);
      default -> {}
    }
  }

  private void writeCommands(int index, JsonNode item) {
    int commandIndex = 0;
    for (JsonNode command : item.path("action").path("commands")) {
      ObjectNode location = location(index).put("command_index", commandIndex++);
      String event = "response.shell_call_command";
      write(event + ".added", location.deepCopy().put("command", ""));
      write(event + ".delta", location.deepCopy().set("delta", command));
      write(event + ".done", location.deepCopy().set("command", command));
    }
  }

  private void writeOutputs(int index, JsonNode item) {
    int commandIndex = 0;
    for (JsonNode output : item.path("output")) {
      ObjectNode location = location(index, item).put("command_index", commandIndex++);
      ObjectNode delta = OpenAiJson.newObject();
      for (String stream : List.of("stdout", "stderr")) {
        delta.set(stream, output.path(stream).deepCopy());
      }
      String event = "response.shell_call_output_content";
      write(event + ".delta", location.deepCopy().set("delta", delta));
      ObjectNode done = location.deepCopy();
      done.putArray("output").add(output.deepCopy());
      write(event + ".done", done);
    }
  }

  /** Writes the part without its text, the text as one delta, and the complete part. */
  private void writePart(ObjectNode location, String event, JsonNode part) {
    ObjectNode empty = part.deepCopy();
    String field = part.has("refusal") ? "refusal" : "text";
    empty.put(field, "");
    if (part.has("annotations")) {
      empty.putArray("annotations");
    }
    write(event + ".added", location.deepCopy().set("part", empty));
    writeText(location, textEvent(part), field, part);
    int annotationIndex = 0;
    for (JsonNode annotation : part.path("annotations")) {
      ObjectNode added = location.deepCopy().put("annotation_index", annotationIndex++);
      write("response.output_text.annotation.added", added.set("annotation", annotation));
    }
    write(event + ".done", location.deepCopy().set("part", part));
  }

  private static String textEvent(JsonNode part) {
    return switch (part.path("type").asText()) {
      case "refusal" -> "response.refusal";
      case "summary_text" -> "response.reasoning_summary_text";
      case "reasoning_text" -> "response.reasoning_text";
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
