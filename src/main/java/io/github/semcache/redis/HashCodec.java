package io.github.semcache.redis;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.redis.RedisVectorStore.VectorType;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.NewEntry;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Converts entries to and from the fields of a Redis hash. */
final class HashCodec {
  static final String SCOPE = "scope";
  static final String CREATED_AT = "created_at";
  static final String PROMPT = "prompt";
  static final String ANSWER = "answer";
  static final String ATTRIBUTES = "attributes";
  static final String TERMS = "terms";
  static final String EMBEDDING = "embedding";

  /** The field with the token of the lease under which an entry was written; empty for none. */
  static final String FENCE = "fence";

  /** The fields that {@link #decode} reads, in the order of its arguments. */
  static final List<String> ENTRY_FIELDS = List.of(SCOPE, CREATED_AT, PROMPT, ANSWER, ATTRIBUTES);

  /** {@link #ENTRY_FIELDS}, encoded. */
  static final List<byte[]> ENCODED_ENTRY_FIELDS = ENTRY_FIELDS.stream().map(Utf8::encode).toList();

  /**
   * Jackson without its length limits, because {@link #MAX_ATTRIBUTES_LENGTH} is checked before.
   */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private static final String EMPTY_OBJECT = "{}";

  /** The maximum length of the JSON of attributes, which contain the response of the service. */
  private static final int MAX_ATTRIBUTES_LENGTH = 8 << 20;

  private static final int MAX_ATTRIBUTES = 256;

  private HashCodec() {}

  /**
   * Returns alternating field names and values. The embedding field is omitted if the entry has no
   * embedding.
   */
  static List<byte[]> encode(NewEntry newEntry, VectorType vectorType) {
    CacheEntry entry = newEntry.entry();
    List<byte[]> hash = new ArrayList<>();
    add(hash, SCOPE, entry.scope());
    add(hash, CREATED_AT, Long.toString(entry.createdAt().toEpochMilli()));
    add(hash, PROMPT, entry.prompt());
    add(hash, ANSWER, entry.answer());
    hash.add(Utf8.encode(ATTRIBUTES));
    hash.add(encode(entry.attributes()));
    // Written even if there are none, because it replaces the terms of the previous entry.
    add(hash, TERMS, String.join(",", newEntry.terms()));
    if (newEntry.embedding().isPresent()) {
      hash.add(Utf8.encode(EMBEDDING));
      hash.add(encode(newEntry.embedding().get(), vectorType));
    }
    return hash;
  }

  private static void add(List<byte[]> hash, String name, String value) {
    hash.add(Utf8.encode(name));
    hash.add(Utf8.encode(value));
  }

  /** Encodes an embedding as little-endian values. */
  static byte[] encode(Embedding embedding, VectorType vectorType) {
    return vectorType == VectorType.FLOAT16 ? float16(embedding) : float32(embedding);
  }

  private static byte[] float32(Embedding embedding) {
    ByteBuffer bytes =
        ByteBuffer.allocate(embedding.dimension() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(embedding.toArray());
    return bytes.array();
  }

  /** Encodes an embedding scaled to length 1, so that no component exceeds the range of FLOAT16. */
  private static byte[] float16(Embedding embedding) {
    float[] components = embedding.ofLengthOne().toArray();
    ByteBuffer bytes =
        ByteBuffer.allocate(components.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float component : components) {
      bytes.putShort(HalfFloats.bits(component));
    }
    return bytes.array();
  }

  /**
   * Decodes an entry.
   *
   * @param key the key of the entry
   * @param values the values of {@link #ENTRY_FIELDS}, null for a missing field
   * @throws StoreException.CorruptEntry if a field is missing or unreadable
   */
  static CacheEntry decode(String key, List<byte @Nullable []> values) {
    return new CacheEntry(
        key,
        text(key, values, 0),
        text(key, values, 2),
        text(key, values, 3),
        attributes(key, text(key, values, 4)),
        createdAt(key, text(key, values, 1)));
  }

  private static String text(String key, List<byte @Nullable []> values, int field) {
    byte[] value = values.get(field);
    if (value == null) {
      throw corrupt(key, "its field " + ENTRY_FIELDS.get(field) + " is missing");
    }
    return Utf8.decode(value);
  }

  private static Instant createdAt(String key, String millis) {
    try {
      return Instant.ofEpochMilli(Long.parseLong(millis));
    } catch (NumberFormatException | DateTimeException e) {
      // The cause is omitted because its message quotes the value.
      throw corrupt(key, "its field created_at is not a number of milliseconds");
    }
  }

  private static Map<String, String> attributes(String key, String json) {
    if (json.equals(EMPTY_OBJECT)) {
      return Map.of();
    }
    if (json.length() > MAX_ATTRIBUTES_LENGTH) {
      throw corrupt(
          key, "its field attributes is longer than " + MAX_ATTRIBUTES_LENGTH + " characters");
    }
    try (JsonParser parser = JSON.createParser(json)) {
      return attributes(key, parser);
    } catch (IOException e) {
      // The cause is omitted because its message quotes the value.
      throw corrupt(key, "its field attributes is not JSON");
    }
  }

  private static Map<String, String> attributes(String key, JsonParser parser) throws IOException {
    Map<String, String> attributes = new HashMap<>();
    boolean object = parser.nextToken() == JsonToken.START_OBJECT;
    String name = object ? parser.nextFieldName() : null;
    for (; name != null; name = parser.nextFieldName()) {
      if (attributes.size() == MAX_ATTRIBUTES) {
        throw corrupt(key, "it has more than " + MAX_ATTRIBUTES + " attributes");
      }
      String value = parser.nextTextValue();
      if (value == null) {
        throw corrupt(key, "its field attributes contains a value that is not a string");
      }
      attributes.put(name, value);
    }
    if (!object || parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
      throw corrupt(key, "its field attributes is not a single JSON object");
    }
    return attributes;
  }

  /** Encodes attributes as a JSON object, sorted by name. */
  static byte[] encode(Map<String, String> attributes) {
    StringWriter json = new StringWriter();
    try (JsonGenerator generator = JSON.createGenerator(json)) {
      generator.writeStartObject();
      for (Map.Entry<String, String> attribute : new TreeMap<>(attributes).entrySet()) {
        generator.writeStringField(attribute.getKey(), attribute.getValue());
      }
      generator.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a StringWriter does not fail", e);
    }
    return Utf8.encode(json.toString());
  }

  static StoreException.CorruptEntry corrupt(String key, String problem) {
    return new StoreException.CorruptEntry("entry " + key + " cannot be read: " + problem, null);
  }
}
