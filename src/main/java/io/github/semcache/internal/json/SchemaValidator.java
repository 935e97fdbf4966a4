package io.github.semcache.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Validates a value against the JSON Schema keywords that structured outputs of model services
 * support: types, properties, items, enumerations, bounds, combinations, and local references.
 * Other keywords, such as {@code pattern} and {@code format}, are not checked. A validation that
 * takes more than {@value #MAX_STEPS} steps fails, so that a schema that refers to itself ends.
 *
 * <p>An instance validates one value. This class is not thread-safe.
 */
final class SchemaValidator {
  private static final int MAX_STEPS = 100_000;
  private static final int MAX_DEPTH = 500;

  private final JsonNode root;
  private int steps;
  private int depth;

  private SchemaValidator(JsonNode root) {
    this.root = root;
  }

  /** Returns whether a value conforms to a schema. */
  static boolean isValid(JsonNode value, JsonNode schema) {
    return new SchemaValidator(schema).matches(value, schema);
  }

  private boolean matches(JsonNode value, JsonNode schema) {
    if (schema.isBoolean()) {
      return schema.booleanValue();
    }
    if (++steps > MAX_STEPS || depth >= MAX_DEPTH) {
      return false;
    }
    depth++;
    try {
      return matchesReference(value, schema)
          && matchesType(value, schema.path("type"))
          && matchesLiterals(value, schema)
          && matchesCombinations(value, schema)
          && (!value.isObject() || matchesObject(value, schema))
          && (!value.isArray() || matchesArray(value, schema))
          && (!value.isNumber() || matchesNumber(value.decimalValue(), schema))
          && (!value.isTextual() || isWithin(codePoints(value), schema, "minLength", "maxLength"));
    } finally {
      depth--;
    }
  }

  /** Accepts references to other documents, which are not loaded. */
  private boolean matchesReference(JsonNode value, JsonNode schema) {
    String reference = schema.path("$ref").asText("");
    if (!reference.startsWith("#")) {
      return true;
    }
    JsonNode target = resolve(reference.substring(1));
    return !target.isMissingNode() && matches(value, target);
  }

  private JsonNode resolve(String pointer) {
    JsonNode target = root;
    for (String segment : pointer.split("/", -1)) {
      if (!segment.isEmpty()) {
        String name = segment.replace("~1", "/").replace("~0", "~");
        target = target.isArray() ? target.path(Integer.parseInt(name)) : target.path(name);
      }
    }
    return target;
  }

  private static boolean matchesType(JsonNode value, JsonNode type) {
    return type.isArray()
        ? anyMatch(type, name -> isOfType(value, name.asText()))
        : !type.isTextual() || isOfType(value, type.textValue());
  }

  private static boolean isOfType(JsonNode value, String type) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "boolean" -> value.isBoolean();
      case "null" -> value.isNull();
      case "number" -> value.isNumber();
      case "integer" -> value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
      default -> true;
    };
  }

  private static boolean matchesLiterals(JsonNode value, JsonNode schema) {
    return (!schema.path("enum").isArray()
            || anyMatch(schema.path("enum"), allowed -> isEqual(allowed, value)))
        && (!schema.has("const") || isEqual(schema.path("const"), value));
  }

  private static boolean isEqual(JsonNode one, JsonNode other) {
    return (one.isNumber() && other.isNumber())
        ? one.decimalValue().compareTo(other.decimalValue()) == 0
        : one.equals(other);
  }

  private boolean matchesCombinations(JsonNode value, JsonNode schema) {
    Predicate<JsonNode> matches = option -> matches(value, option);
    return (!schema.path("anyOf").isArray() || anyMatch(schema.path("anyOf"), matches))
        && (!schema.path("oneOf").isArray() || anyMatch(schema.path("oneOf"), matches))
        && allMatch(schema.path("allOf"), matches);
  }

  private boolean matchesObject(JsonNode value, JsonNode schema) {
    if (!allMatch(schema.path("required"), name -> value.has(name.asText()))) {
      return false;
    }
    JsonNode properties = schema.path("properties");
    JsonNode additional = schema.path("additionalProperties");
    boolean hasPatterns = schema.has("patternProperties");
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      JsonNode declared = properties.path(field.getKey());
      boolean isValid =
          declared.isMissingNode()
              ? hasPatterns || isOptional(additional) || matches(field.getValue(), additional)
              : matches(field.getValue(), declared);
      if (!isValid) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOptional(JsonNode schema) {
    return schema.isMissingNode() || schema.isNull();
  }

  private boolean matchesArray(JsonNode value, JsonNode schema) {
    if (!isWithin(BigDecimal.valueOf(value.size()), schema, "minItems", "maxItems")) {
      return false;
    }
    JsonNode prefix = schema.path("prefixItems");
    for (int i = 0; i < value.size(); i++) {
      JsonNode items = i < prefix.size() ? prefix.get(i) : schema.path("items");
      if (!items.isArray() && !isOptional(items) && !matches(value.get(i), items)) {
        return false;
      }
    }
    return true;
  }

  private static boolean matchesNumber(BigDecimal value, JsonNode schema) {
    JsonNode above = schema.path("exclusiveMinimum");
    JsonNode below = schema.path("exclusiveMaximum");
    return isWithin(value, schema, "minimum", "maximum")
        && (!above.isNumber() || value.compareTo(above.decimalValue()) > 0)
        && (!below.isNumber() || value.compareTo(below.decimalValue()) < 0);
  }

  private static boolean isWithin(BigDecimal value, JsonNode schema, String min, String max) {
    JsonNode least = schema.path(min);
    JsonNode most = schema.path(max);
    return (!least.isNumber() || value.compareTo(least.decimalValue()) >= 0)
        && (!most.isNumber() || value.compareTo(most.decimalValue()) <= 0);
  }

  private static BigDecimal codePoints(JsonNode text) {
    String value = text.textValue();
    return BigDecimal.valueOf(value.codePointCount(0, value.length()));
  }

  private static boolean anyMatch(JsonNode array, Predicate<JsonNode> condition) {
    for (JsonNode element : array) {
      if (condition.test(element)) {
        return true;
      }
    }
    return false;
  }

  private static boolean allMatch(JsonNode array, Predicate<JsonNode> condition) {
    return !anyMatch(array, condition.negate());
  }
}
