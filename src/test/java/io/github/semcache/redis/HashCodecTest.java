package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.expiring;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.redis.RedisVectorStore.VectorType;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashCodecTest {
  private static final String SCOPE = "5c09e";
  private static final CacheEntry ENTRY =
      new CacheEntry(
          "key", SCOPE, "secret prompt", "answer", Map.of("model", "m"), Instant.ofEpochMilli(7));

  private static Map<String, byte[]> hash(NewEntry newEntry) {
    List<byte[]> fields = HashCodec.encode(newEntry, VectorType.FLOAT32);
    Map<String, byte[]> hash = new HashMap<>();
    for (int i = 0; i < fields.size(); i += 2) {
      hash.put(Utf8.decode(fields.get(i)), fields.get(i + 1));
    }
    return hash;
  }

  private static List<byte @Nullable []> values(Map<String, byte[]> hash) {
    List<byte @Nullable []> values = new ArrayList<>();
    HashCodec.ENTRY_FIELDS.forEach(name -> values.add(hash.get(name)));
    return values;
  }

  private static NewEntry newEntry(CacheEntry entry) {
    return expiring(entry, atAngle(4, 30), Duration.ofHours(1));
  }

  /** Any strings, with NUL, line breaks and lone surrogates among them. */
  @Property(tries = 300)
  void decodedEntryEqualsEncodedEntry(Values values) {
    String prompt = values.anyString();
    String answer = values.anyString();
    Map<String, String> attributes = values.mapOf(4, values::anyString, values::anyString);
    long millis = values.longBetween(-1_000_000_000_000L, 100_000_000_000_000L);
    CacheEntry entry =
        new CacheEntry("key", SCOPE, prompt, answer, attributes, Instant.ofEpochMilli(millis));

    assertThat(HashCodec.decode("key", values(hash(newEntry(entry))))).isEqualTo(entry);
  }

  @Test
  void hashHasTheDocumentedFields() {
    Map<String, byte[]> hash = hash(newEntry(ENTRY));

    assertThat(hash)
        .containsOnlyKeys(
            "scope", "created_at", "prompt", "answer", "attributes", "terms", "embedding");
    assertThat(hash.get("created_at")).asString().isEqualTo("7");
    assertThat(hash.get("attributes")).asString().isEqualTo("{\"model\":\"m\"}");
  }

  @Test
  void embeddingIsLittleEndianFloat32() {
    Embedding embedding = Embedding.of(new float[] {1, -0.5f});

    ByteBuffer bytes =
        ByteBuffer.wrap(HashCodec.encode(embedding, VectorType.FLOAT32))
            .order(ByteOrder.LITTLE_ENDIAN);

    assertThat(bytes.remaining()).isEqualTo(8);
    assertThat(HashCodec.encode(embedding, VectorType.FLOAT32)).startsWith(0, 0, 0x80, 0x3f);
    assertThat(bytes.getFloat()).isEqualTo(1);
    assertThat(bytes.getFloat()).isEqualTo(-0.5f);
  }

  @Test
  void entryWithoutEmbeddingHasNoEmbeddingField() {
    assertThat(hash(new NewEntry(ENTRY, Optional.empty(), Optional.empty())))
        .doesNotContainKey("embedding");
  }

  @ParameterizedTest
  @ValueSource(strings = {"scope", "created_at", "prompt", "answer", "attributes"})
  void missingFieldIsCorruptAndNamed(String field) {
    Map<String, byte[]> hash = hash(newEntry(ENTRY));
    hash.remove(field);

    assertThatThrownBy(() -> HashCodec.decode("key", values(hash)))
        .isInstanceOf(StoreException.CorruptEntry.class)
        .hasMessage("entry key cannot be read: its field " + field + " is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "1.5", "99999999999999999999", " 7"})
  void invalidCreationTimeIsCorruptAndNotQuoted(String time) {
    Map<String, byte[]> hash = hash(newEntry(ENTRY));
    hash.put("created_at", Utf8.encode(time));

    assertThatThrownBy(() -> HashCodec.decode("key", values(hash)))
        .isInstanceOf(StoreException.CorruptEntry.class)
        .hasMessageContaining("created_at is not a number of milliseconds");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "secret",
        "[]",
        "{\"a\":1}",
        "{\"a\":null}",
        "{\"a\":{}}",
        "{\"a\":\"b\"",
        "{} {}",
        "{\"a\":\"b\"}]",
        "null",
        "\"secret\""
      })
  void invalidAttributesAreCorruptAndNotQuoted(String json) {
    Map<String, byte[]> hash = hash(newEntry(ENTRY));
    hash.put("attributes", Utf8.encode(json));

    assertThatThrownBy(() -> HashCodec.decode("key", values(hash)))
        .isInstanceOf(StoreException.CorruptEntry.class)
        .hasMessageContaining("its field attributes")
        .hasMessageNotContaining("secret")
        .hasNoCause();
  }
}
