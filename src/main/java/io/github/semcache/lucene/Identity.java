package io.github.semcache.lucene;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.StoreException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;

/** The schema version and the vector space of the data in a directory. */
record Identity(int schema, EmbeddingSpace space) {
  private static final int SCHEMA = 3;
  private static final String SCHEMA_KEY = "semcache.schema";
  private static final String MODEL_KEY = "semcache.model";
  private static final String DIMENSION_KEY = "semcache.dimension";

  static Identity of(EmbeddingSpace space) {
    return new Identity(SCHEMA, space);
  }

  byte[] encode() {
    return new RecordWriter()
        .putInt(schema)
        .putString(space.modelId())
        .putInt(space.dimension())
        .toArray();
  }

  static Identity decode(ByteBuffer bytes) {
    RecordReader reader = new RecordReader(bytes);
    return new Identity(reader.getInt(), new EmbeddingSpace(reader.getString(), reader.getInt()));
  }

  Map<String, String> toProperties() {
    return Map.of(
        SCHEMA_KEY, Integer.toString(schema),
        MODEL_KEY, space.modelId(),
        DIMENSION_KEY, Integer.toString(space.dimension()));
  }

  /**
   * Reads the result of {@link #toProperties}.
   *
   * @throws StoreException if the properties contain no identity
   */
  static Identity of(Path path, Map<String, String> properties) {
    try {
      return new Identity(
          Integer.parseInt(properties.getOrDefault(SCHEMA_KEY, "")),
          new EmbeddingSpace(
              properties.getOrDefault(MODEL_KEY, ""),
              Integer.parseInt(properties.getOrDefault(DIMENSION_KEY, ""))));
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          path + " contains an index that was not created by semcache; choose another directory",
          e);
    }
  }

  /**
   * Compares this identity, which was found in a directory, with the expected one.
   *
   * @throws StoreException if they differ
   */
  void check(Path path, Identity expected) {
    if (!equals(expected)) {
      throw new StoreException(
          path
              + " contains "
              + this
              + ", expected "
              + expected
              + "; use the embedder that the store was created with, choose another directory,"
              + " or delete this one to start with an empty store");
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
