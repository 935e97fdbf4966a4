package io.github.semcache.cli;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.redis.VectorIndex;
import io.github.semcache.store.ListableStore;
import io.github.semcache.store.ListableStore.ListedEntry;
import io.github.semcache.store.VectorStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Opens stores by what was typed: a directory, or the address of a Redis server. */
final class Stores {
  /** A person waits longer than a cache may. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private Stores() {}

  /**
   * A store that is there, with its listing.
   *
   * @param store the store; closed with this
   * @param listing the same store as one that can be listed
   */
  record Opened(VectorStore store, ListableStore listing) implements AutoCloseable {

    /** The entries that a filter lets through. */
    List<ListedEntry> entries(Predicate<ListedEntry> filter) {
      try (Stream<ListedEntry> entries = listing.entries()) {
        return entries.filter(filter).toList();
      }
    }

    @Override
    public void close() {
      store.close();
    }
  }

  /** Opens the embedded store of a directory that is there. */
  static Opened inDirectory(String name, EmbeddingSpace space) {
    Path directory = directory(name);
    if (!Files.isDirectory(directory)) {
      throw new CommandException("--store is '" + name + "'; there is no such directory", null);
    }
    if (!LuceneVectorStore.exists(directory)) {
      throw new CommandException("--store is '" + name + "'; that directory holds no store", null);
    }
    LuceneVectorStore store = LuceneVectorStore.open(directory, space);
    return new Opened(store, store);
  }

  static boolean isRedis(String name) {
    String lowerCase = name.toLowerCase(Locale.ROOT);
    return lowerCase.startsWith("redis:") || lowerCase.startsWith("rediss:");
  }

  /**
   * A server as it was typed.
   *
   * @throws CommandException if that is no address
   */
  static RedisConnection redis(String uri, boolean cluster) {
    try {
      RedisConnection connection =
          RedisConnection.of(uri).connectTimeout(PATIENCE).socketTimeout(PATIENCE);
      return cluster ? connection.cluster() : connection;
    } catch (IllegalArgumentException e) {
      // The message names what is wrong, and not the address, which may hold a password.
      throw new CommandException("--store: " + e.getMessage(), e);
    }
  }

  /** Opens a cache in Redis, and changes nothing by that: a tool makes no index. */
  static Opened inRedis(RedisConnection connection, String cacheName, EmbeddingSpace space) {
    // A flat index is searched without settings, so the server takes those of the one it has.
    RedisVectorStore store =
        RedisVectorStore.builder(connection, space)
            .cacheName(cacheName)
            .vectorIndex(VectorIndex.flat())
            .assumeIndex()
            .build();
    return new Opened(store, store);
  }

  static Path directory(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new CommandException("--store is '" + name + "'; that is no directory", e);
    }
  }
}
