package io.github.semcache.redis;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.RedisVectorStore.VectorType;
import io.github.semcache.store.StoreException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;

/** Lists the caches of a server by the names of their indexes. */
final class CacheCatalog {
  /** The name of an index; see {@link KeyNaming}. */
  private static final Pattern INDEX_NAME = Pattern.compile("(.+):v\\d+:([^:]+):(\\d{1,9})(f16)?");

  private final UnifiedJedis jedis;

  CacheCatalog(UnifiedJedis jedis) {
    this.jedis = jedis;
  }

  /**
   * Returns the caches whose index exists, sorted by name and model. Takes one round trip, and
   * another one for each cache.
   *
   * @throws StoreException if the server cannot be reached or reports an error
   */
  List<RedisVectorStore.StoredCache> list() {
    List<RedisVectorStore.StoredCache> caches = new ArrayList<>();
    for (Object name : send("list the indexes", SearchCommand._LIST)) {
      describe(ReplyParser.text(name)).ifPresent(caches::add);
    }
    caches.sort(
        Comparator.comparing(RedisVectorStore.StoredCache::cacheName)
            .thenComparing(cache -> cache.space().modelId())
            .thenComparing(cache -> cache.space().dimension())
            .thenComparing(RedisVectorStore.StoredCache::vectorType));
    return List.copyOf(caches);
  }

  private Optional<RedisVectorStore.StoredCache> describe(String indexName) {
    Matcher name = INDEX_NAME.matcher(indexName);
    if (!name.matches()) {
      return Optional.empty();
    }
    try {
      EmbeddingSpace space =
          new EmbeddingSpace(decode(name.group(2)), Integer.parseInt(name.group(3)));
      String action = "describe the index " + indexName;
      Map<String, @Nullable Object> info =
          ReplyParser.map(send(action, SearchCommand.INFO, Utf8.encode(indexName)));
      return Optional.of(
          new RedisVectorStore.StoredCache(
              decode(name.group(1)),
              space,
              name.group(4) == null ? VectorType.FLOAT32 : VectorType.FLOAT16,
              (long) number(info.get("num_docs")),
              (long) (number(info.get("total_index_memory_sz_mb")) * (1 << 20))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Returns a number, or 0 for a field that this version of the search module does not report. */
  private static double number(@Nullable Object value) {
    return value == null ? 0 : Double.parseDouble(ReplyParser.text(value));
  }

  private static String decode(String encoded) {
    return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  // The replacement in Jedis 8 fails with the cluster client of Jedis 7.
  @SuppressWarnings("deprecation")
  private List<?> send(String action, ProtocolCommand command, byte[]... arguments) {
    byte[] anyNode = Utf8.encode(action + Arrays.hashCode(arguments));
    return RedisExceptions.translate(
        action, () -> (List<?>) jedis.sendCommand(anyNode, command, arguments));
  }
}
