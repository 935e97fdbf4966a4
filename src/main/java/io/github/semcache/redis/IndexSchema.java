package io.github.semcache.redis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a store's index must be.
 *
 * @param keys its name and prefix
 * @param dimension the vectors' dimension
 * @param vectorIndex how vectors are searched
 * @param textFields whether prompt and answer can be searched for words
 */
record IndexSchema(KeySpace keys, int dimension, VectorIndex vectorIndex, boolean textFields) {

  /** The arguments of {@code FT.CREATE}. */
  byte[][] createArguments() {
    Arguments arguments =
        new Arguments().add(keys.index(), "ON", "HASH", "PREFIX", "1", keys.prefix(), "SCHEMA");
    arguments.add(HashCodec.SCOPE, "TAG", HashCodec.CREATED_AT, "NUMERIC");
    if (textFields) {
      arguments.add(HashCodec.PROMPT, "TEXT", HashCodec.ANSWER, "TEXT");
    }
    List<String> properties = new ArrayList<>();
    vectorProperties()
        .forEach((name, value) -> properties.addAll(List.of(name.toUpperCase(Locale.ROOT), value)));
    arguments.add(HashCodec.EMBEDDING, "VECTOR", algorithm());
    arguments.add(Integer.toString(properties.size()));
    return arguments.add(properties.toArray(String[]::new)).toArray();
  }

  private String algorithm() {
    return vectorIndex instanceof VectorIndex.Hnsw ? "HNSW" : "FLAT";
  }

  private Map<String, String> vectorProperties() {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("type", "FLOAT32");
    properties.put("dim", Integer.toString(dimension));
    properties.put("distance_metric", "COSINE");
    if (vectorIndex instanceof VectorIndex.Hnsw hnsw) {
      properties.put("m", Integer.toString(hnsw.m()));
      properties.put("ef_construction", Integer.toString(hnsw.efConstruction()));
    }
    return properties;
  }

  /**
   * Compares with what {@code FT.INFO} says. Fields that the store does not need do not matter, and
   * neither does what this version of the server does not report.
   *
   * @return one sentence for each difference
   */
  List<String> differences(Map<String, @Nullable Object> info) {
    List<String> differences = new ArrayList<>();
    Map<String, String> definition = texts(info.get("index_definition"));
    compare("key type", definition.get("key_type"), "HASH", differences);
    compare("prefixes", definition.get("prefixes"), List.of(keys.prefix()).toString(), differences);
    compare("filter", definition.getOrDefault("filter", ""), "", differences);
    Map<String, Map<String, String>> found = attributes(info);
    expectedAttributes()
        .forEach(
            (name, expected) ->
                compareAttribute(name, found.getOrDefault(name, Map.of()), expected, differences));
    return differences;
  }

  private Map<String, Map<String, String>> expectedAttributes() {
    Map<String, Map<String, String>> expected = new LinkedHashMap<>();
    expected.put(HashCodec.SCOPE, Map.of("type", "TAG"));
    expected.put(HashCodec.CREATED_AT, Map.of("type", "NUMERIC"));
    if (textFields) {
      expected.put(HashCodec.PROMPT, Map.of("type", "TEXT"));
      expected.put(HashCodec.ANSWER, Map.of("type", "TEXT"));
    }
    Map<String, String> vector = new LinkedHashMap<>(vectorProperties());
    vector.put("data_type", vector.put("type", "VECTOR"));
    vector.put("algorithm", algorithm());
    expected.put(HashCodec.EMBEDDING, vector);
    return expected;
  }

  private static void compareAttribute(
      String name,
      Map<String, String> found,
      Map<String, String> expected,
      List<String> differences) {
    if (found.isEmpty()) {
      differences.add("field " + name + " is missing");
      return;
    }
    compare("identifier of " + name, found.get("identifier"), name, differences);
    expected.forEach(
        (property, value) ->
            compare(property + " of " + name, found.get(property), value, differences));
  }

  private static void compare(
      String what, @Nullable String found, String expected, List<String> differences) {
    if (found != null && !found.equalsIgnoreCase(expected)) {
      differences.add(what + " is " + found + ", expected " + expected);
    }
  }

  private static Map<String, Map<String, String>> attributes(Map<String, @Nullable Object> info) {
    Map<String, Map<String, String>> attributes = new LinkedHashMap<>();
    for (Object attribute : ReplyParser.list(info.get("attributes"))) {
      Map<String, String> properties = texts(attribute);
      attributes.put(properties.getOrDefault("attribute", ""), properties);
    }
    return attributes;
  }

  /** A map with its names in lower case. */
  private static Map<String, String> texts(@Nullable Object reply) {
    Map<String, String> texts = new LinkedHashMap<>();
    ReplyParser.map(ReplyParser.list(reply))
        .forEach(
            (name, value) -> texts.put(name.toLowerCase(Locale.ROOT), ReplyParser.text(value)));
    return texts;
  }
}
