package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.RedisVectorStore.VectorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.util.KeyValue;

class IndexSchemaTest {
  private static final IndexSchema SCHEMA =
      new IndexSchema(
          KeyNaming.of("c", new EmbeddingSpace("m", 4)),
          4,
          VectorType.FLOAT32,
          VectorIndex.hnsw(),
          false);

  private static String words(IndexSchema schema) {
    return String.join(" ", Stream.of(schema.createArguments()).map(Utf8::decode).toList());
  }

  /** Returns a map of the reply to FT.INFO under RESP2: keys and values alternate. */
  private static List<Object> flat(Object... values) {
    List<Object> flat = new ArrayList<>();
    for (Object value : values) {
      flat.add(value instanceof String text ? Utf8.encode(text) : value);
    }
    return flat;
  }

  /** Returns a map of the reply to FT.INFO under RESP3: a list of pairs. */
  private static List<Object> pairs(Object... values) {
    List<Object> flat = flat(values);
    List<Object> pairs = new ArrayList<>();
    for (int i = 0; i < flat.size(); i += 2) {
      pairs.add(new KeyValue<>(flat.get(i), flat.get(i + 1)));
    }
    return pairs;
  }

  private static List<Object> vector(Object dimension, String metric) {
    return flat(
        "identifier",
        "embedding",
        "attribute",
        "embedding",
        "type",
        "VECTOR",
        "algorithm",
        "HNSW",
        "data_type",
        "FLOAT32",
        "dim",
        dimension,
        "distance_metric",
        metric,
        "M",
        16L,
        "ef_construction",
        200L);
  }

  private static List<Object> info(String prefix, List<Object> vector) {
    return flat(
        "index_name",
        "c:v2:m:4",
        "index_definition",
        flat("key_type", "HASH", "prefixes", flat(prefix), "default_score", "1"),
        "attributes",
        List.of(
            flat("identifier", "scope", "attribute", "scope", "type", "TAG", "SEPARATOR", ","),
            flat("identifier", "terms", "attribute", "terms", "type", "TAG", "SEPARATOR", ","),
            flat("identifier", "created_at", "attribute", "created_at", "type", "NUMERIC"),
            vector));
  }

  @Test
  void createArgumentsAreTheDocumentedOnes() {
    assertThat(words(SCHEMA))
        .isEqualTo(
            "c:v2:m:4 ON HASH PREFIX 1 c:v2:m:4: SCHEMA scope TAG terms TAG created_at"
                + " NUMERIC embedding VECTOR HNSW 10 TYPE FLOAT32 DIM 4 DISTANCE_METRIC COSINE M 16"
                + " EF_CONSTRUCTION 200");
    assertThat(
            words(new IndexSchema(SCHEMA.keys(), 4, VectorType.FLOAT32, VectorIndex.flat(), true)))
        .endsWith(
            "created_at NUMERIC prompt TEXT answer TEXT embedding VECTOR FLAT 6 TYPE FLOAT32 DIM 4"
                + " DISTANCE_METRIC COSINE");
  }

  @Test
  void matchingIndexHasNoDifferences() {
    List<Object> info = info("c:v2:m:4:", vector(4L, "COSINE"));

    assertThat(SCHEMA.differences(new IndexDescription(info))).isEmpty();
  }

  @Test
  void matchingIndexHasNoDifferencesUnderResp3() {
    List<Object> info =
        pairs(
            "index_definition",
            pairs("key_type", "HASH", "prefixes", flat("c:v2:m:4:")),
            "attributes",
            List.of(
                pairs("identifier", "scope", "attribute", "scope", "type", "TAG"),
                pairs("identifier", "terms", "attribute", "terms", "type", "TAG"),
                pairs("identifier", "created_at", "attribute", "created_at", "type", "NUMERIC"),
                pairs(
                    "identifier",
                    "embedding",
                    "attribute",
                    "embedding",
                    "type",
                    "VECTOR",
                    "algorithm",
                    "HNSW",
                    "data_type",
                    "FLOAT32",
                    "dim",
                    4L,
                    "distance_metric",
                    "COSINE",
                    "M",
                    16L,
                    "ef_construction",
                    200L)));

    assertThat(SCHEMA.differences(new IndexDescription(info))).isEmpty();
  }

  @Test
  void everyDifferenceNamesActualAndExpectedValue() {
    List<Object> info = info("c:v2:m:4", vector(8L, "L2"));

    assertThat(SCHEMA.differences(new IndexDescription(info)))
        .containsExactly(
            "prefixes is [c:v2:m:4], expected [c:v2:m:4:]",
            "dim of embedding is 8, expected 4",
            "distance_metric of embedding is L2, expected COSINE");
  }

  @Test
  void propertyThatTheServerDoesNotReportIsIgnored() {
    List<Object> info =
        info(
            "c:v2:m:4:",
            flat("identifier", "embedding", "attribute", "embedding", "type", "VECTOR"));

    assertThat(SCHEMA.differences(new IndexDescription(info))).isEmpty();
  }

  @Test
  void missingFieldIsADifference() {
    IndexSchema withTexts =
        new IndexSchema(SCHEMA.keys(), 4, VectorType.FLOAT32, VectorIndex.hnsw(), true);

    assertThat(withTexts.differences(new IndexDescription(info("c:v2:m:4:", vector(4L, "COSINE")))))
        .containsExactly("field prompt is missing", "field answer is missing");
  }
}
