package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Merges the choices of streamed chunks into those of a complete answer. Unknown fields are merged
 * by their JSON type, so that they are preserved. This class is not thread-safe.
 */
final class ChunkMerger {
  /** Text fields that are replaced; all other text fields are concatenated. */
  private static final Set<String> REPLACED_FIELDS = Set.of("format", "id", "name", "role", "type");

  private final Map<Integer, ObjectNode> choices = new TreeMap<>();

  /** Adds the choices of one chunk. */
  void add(JsonNode parts) {
    for (JsonNode part : parts) {
      ObjectNode choice =
          choices.computeIfAbsent(part.path("index").asInt(), ChunkMerger::emptyChoice);
      merge((ObjectNode) choice.get("message"), part.path("delta"));
      part.properties().stream()
          .filter(field -> !field.getKey().equals("delta"))
          .forEach(field -> mergeChoiceField(choice, field.getKey(), field.getValue()));
    }
  }

  private static ObjectNode emptyChoice(int index) {
    ObjectNode choice = OpenAiJson.newObject().put("index", index);
    choice.putObject("message").put("role", "assistant");
    return choice;
  }

  /** Replaces scalar fields, such as the index and the finish reason. */
  private static void mergeChoiceField(ObjectNode choice, String name, JsonNode value) {
    if (value.isContainerNode()) {
      mergeField(choice, name, value);
    } else if (!value.isNull() || !choice.has(name)) {
      choice.set(name, value);
    }
  }

  private static void merge(ObjectNode into, JsonNode delta) {
    delta.properties().forEach(field -> mergeField(into, field.getKey(), field.getValue()));
  }

  private static void mergeField(ObjectNode into, String name, JsonNode more) {
    JsonNode before = into.path(name);
    if (before.isMissingNode() || before.isNull()) {
      into.set(name, more instanceof ArrayNode array ? mergedArray(array) : more.deepCopy());
    } else if (before.isTextual() && more.isTextual() && !REPLACED_FIELDS.contains(name)) {
      into.put(name, before.textValue() + more.textValue());
    } else if (before instanceof ObjectNode object && more.isObject()) {
      merge(object, more);
    } else if (before instanceof ArrayNode array && more.isArray()) {
      more.forEach(element -> mergeElement(array, element));
    } else if (!more.isNull() && !isEmptyText(more)) {
      into.set(name, more.deepCopy());
    }
  }

  private static boolean isEmptyText(JsonNode node) {
    return node.isTextual() && node.textValue().isEmpty();
  }

  /** Merges the elements of an array with each other, because some may have the same index. */
  private static ArrayNode mergedArray(ArrayNode elements) {
    ArrayNode merged = elements.arrayNode();
    elements.forEach(element -> mergeElement(merged, element));
    return merged;
  }

  /** Merges an element with the one of the same index; appends elements without an index. */
  private static void mergeElement(ArrayNode array, JsonNode element) {
    for (JsonNode existing : array) {
      if (element.has("index") && existing.path("index").equals(element.get("index"))) {
        merge((ObjectNode) existing, element);
        return;
      }
    }
    array.add(element.deepCopy());
  }

  /** Returns whether there are choices, and all of them have a finish reason. */
  boolean areFinished() {
    return !choices.isEmpty()
        && choices.values().stream()
            .allMatch(choice -> OpenAiJson.hasText(choice, "finish_reason"));
  }

  /** Returns the choices, without the indices of tool calls, which only exist in streams. */
  ArrayNode merged() {
    ArrayNode merged = OpenAiJson.newObject().arrayNode();
    for (ObjectNode choice : choices.values()) {
      for (JsonNode call : choice.path("message").path("tool_calls")) {
        ((ObjectNode) call).remove("index");
      }
      merged.add(choice);
    }
    return merged;
  }
}
