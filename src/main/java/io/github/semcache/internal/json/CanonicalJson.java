package io.github.semcache.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The canonical form of JSON requests: the same text for requests that only differ in an order that
 * carries no meaning. Keys are sorted, with two exceptions, because a model reads them in order and
 * writes its answer in that order: the properties and definitions of a schema keep their order, and
 * so does everything within its examples, defaults, and constants. Elements of arrays always keep
 * their order, enum values included.
 *
 * <p>This class is thread-safe.
 */
public final class CanonicalJson {
  /** Schema keywords whose keys are names chosen by the author of the schema. */
  private static final Set<String> ORDERED =
      Set.of("properties", "patternProperties", "$defs", "definitions");

  /** Schema keywords with a value that a model reads as text. */
  private static final Set<String> LITERAL =
      Set.of("const", "default", "enum", "example", "examples");

  private CanonicalJson() {}

  /**
   * Returns the canonical form of a tree.
   *
   * @param node the tree, which is not modified
   * @return JSON on one line
   */
  public static String of(JsonNode node) {
    return sorted(node, false).toString();
  }

  private static JsonNode sorted(JsonNode node, boolean isOrdered) {
    if (node instanceof ArrayNode array) {
      ArrayNode copy = array.arrayNode();
      array.forEach(element -> copy.add(sorted(element, false)));
      return copy;
    }
    if (!(node instanceof ObjectNode object)) {
      return node;
    }
    ObjectNode copy = object.objectNode();
    if (isOrdered) {
      object.properties().forEach(field -> copy.set(field.getKey(), field(field)));
    } else {
      Map<String, JsonNode> fields = new TreeMap<>();
      object.properties().forEach(field -> fields.put(field.getKey(), field(field)));
      copy.setAll(fields);
    }
    return copy;
  }

  private static JsonNode field(Map.Entry<String, JsonNode> field) {
    return LITERAL.contains(field.getKey())
        ? field.getValue()
        : sorted(field.getValue(), ORDERED.contains(field.getKey()));
  }
}
