package io.github.semcache.cli;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.store.EntryListing;
import io.github.semcache.store.ListedEntry;
import io.github.semcache.store.VectorStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Opens stores by what was typed. */
final class Stores {
  private Stores() {}

  /**
   * A store that is there, with its listing.
   *
   * @param store the store; closed with this
   * @param listing the same store as one that can be listed
   */
  record Opened(VectorStore store, EntryListing listing) implements AutoCloseable {

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

  /** Opens a store that is there. */
  static Opened open(String name, EmbeddingSpace space) {
    Path directory = directory(name);
    if (!Files.isDirectory(directory)) {
      throw new CommandException("--store is '" + name + "'; there is no such directory", null);
    }
    LuceneVectorStore store = LuceneVectorStore.open(directory, space);
    return new Opened(store, store);
  }

  static Path directory(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new CommandException("--store is '" + name + "'; that is no directory", e);
    }
  }

  static void requireEmpty(EntryListing listing, String name) {
    try (Stream<ListedEntry> entries = listing.entries()) {
      if (entries.findAny().isPresent()) {
        throw new CommandException(
            "--store is '" + name + "', which holds entries; a replay needs an empty store", null);
      }
    }
  }
}
