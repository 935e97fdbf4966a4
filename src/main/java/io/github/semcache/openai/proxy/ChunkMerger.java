package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Puts the choices of streamed chunks together into those of a whole completion. Fields that nobody
 * knows are treated like the known ones of their kind, so that they survive.
 */
final class ChunkMerger {
  /** Texts that name something and are not continued, whatever chunk they come in. */
  private static final Set<String> NAMES = Set.of("format", "id", "name", "role", "type");

  private final Map<Integer, ObjectNode> choices = new TreeMap<>();

  void add(JsonNode parts) {
    for (JsonNode part : parts) {
      ObjectNode choice =
          choices.computeIfAbsent(part.path("index").asInt(), ChunkMerger::emptyChoice);
      merge((ObjectNode) choice.get("message"), part.path("delta"));
      part.properties().stream()
          .filter(field -> !field.getKey().equals("delta"))
          .forEach(field -> put(choice, field.getKey(), field.getValue()));
    }
  }

  private static ObjectNode emptyChoice(int index) {
    ObjectNode choice = Json.newObject().put("index", index);
    choice.putObject("message").put("role", "assistant");
    return choice;
  }

  /** A reason to stop is given once and is no text to continue, nor is the index. */
  private static void put(ObjectNode choice, String name, JsonNode value) {
    if (value.isContainerNode()) {
      add(choice, name, value);
    } else if (!value.isNull() || !choice.has(name)) {
      choice.set(name, value);
    }
  }

  private static void merge(ObjectNode into, JsonNode delta) {
    delta.properties().forEach(field -> add(into, field.getKey(), field.getValue()));
  }

  private static void add(ObjectNode into, String name, JsonNode more) {
    JsonNode before = into.path(name);
    if (before.isMissingNode() || before.isNull()) {
      into.set(name, more instanceof ArrayNode array ? listed(array) : more.deepCopy());
    } else if (before.isTextual() && more.isTextual() && !NAMES.contains(name)) {
      into.put(name, before.textValue() + more.textValue());
    } else if (before instanceof ObjectNode object && more.isObject()) {
      merge(object, more);
    } else if (before instanceof ArrayNode array && more.isArray()) {
      more.forEach(element -> addElement(array, element));
    } else if (!more.isNull() && !isBlank(more)) {
      into.set(name, more.deepCopy());
    }
  }

  private static boolean isBlank(JsonNode node) {
    return node.isTextual() && node.textValue().isEmpty();
  }

  /** One chunk may hold several parts of one element. */
  private static ArrayNode listed(ArrayNode elements) {
    ArrayNode list = elements.arrayNode();
    elements.forEach(element -> addElement(list, element));
    return list;
  }

  /** Elements with an index are parts of one thing; all others are whole. */
  private static void addElement(ArrayNode list, JsonNode element) {
    for (JsonNode known : list) {
      if (element.has("index") && known.path("index").equals(element.get("index"))) {
        merge((ObjectNode) known, element);
        return;
      }
    }
    list.add(element.deepCopy());
  }

  /** The choices so far, without the indices of tool calls, which only streams have. */
  ArrayNode merged() {
    ArrayNode merged = Json.newObject().arrayNode();
    for (ObjectNode choice : choices.values()) {
      for (JsonNode call : choice.path("message").path("tool_calls")) {
        ((ObjectNode) call).remove("index");
      }
      merged.add(choice);
    }
    return merged;
  }
}
