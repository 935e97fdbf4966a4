package io.github.semcache.spring;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Converts the values in the metadata of a response to JSON and back, with their types: a {@code
 * Long} is not read back as an {@code Integer}, nor the usage object of a provider's client as a
 * map. Text, booleans, {@code Integer}, {@code Double}, lists, and maps are plain JSON; every other
 * value is {@code {"@type": .., "value": ..}}.
 *
 * <p>Objects are read back only if their class belongs to Spring AI or to the model of a provider's
 * client, because a store could name any class.
 */
final class TypedJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String TYPE = "@type";
  private static final String VALUE = "value";
  private static final String SET = "set";

  /** Types that are written as text. */
  private static final Map<String, Function<String, Object>> TEXT_TYPES =
      Map.ofEntries(
          textType(Long.class, Long::valueOf),
          textType(Short.class, Short::valueOf),
          textType(Byte.class, Byte::valueOf),
          textType(Float.class, Float::valueOf),
          textType(java.math.BigDecimal.class, java.math.BigDecimal::new),
          textType(java.math.BigInteger.class, java.math.BigInteger::new),
          textType(Instant.class, Instant::parse),
          textType(Duration.class, Duration::parse),
          textType(OffsetDateTime.class, OffsetDateTime::parse),
          textType(ZonedDateTime.class, ZonedDateTime::parse),
          textType(LocalDateTime.class, LocalDateTime::parse),
          textType(java.net.URI.class, java.net.URI::create),
          textType(java.util.UUID.class, java.util.UUID::fromString));

  private static final List<String> READABLE_PACKAGES =
      List.of(
          "com.openai.models.",
          "com.anthropic.models.",
          "com.google.genai.types.",
          "org.springframework.ai.");

  private static final ObjectMapper BEANS = new JsonMapper();

  /** The mappers of the providers' clients, by the package of their classes. */
  private static final Map<String, ObjectMapper> MAPPERS = new ConcurrentHashMap<>();

  private TypedJson() {}

  private static <T> Map.Entry<String, Function<String, Object>> textType(
      Class<T> type, Function<String, T> parser) {
    return Map.entry(type.getName(), parser::apply);
  }

  /**
   * Converts a value to JSON.
   *
   * @throws IllegalArgumentException if the value would not be equal after it is read back
   */
  static JsonNode write(@Nullable Object value) {
    if (value == null) {
      return NullNode.getInstance();
    } else if (value instanceof String text) {
      return NODES.textNode(text);
    } else if (value instanceof Boolean bool) {
      return NODES.booleanNode(bool);
    } else if (value instanceof Integer number) {
      return NODES.numberNode(number);
    } else if (value instanceof Double number && Double.isFinite(number)) {
      return NODES.numberNode(number);
    } else if (value instanceof Map<?, ?> map) {
      return writeMap(map);
    } else if (value instanceof Set<?> set) {
      return typed(SET, writeAll(set));
    } else if (value instanceof List<?> list) {
      return writeAll(list);
    } else if (value instanceof Enum<?> constant) {
      return checked(typed(constant.getDeclaringClass().getName(), constant.name()), value);
    }
    String type = value.getClass().getName();
    return checked(
        TEXT_TYPES.containsKey(type)
            ? typed(type, value.toString())
            : typed(type, mapperOf(type).valueToTree(value)),
        value);
  }

  private static ObjectNode writeMap(Map<?, ?> map) {
    ObjectNode node = NODES.objectNode();
    map.forEach(
        (key, value) -> {
          if (!(key instanceof String name) || name.equals(TYPE)) {
            throw new IllegalArgumentException("a map has a key that is not a text, or is @type");
          }
          node.set(name, write(value));
        });
    return node;
  }

  private static ArrayNode writeAll(Collection<?> values) {
    ArrayNode node = NODES.arrayNode();
    values.forEach(value -> node.add(write(value)));
    return node;
  }

  private static ObjectNode typed(String type, String value) {
    return typed(type, NODES.textNode(value));
  }

  private static ObjectNode typed(String type, JsonNode value) {
    ObjectNode node = NODES.objectNode();
    node.put(TYPE, type);
    node.set(VALUE, value);
    return node;
  }

  private static ObjectNode checked(ObjectNode node, Object value) {
    if (!value.equals(read(node))) {
      throw new IllegalArgumentException(value.getClass() + " is not equal to itself as JSON");
    }
    return node;
  }

  /** Returns the mapper of the client that a class belongs to, which knows its annotations. */
  private static ObjectMapper mapperOf(String type) {
    return Stream.of("com.openai.", "com.anthropic.")
        .filter(type::startsWith)
        .findFirst()
        .map(client -> MAPPERS.computeIfAbsent(client, TypedJson::mapperOfClient))
        .orElse(BEANS);
  }

  private static ObjectMapper mapperOfClient(String client) {
    try {
      return (ObjectMapper)
          Class.forName(client + "core.ObjectMappers").getMethod("jsonMapper").invoke(null);
    } catch (ReflectiveOperationException e) {
      return BEANS;
    }
  }

  /**
   * Reads a value.
   *
   * @throws IllegalArgumentException if the JSON was not written by {@link #write}
   */
  static @Nullable Object read(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> node.textValue();
      case BOOLEAN -> node.booleanValue();
      case NUMBER -> readNumber(node);
      case ARRAY -> readAll(node, new ArrayList<>());
      case OBJECT -> node.has(TYPE) ? readTyped(node) : readMap(node);
      default -> null;
    };
  }

  private static Object readNumber(JsonNode node) {
    if (node.isIntegralNumber()) {
      return node.intValue();
    }
    return node.doubleValue();
  }

  static Map<String, @Nullable Object> readMap(JsonNode node) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    node.properties().forEach(property -> map.put(property.getKey(), read(property.getValue())));
    return map;
  }

  private static <C extends Collection<@Nullable Object>> C readAll(JsonNode node, C values) {
    node.forEach(element -> values.add(read(element)));
    return values;
  }

  private static Object readTyped(JsonNode node) {
    String type = node.path(TYPE).asText();
    JsonNode value = node.path(VALUE);
    if (type.equals(SET)) {
      return readAll(value, new LinkedHashSet<>());
    }
    @Nullable Function<String, Object> parser = TEXT_TYPES.get(type);
    if (parser != null) {
      return parser.apply(value.asText());
    }
    if (READABLE_PACKAGES.stream().noneMatch(type::startsWith)) {
      throw new IllegalArgumentException(type + " is not a class that may be read from a store");
    }
    try {
      Class<?> target = Class.forName(type, false, TypedJson.class.getClassLoader());
      return target.isEnum()
          ? constant(target, value.asText())
          : mapperOf(type).treeToValue(value, target);
    } catch (ClassNotFoundException | JsonProcessingException e) {
      throw new IllegalArgumentException("a value of " + type + " cannot be read", e);
    }
  }

  private static Object constant(Class<?> type, String name) {
    for (Object constant : type.getEnumConstants()) {
      if (((Enum<?>) constant).name().equals(name)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(type + " has no constant " + name);
  }
}
