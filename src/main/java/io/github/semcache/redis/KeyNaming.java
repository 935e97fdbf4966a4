package io.github.semcache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.RedisVectorStore.VectorType;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * The names of the index and the keys of one cache. The cache name and the model are
 * percent-encoded, so that they contain no glob character and no hash tag of a cluster. The model
 * contains no colon. The cache name may contain colons, except before {@code state} and before
 * {@code v} with a number, which end the cache name. Therefore no prefix is the beginning of a
 * prefix of another cache.
 *
 * @param indexName the name of the search index
 * @param entryPrefix the prefix of the keys of all entries and of no other keys; ends with a colon
 * @param statePrefix the prefix of the keys of learned state; ends with a colon
 * @param dependencyPrefix the prefix of the keys with the versions of dependencies, which are the
 *     same for all models; ends with a colon
 * @param leasePrefix the prefix of the keys of leases; ends with a colon
 * @param embeddingPrefix the prefix of the keys of cached embeddings; ends with a colon
 * @param evictionKey the key of the lock that a store holds while it evicts entries
 */
record KeyNaming(
    String indexName,
    String entryPrefix,
    String statePrefix,
    String dependencyPrefix,
    String leasePrefix,
    String embeddingPrefix,
    String evictionKey) {
  private static final int SCHEMA_VERSION = 2;
  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-:";

  /** A colon before a segment that ends the cache name. */
  private static final Pattern VERSION_COLON = Pattern.compile(":(?=(state|v[0-9]+)(:|$))");

  /** Returns the names of a cache with FLOAT32 vectors. */
  static KeyNaming of(String cacheName, EmbeddingSpace space) {
    return of(cacheName, space, VectorType.FLOAT32);
  }

  /**
   * Returns the names of a cache. The type of the vectors is part of the dimension: {@code 1536} or
   * {@code 1536f16}. Learned state does not depend on it.
   */
  static KeyNaming of(String cacheName, EmbeddingSpace space, VectorType vectorType) {
    String cache = VERSION_COLON.matcher(encode("cacheName", cacheName)).replaceAll("%3A");
    String model = encode("modelId", space.modelId()).replace(":", "%3A") + ":" + space.dimension();
    String suffix = "v" + SCHEMA_VERSION + ":" + model;
    String indexName = cache + ":" + suffix + vectorType.suffix();
    return new KeyNaming(
        indexName,
        indexName + ":",
        cache + ":state:" + suffix + ":",
        cache + ":dependency:",
        cache + ":lease:",
        cache + ":embedding:" + model + ":",
        cache + ":eviction:" + suffix + vectorType.suffix());
  }

  byte[] stateKey(String name) {
    return Utf8.encode(statePrefix + name);
  }

  byte[] dependencyKey(String term) {
    return Utf8.encode(dependencyPrefix + term);
  }

  /**
   * Returns the key of the lease of an entry. Its hash tag is the key of the entry, so that both
   * are on the same node of a cluster.
   */
  byte[] leaseKey(String entryKey) {
    return Utf8.encode(leasePrefix + "{" + entryPrefix + entryKey + "}");
  }

  byte[] embeddingKey(String hash) {
    return Utf8.encode(embeddingPrefix + hash);
  }

  byte[] documentKey(String entryKey) {
    return Utf8.encode(entryPrefix + entryKey);
  }

  String entryKey(byte[] documentKey) {
    return Utf8.decode(Arrays.copyOfRange(documentKey, entryPrefix.length(), documentKey.length));
  }

  private static String encode(String option, String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException(option + " is blank; it must have a visible character");
    }
    if (!UTF_8.newEncoder().canEncode(name)) {
      throw new IllegalArgumentException(
          option + " contains an unpaired surrogate; it must be well-formed Unicode");
    }
    StringBuilder encoded = new StringBuilder();
    for (byte unit : name.getBytes(UTF_8)) {
      if (unit >= 0 && UNRESERVED.indexOf(unit) >= 0) {
        encoded.append((char) unit);
      } else {
        encoded.append(String.format("%%%02X", unit));
      }
    }
    return encoded.toString();
  }
}
