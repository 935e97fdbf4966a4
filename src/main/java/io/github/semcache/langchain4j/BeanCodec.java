package io.github.semcache.langchain4j;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.model.output.TokenUsage;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Converts the metadata and the token usage of any provider to JSON and back to objects of the same
 * classes. Supports classes that follow the conventions of LangChain4j, a static method {@code
 * builder} and a builder whose methods have the names of the accessors; records; and values of
 * JSON. This class is thread-safe.
 */
final class BeanCodec {
  private static final JsonMapper JSON = new JsonMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String TYPE = "class";
  private static final String ANY_VALUE_PACKAGE = "dev.langchain4j.";

  /** Copies of the HTTP response, which contain all data of the answer once more. */
  private static final Set<String> OMITTED = Set.of("rawHttpResponse", "rawServerSentEvents");

  private BeanCodec() {}

  /**
   * Converts an object to JSON.
   *
   * @throws IllegalArgumentException if the class of a value is not supported
   */
  static JsonNode encode(@Nullable Object value) {
    if (value == null) {
      return NODES.nullNode();
    } else if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      return JSON.valueToTree(value);
    } else if (value instanceof Enum<?> constant) {
      return NODES.textNode(constant.name());
    } else if (value instanceof List<?> list) {
      ArrayNode array = NODES.arrayNode();
      list.forEach(element -> array.add(encode(element)));
      return array;
    } else if (value instanceof Map<?, ?> map) {
      ObjectNode object = NODES.objectNode();
      map.forEach((key, element) -> object.set((String) key, encode(element)));
      return object;
    }
    return encodeBean(value);
  }

  private static ObjectNode encodeBean(Object bean) {
    ObjectNode object = NODES.objectNode().put(TYPE, bean.getClass().getName());
    if (bean.getClass() == TokenUsage.class) {
      TokenUsage usage = (TokenUsage) bean;
      object.put("inputTokenCount", usage.inputTokenCount());
      object.put("outputTokenCount", usage.outputTokenCount());
      return object.put("totalTokenCount", usage.totalTokenCount());
    }
    properties(bean.getClass())
        .forEach((name, property) -> object.set(name, encode(invoke(property.accessor(), bean))));
    return object;
  }

  /** A property with the methods that read and set it. The setter of a record is its accessor. */
  private record Property(Method accessor, Method setter) {
    Type type() {
      return setter.getParameterCount() == 1
          ? setter.getGenericParameterTypes()[0]
          : setter.getGenericReturnType();
    }
  }

  private static Map<String, Property> properties(Class<?> bean) {
    Map<String, Property> properties = new LinkedHashMap<>();
    if (bean.isRecord()) {
      for (RecordComponent component : bean.getRecordComponents()) {
        properties.put(
            component.getName(), new Property(component.getAccessor(), component.getAccessor()));
      }
      return properties;
    }
    for (Method setter : builderMethod(bean).getReturnType().getMethods()) {
      if (setter.getParameterCount() == 1
          && !setter.isBridge()
          && !OMITTED.contains(setter.getName())
          && setter.getReturnType().isAssignableFrom(builderMethod(bean).getReturnType())
          && setter.getDeclaringClass() != Object.class) {
        accessor(bean, setter)
            .forEach(method -> properties.put(setter.getName(), new Property(method, setter)));
      }
    }
    return properties;
  }

  private static List<Method> accessor(Class<?> bean, Method setter) {
    try {
      Method accessor = bean.getMethod(setter.getName());
      return setter.getParameterTypes()[0].isAssignableFrom(accessor.getReturnType())
          ? List.of(accessor)
          : List.of();
    } catch (NoSuchMethodException e) {
      return List.of();
    }
  }

  private static Method builderMethod(Class<?> bean) {
    try {
      Method builder = bean.getMethod("builder");
      if (Modifier.isStatic(builder.getModifiers()) && builder.getDeclaringClass() == bean) {
        return builder;
      }
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(bean + " has no static method builder", e);
    }
    throw new IllegalArgumentException(bean + " has no static method builder of its own");
  }

  /**
   * Converts JSON to an object.
   *
   * @param <T> the type of the object
   * @param json the result of {@link #encode}
   * @param type a superclass of the object; objects of other classes are rejected
   * @return the object; null if it was null
   * @throws IllegalArgumentException if the JSON does not describe an object of this type
   */
  static <T> @Nullable T decode(JsonNode json, Class<T> type) {
    return type.cast(decodeValue(json, type));
  }

  private static @Nullable Object decodeValue(JsonNode json, Type type) {
    if (json.isNull() || json.isMissingNode()) {
      return null;
    }
    Class<?> raw =
        (Class<?>) (type instanceof ParameterizedType generic ? generic.getRawType() : type);
    if (List.class.isAssignableFrom(raw) || raw == Iterable.class) {
      Type element = argument(type, 0);
      List<@Nullable Object> list = new ArrayList<>();
      json.forEach(node -> list.add(decodeValue(node, element)));
      return list;
    } else if (Map.class.isAssignableFrom(raw)) {
      Map<String, @Nullable Object> map = new LinkedHashMap<>();
      json.properties()
          .forEach(
              entry -> map.put(entry.getKey(), decodeValue(entry.getValue(), argument(type, 1))));
      return map;
    } else if (json.isObject()) {
      return decodeBean(json, raw);
    }
    return JSON.convertValue(json, raw);
  }

  private static Type argument(Type type, int index) {
    return type instanceof ParameterizedType generic
            && generic.getActualTypeArguments()[index] instanceof Class<?> argument
        ? argument
        : Object.class;
  }

  private static Object decodeBean(JsonNode json, Class<?> type) {
    Class<?> bean = load(json.path(TYPE).asText(), type);
    if (bean == TokenUsage.class) {
      return new TokenUsage(
          number(json, "inputTokenCount"),
          number(json, "outputTokenCount"),
          number(json, "totalTokenCount"));
    }
    Map<String, Property> properties = properties(bean);
    if (bean.isRecord()) {
      return newRecord(bean, properties, json);
    }
    Object builder = requireNonNull(invoke(builderMethod(bean), null), "builder");
    properties.forEach(
        (name, property) -> {
          Object value = decodeValue(json.path(name), property.type());
          if (value != null) {
            invoke(property.setter(), builder, value);
          }
        });
    try {
      return requireNonNull(invoke(builder.getClass().getMethod("build"), builder), "build");
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(bean + " has a builder without the method build", e);
    }
  }

  /**
   * Loads a class without initializing it, because its name comes from a store. For the same
   * reason, a value of any type must have a class of LangChain4j.
   */
  private static Class<?> load(String name, Class<?> type) {
    if (type == Object.class && !name.startsWith(ANY_VALUE_PACKAGE)) {
      throw new IllegalArgumentException("a stored value is of a class outside LangChain4j");
    }
    Class<?> bean;
    try {
      bean = Class.forName(name, false, BeanCodec.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      bean = loadFromContext(name);
    }
    if (!type.isAssignableFrom(bean)) {
      throw new IllegalArgumentException("a stored value is not a " + type.getName());
    }
    return bean;
  }

  private static Class<?> loadFromContext(String name) {
    try {
      return Class.forName(name, false, Thread.currentThread().getContextClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException("the class of a stored value is not on the class path", e);
    }
  }

  private static @Nullable Integer number(JsonNode node, String field) {
    return node.path(field).isNumber() ? node.path(field).intValue() : null;
  }

  private static Object newRecord(Class<?> bean, Map<String, Property> properties, JsonNode json) {
    List<Class<?>> types = new ArrayList<>();
    List<@Nullable Object> values = new ArrayList<>();
    properties.forEach(
        (name, property) -> {
          types.add(property.accessor().getReturnType());
          values.add(decodeValue(json.path(name), property.type()));
        });
    try {
      Constructor<?> constructor = bean.getDeclaredConstructor(types.toArray(Class<?>[]::new));
      constructor.setAccessible(true);
      return constructor.newInstance(values.toArray());
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(bean + " cannot be created", e);
    }
  }

  private static @Nullable Object invoke(
      Method method, @Nullable Object target, Object... arguments) {
    try {
      method.setAccessible(true);
      return method.invoke(target, arguments);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(method + " failed", e);
    }
  }
}
