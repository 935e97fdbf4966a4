package io.github.semcache.redis;

import io.github.semcache.redis.RedisVectorStore.VectorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The schema that a store requires of its index.
 *
 * @param keys the name of the index and the prefix of its keys
 * @param dimension the dimension of the vectors
 * @param vectorType the type of the components of the vectors
 * @param vectorIndex the vector search algorithm
 * @param textFields whether prompts and answers are indexed for full-text search
 */
record IndexSchema(
    KeyNaming keys,
    int dimension,
    VectorType vectorType,
    VectorIndex vectorIndex,
    boolean textFields) {

  /** Returns the arguments of {@code FT.CREATE}. */
  byte[][] createArguments() {
    Arguments arguments =
        new Arguments()
            .add(keys.indexName(), "ON", "HASH", "PREFIX", "1", keys.entryPrefix(), "SCHEMA");
    arguments.add(HashCodec.SCOPE, "TAG", HashCodec.TERMS, "TAG");
    arguments.add(HashCodec.CREATED_AT, "NUMERIC");
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
    properties.put("type", vectorType.name());
    properties.put("dim", Integer.toString(dimension));
    properties.put("distance_metric", "COSINE");
    if (vectorIndex instanceof VectorIndex.Hnsw hnsw) {
      properties.put("m", Integer.toString(hnsw.m()));
      properties.put("ef_construction", Integer.toString(hnsw.efConstruction()));
    }
    return properties;
  }

  /**
   * Compares the schema with an index. Additional fields are ignored, and so are properties that
   * the server does not report.
   *
   * @return a description of each difference
   */
  List<String> differences(IndexDescription index) {
    List<String> differences = new ArrayList<>();
    Map<String, String> definition = index.definition();
    compare("key type", definition.get("key_type"), "HASH", differences);
    compare(
        "prefixes",
        definition.get("prefixes"),
        List.of(keys.entryPrefix()).toString(),
        differences);
    compare("filter", definition.getOrDefault("filter", ""), "", differences);
    Map<String, Map<String, String>> found = index.attributes();
    expectedAttributes()
        .forEach(
            (name, expected) ->
                compareAttribute(name, found.getOrDefault(name, Map.of()), expected, differences));
    return differences;
  }

  private Map<String, Map<String, String>> expectedAttributes() {
    Map<String, Map<String, String>> expected = new LinkedHashMap<>();
    expected.put(HashCodec.SCOPE, Map.of("type", "TAG"));
    expected.put(HashCodec.TERMS, Map.of("type", "TAG", "separator", ","));
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
      String property, @Nullable String found, String expected, List<String> differences) {
    if (found != null && !found.equalsIgnoreCase(expected)) {
      differences.add(property + " is " + found + ", expected " + expected);
    }
  }
}
