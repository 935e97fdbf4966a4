package io.github.semcache.langchain4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Encodes request parameters as JSON, so that different parameters are encoded differently. Reads
 * the fields of objects, because the text of {@code toString} is ambiguous: the list of {@code a}
 * and {@code b} and the list of {@code "a, b"} have the same one. Maps and sets are sorted, except
 * for the properties of schemas, whose order matters to the model. This class is thread-safe.
 */
final class ParameterEncoder {
  private static final JsonMapper JSON = new JsonMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int MAX_DEPTH = 100;

  /** Fields and keys whose maps keep their order. */
  private static final Set<String> ORDERED = Set.of("properties", "definitions", "$defs");

  private ParameterEncoder() {}

  /**
   * Encodes an object.
   *
   * @return JSON
   * @throws IllegalArgumentException if the object contains a function or is nested too deeply
   * @throws java.lang.reflect.InaccessibleObjectException if a module does not open the class of an
   *     object
   */
  static String encode(Object value) {
    return encode(value, "", 0).toString();
  }

  private static JsonNode encode(@Nullable Object value, String name, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("the parameters are nested too deeply");
    }
    if (value == null) {
      return NODES.nullNode();
    } else if (value instanceof String || value instanceof Boolean || value instanceof Number) {
      return scalar(value);
    } else if (value instanceof Enum<?> constant) {
      return typed(constant.getDeclaringClass()).put("name", constant.name());
    } else if (value instanceof Map<?, ?> map) {
      return map(map, ORDERED.contains(name), depth);
    } else if (value instanceof Collection<?> collection) {
      return collection(collection, depth);
    } else if (value instanceof Optional<?> optional) {
      return typed(Optional.class).set("value", encode(optional.orElse(null), name, depth + 1));
    } else if (value.getClass().isArray()) {
      ArrayNode array = NODES.arrayNode();
      for (int i = 0; i < Array.getLength(value); i++) {
        array.add(encode(Array.get(value, i), "", depth + 1));
      }
      return array;
    } else if (value.getClass().getName().startsWith("java.")) {
      return typed(value.getClass()).put("text", value.toString());
    }
    return object(value, depth);
  }

  /** Returns numbers of other classes than those of JSON with their class. */
  private static JsonNode scalar(Object value) {
    boolean isJson =
        !(value instanceof Number)
            || value instanceof Integer
            || value instanceof Long
            || (value instanceof Double number && Double.isFinite(number));
    return isJson
        ? JSON.valueToTree(value)
        : typed(value.getClass()).put("number", value.toString());
  }

  private static ObjectNode typed(Class<?> type) {
    return NODES.objectNode().put("type", type.getName());
  }

  private static JsonNode map(Map<?, ?> map, boolean isOrdered, int depth) {
    List<JsonNode> entries = new ArrayList<>();
    map.forEach(
        (key, value) -> {
          ArrayNode entry = NODES.arrayNode().add(encode(key, "", depth + 1));
          entries.add(entry.add(encode(value, String.valueOf(key), depth + 1)));
        });
    return typed(Map.class).set("entries", array(entries, isOrdered));
  }

  private static JsonNode collection(Collection<?> collection, int depth) {
    List<JsonNode> elements = new ArrayList<>();
    collection.forEach(element -> elements.add(encode(element, "", depth + 1)));
    return collection instanceof Set<?>
        ? typed(Set.class).set("elements", array(elements, false))
        : array(elements, true);
  }

  private static ArrayNode array(List<JsonNode> elements, boolean isOrdered) {
    ArrayNode array = NODES.arrayNode();
    if (isOrdered) {
      elements.forEach(array::add);
    } else {
      elements.stream()
          .sorted((one, other) -> one.toString().compareTo(other.toString()))
          .forEach(array::add);
    }
    return array;
  }

  private static JsonNode object(Object value, int depth) {
    if (value.getClass().isHidden() || value.getClass().isSynthetic()) {
      throw new IllegalArgumentException("the parameters contain a function");
    }
    ObjectNode object = typed(value.getClass());
    for (@Nullable Class<?> type = value.getClass(); type != null; type = type.getSuperclass()) {
      ObjectNode fields = NODES.objectNode();
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
          fields.set(field.getName(), encode(valueOf(field, value), field.getName(), depth + 1));
        }
      }
      if (!fields.isEmpty()) {
        object.set(type.getName(), fields);
      }
    }
    return object;
  }

  private static @Nullable Object valueOf(Field field, Object owner) {
    field.setAccessible(true);
    try {
      return field.get(owner);
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException("the field " + field + " cannot be read", e);
    }
  }
}
