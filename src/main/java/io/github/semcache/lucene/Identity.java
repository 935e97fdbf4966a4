package io.github.semcache.lucene;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.StoreException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;

/** What a directory holds: the layout of the data, and whose embeddings they are. */
record Identity(int schema, EmbeddingSpace space) {
  private static final int SCHEMA = 1;
  private static final String SCHEMA_KEY = "semcache.schema";
  private static final String MODEL_KEY = "semcache.model";
  private static final String DIMENSION_KEY = "semcache.dimension";

  static Identity of(EmbeddingSpace space) {
    return new Identity(SCHEMA, space);
  }

  byte[] encode() {
    return new RecordWriter()
        .number(schema)
        .text(space.modelId())
        .number(space.dimension())
        .toArray();
  }

  static Identity decode(ByteBuffer bytes) {
    RecordReader reader = new RecordReader(bytes);
    return new Identity(reader.intNumber(), new EmbeddingSpace(reader.text(), reader.intNumber()));
  }

  Map<String, String> toProperties() {
    return Map.of(
        SCHEMA_KEY, Integer.toString(schema),
        MODEL_KEY, space.modelId(),
        DIMENSION_KEY, Integer.toString(space.dimension()));
  }

  /**
   * Reads what {@link #toProperties} wrote.
   *
   * @throws StoreException if there is no identity among the properties
   */
  static Identity of(Path where, Map<String, String> properties) {
    try {
      return new Identity(
          Integer.parseInt(properties.getOrDefault(SCHEMA_KEY, "")),
          new EmbeddingSpace(
              properties.getOrDefault(MODEL_KEY, ""),
              Integer.parseInt(properties.getOrDefault(DIMENSION_KEY, ""))));
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          where + " holds an index that no semcache store has made; choose another directory", e);
    }
  }

  /**
   * Checks what was found.
   *
   * @throws StoreException if it is not what was expected
   */
  void check(Path where, Identity expected) {
    if (!equals(expected)) {
      throw new StoreException(
          where
              + " holds "
              + this
              + ", expected was "
              + expected
              + "; use the embedder that it was made with, choose another directory,"
              + " or delete this one to begin anew");
    }
  }

  @Override
  public String toString() {
    return "embeddings of "
        + space.modelId()
        + " with dimension "
        + space.dimension()
        + " in schema "
        + schema;
  }
}
