package io.github.semcache.redis;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingCache;
import io.github.semcache.embedding.EmbeddingSpace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.params.SetParams;

/**
 * Embeddings in Redis, each in a key of its own with an expiry. The value has 4 bytes per
 * dimension: little-endian FLOAT32. A value of another length is ignored.
 */
final class RedisEmbeddings implements EmbeddingCache.Shared {
  private final RedisCommands commands;
  private final EmbeddingSpace space;

  RedisEmbeddings(RedisCommands commands, EmbeddingSpace space) {
    this.commands = commands;
    this.space = space;
  }

  @Override
  public EmbeddingSpace space() {
    return space;
  }

  /** {@inheritDoc} Takes one round trip. */
  @Override
  public Map<String, Embedding> findAll(Set<String> keys) {
    if (keys.isEmpty()) {
      return Map.of();
    }
    List<String> ordered = List.copyOf(keys);
    List<byte @Nullable []> values =
        commands.sendForEach(
            "find embeddings",
            ordered.stream().map(this::key).toList(),
            (pipeline, key) -> pipeline.get(key),
            (jedis, key) -> jedis.get(key));
    Map<String, Embedding> found = new HashMap<>();
    for (int i = 0; i < ordered.size(); i++) {
      String key = ordered.get(i);
      decode(values.get(i)).ifPresent(embedding -> found.put(key, embedding));
    }
    return found;
  }

  private Optional<Embedding> decode(byte @Nullable [] value) {
    if (value == null || value.length != space.dimension() * Float.BYTES) {
      return Optional.empty();
    }
    float[] components = new float[space.dimension()];
    ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(components);
    try {
      return Optional.of(Embedding.of(components));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** {@inheritDoc} Takes one round trip. */
  @Override
  public void putAll(Map<String, Embedding> embeddings, Duration timeToLive) {
    Map<ByteBuffer, byte[]> values =
        embeddings.entrySet().stream()
            .collect(
                Collectors.toMap(
                    entry -> ByteBuffer.wrap(key(entry.getKey())),
                    entry -> encode(entry.getValue())));
    if (values.isEmpty()) {
      return;
    }
    SetParams expiry = SetParams.setParams().px(timeToLive.toMillis());
    Function<byte[], byte[]> valueOf =
        key -> requireNonNull(values.get(ByteBuffer.wrap(key)), "value");
    List<@Nullable String> unused =
        commands.sendForEach(
            "store embeddings",
            values.keySet().stream().map(ByteBuffer::array).toList(),
            (pipeline, key) -> pipeline.set(key, valueOf.apply(key), expiry),
            (jedis, key) -> jedis.set(key, valueOf.apply(key), expiry));
  }

  private static byte[] encode(Embedding embedding) {
    ByteBuffer bytes =
        ByteBuffer.allocate(embedding.dimension() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(embedding.toArray());
    return bytes.array();
  }

  private byte[] key(String key) {
    return commands.keys().embeddingKey(key);
  }
}
