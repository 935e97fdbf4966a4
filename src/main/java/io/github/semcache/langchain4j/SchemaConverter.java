package io.github.semcache.langchain4j;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonBooleanSchema;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonIntegerSchema;
import dev.langchain4j.model.chat.request.json.JsonNullSchema;
import dev.langchain4j.model.chat.request.json.JsonNumberSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonReferenceSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Converts the schemas of LangChain4j to JSON Schema. Properties that are not required may be null,
 * because services with a strict mode require all properties and return null for absent ones.
 */
final class SchemaConverter {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final JsonMapper JSON = new JsonMapper();

  private SchemaConverter() {}

  /**
   * Returns the JSON Schema of an element. An element of an unknown class allows every value.
   *
   * @throws IllegalArgumentException if the text of a raw schema is not JSON
   */
  static JsonNode toJson(@Nullable JsonSchemaElement element) {
    if (element instanceof JsonObjectSchema object) {
      return object(object);
    } else if (element instanceof JsonArraySchema array) {
      return type("array").set("items", toJson(array.items()));
    } else if (element instanceof JsonEnumSchema constants) {
      ObjectNode schema = type("string");
      constants.enumValues().forEach(schema.putArray("enum")::add);
      return schema;
    } else if (element instanceof JsonAnyOfSchema anyOf) {
      ObjectNode schema = NODES.objectNode();
      anyOf.anyOf().forEach(option -> schema.withArray("anyOf").add(toJson(option)));
      return schema;
    } else if (element instanceof JsonReferenceSchema reference) {
      return NODES.objectNode().put("$ref", "#/$defs/" + reference.reference());
    } else if (element instanceof JsonRawSchema raw) {
      return parse(raw.schema());
    }
    return scalar(element);
  }

  private static ObjectNode scalar(@Nullable JsonSchemaElement element) {
    if (element instanceof JsonStringSchema) {
      return type("string");
    } else if (element instanceof JsonIntegerSchema) {
      return type("integer");
    } else if (element instanceof JsonNumberSchema) {
      return type("number");
    } else if (element instanceof JsonBooleanSchema) {
      return type("boolean");
    } else if (element instanceof JsonNullSchema) {
      return type("null");
    }
    return NODES.objectNode();
  }

  private static ObjectNode type(String name) {
    return NODES.objectNode().put("type", name);
  }

  private static ObjectNode object(JsonObjectSchema object) {
    ObjectNode schema = type("object");
    ObjectNode properties = schema.putObject("properties");
    object
        .properties()
        .forEach(
            (name, property) ->
                properties.set(
                    name,
                    object.required().contains(name)
                        ? toJson(property)
                        : orNull(toJson(property))));
    object.required().forEach(schema.putArray("required")::add);
    if (object.additionalProperties() != null) {
      schema.put("additionalProperties", object.additionalProperties());
    }
    for (Map.Entry<String, JsonSchemaElement> definition : object.definitions().entrySet()) {
      schema.withObject("/$defs").set(definition.getKey(), toJson(definition.getValue()));
    }
    return schema;
  }

  private static ObjectNode orNull(JsonNode schema) {
    ObjectNode either = NODES.objectNode();
    ArrayNode options = either.putArray("anyOf");
    options.add(schema).add(type("null"));
    return either;
  }

  private static JsonNode parse(String schema) {
    try {
      return JSON.readTree(schema);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the raw schema of the response format is not JSON", e);
    }
  }
}
