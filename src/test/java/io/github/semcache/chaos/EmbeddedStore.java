package io.github.semcache.chaos;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.store.VectorStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The embedded store in a directory. */
final class EmbeddedStore implements Deployment {
  private final Path directory;
  private @Nullable VectorStore store;

  private EmbeddedStore(Path directory) {
    this.directory = directory;
  }

  static EmbeddedStore start() {
    return in(TemporaryDirectory.create());
  }

  /** Uses a directory, which is deleted at the end. */
  static EmbeddedStore in(Path directory) {
    return new EmbeddedStore(directory);
  }

  Path directory() {
    return directory;
  }

  @Override
  public VectorStore open(EmbeddingSpace space, InstantSource time) {
    store = LuceneVectorStore.builder(directory.resolve("store"), space).timeSource(time).build();
    return store;
  }

  @Override
  public int connections() {
    return 0;
  }

  @Override
  public long entriesWithoutExpiry() {
    if (!(store instanceof VectorStore.Listable listable)) {
      return 0;
    }
    try (Stream<VectorStore.Listable.ListedEntry> entries = listable.entries()) {
      return entries.filter(entry -> entry.expiresAt().isEmpty()).count();
    }
  }

  @Override
  public void close() {
    TemporaryDirectory.delete(directory);
  }
}
