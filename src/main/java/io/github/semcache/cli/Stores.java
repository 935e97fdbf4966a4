package io.github.semcache.cli;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.RedisVectorStore;
import io.github.semcache.redis.VectorIndex;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStore.Listable.ListedEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Opens the stores given on the command line: a directory or a Redis URI. */
final class Stores {
  /** Longer than the timeouts of a cache, because no request waits for the command line. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private Stores() {}

  /**
   * An open store.
   *
   * @param store the store
   * @param listing the same store, as a store that can list its entries
   */
  record OpenStore(VectorStore store, VectorStore.Listable listing) implements AutoCloseable {

    /** Returns the entries that match a filter. */
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

  /** Opens the embedded store in an existing directory. */
  static OpenStore inDirectory(String name, EmbeddingSpace space) {
    LuceneVectorStore store = LuceneVectorStore.open(existing(name), space);
    return new OpenStore(store, store);
  }

  /** Returns whether a directory exists and contains an embedded store. */
  static boolean isStoreDirectory(String name) {
    Path directory = directory(name);
    return Files.isDirectory(directory) && LuceneVectorStore.exists(directory);
  }

  /** Creates an embedded store in a directory that is empty or does not exist. */
  static OpenStore createInDirectory(String name, EmbeddingSpace space) {
    Path directory = directory(name);
    if (Files.exists(directory) && !isEmptyDirectory(directory)) {
      throw new CommandException(
          "--store is '" + name + "'; it must be a store, an empty directory, or a new directory",
          null);
    }
    LuceneVectorStore store = LuceneVectorStore.open(directory, space);
    return new OpenStore(store, store);
  }

  private static boolean isEmptyDirectory(Path directory) {
    try (Stream<Path> files = Files.isDirectory(directory) ? Files.list(directory) : null) {
      return files != null && files.findAny().isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + directory + ": " + e.getMessage(), e);
    }
  }

  /** Returns an empty store in memory. */
  static OpenStore inMemory(EmbeddingSpace space) {
    InMemoryVectorStore store = InMemoryVectorStore.builder(space).build();
    return new OpenStore(store, store);
  }

  /** Returns the vector space of the embedded store in an existing directory. */
  static EmbeddingSpace spaceOf(String name) {
    return LuceneVectorStore.spaceOf(existing(name));
  }

  private static Path existing(String name) {
    Path directory = directory(name);
    if (!Files.isDirectory(directory)) {
      throw new CommandException("--store is '" + name + "'; the directory does not exist", null);
    }
    if (!LuceneVectorStore.exists(directory)) {
      throw new CommandException(
          "--store is '" + name + "'; the directory does not contain a store", null);
    }
    return directory;
  }

  static boolean isRedis(String name) {
    String lowerCase = name.toLowerCase(Locale.ROOT);
    return lowerCase.startsWith("redis:") || lowerCase.startsWith("rediss:");
  }

  /**
   * Returns the connection for a Redis URI.
   *
   * @throws CommandException if the URI is invalid
   */
  static RedisConnection redis(String uri, boolean cluster) {
    try {
      RedisConnection connection =
          RedisConnection.of(uri).connectTimeout(TIMEOUT).socketTimeout(TIMEOUT);
      return cluster ? connection.cluster() : connection;
    } catch (IllegalArgumentException e) {
      // The message describes the problem without the URI, which may contain a password.
      throw new CommandException("--store: " + e.getMessage(), e);
    }
  }

  /** Opens a cache in Redis without creating an index if there is none. */
  static OpenStore inRedis(
      RedisConnection connection,
      String cacheName,
      EmbeddingSpace space,
      RedisVectorStore.VectorType vectorType) {
    // A search of a flat index has no parameters, so the server uses those of the actual index.
    RedisVectorStore store =
        RedisVectorStore.builder(connection, space)
            .cacheName(cacheName)
            .vectorType(vectorType)
            .vectorIndex(VectorIndex.flat())
            .assumeIndex()
            .build();
    return new OpenStore(store, store);
  }

  /** Creates a cache in Redis with an index of the default kind. */
  static OpenStore createInRedis(
      RedisConnection connection, String cacheName, EmbeddingSpace space) {
    RedisVectorStore store =
        RedisVectorStore.builder(connection, space).cacheName(cacheName).build();
    return new OpenStore(store, store);
  }

  static Path directory(String name) {
    if (name.contains("://")) {
      // The message does not quote the URI, which may contain a password.
      throw new CommandException(
          "--store is a URI with an unknown scheme; it must be a directory or a URI that starts with"
              + " redis:// or rediss://",
          null);
    }
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new CommandException(
          "--store is '" + name + "'; it must be a directory or a Redis URI", e);
    }
  }
}
