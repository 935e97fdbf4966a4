package io.github.semcache.chaos;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testing.TricklingProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** One Redis server. */
final class SingleServer implements Deployment {
  private final RedisNode node;
  private final int protocol;
  private @Nullable TricklingProxy proxy;

  private SingleServer(int protocol, String... options) {
    this.protocol = protocol;
    this.node = RedisNode.start(options);
  }

  static SingleServer start(String... options) {
    return new SingleServer(2, options);
  }

  static SingleServer resp3(String... options) {
    return new SingleServer(3, options);
  }

  /** Makes stores connect through a proxy. */
  SingleServer throughProxy() {
    try {
      proxy = TricklingProxy.start(URI.create(node.uri()));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RedisNode node() {
    return node;
  }

  TricklingProxy proxy() {
    return requireNonNull(proxy, "proxy");
  }

  @Override
  public VectorStore open(EmbeddingSpace space, InstantSource time) {
    String uri = proxy == null ? node.uri() : proxy.uri().toString();
    return RedisVectorStore.builder(RedisConnection.of(uri + "?protocol=" + protocol), space)
        .cacheName(CACHE_NAME)
        .build();
  }

  @Override
  public int connections() {
    return node.connections();
  }

  @Override
  public long entriesWithoutExpiry() {
    return node.entriesWithoutExpiry(ENTRY_PREFIX);
  }

  @Override
  public void close() {
    if (proxy != null) {
      proxy.close();
    }
    node.close();
  }
}
