package io.github.semcache.redis;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingCache;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.RedisVectorStore.VectorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
            ordered,
            (pipeline, hash) -> pipeline.get(key(hash)),
            (jedis, hash) -> jedis.get(key(hash)));
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
    if (embeddings.isEmpty()) {
      return;
    }
    SetParams expiry = SetParams.setParams().px(timeToLive.toMillis());
    List<@Nullable String> unused =
        commands.sendForEach(
            "store embeddings",
            List.copyOf(embeddings.entrySet()),
            (pipeline, each) -> pipeline.set(key(each.getKey()), encode(each.getValue()), expiry),
            (jedis, each) -> jedis.set(key(each.getKey()), encode(each.getValue()), expiry));
  }

  private static byte[] encode(Embedding embedding) {
    return HashCodec.encode(embedding, VectorType.FLOAT32);
  }

  private byte[] key(String key) {
    return commands.keys().embeddingKey(key);
  }
}
