package io.github.semcache.lucene;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.VectorStore;
import io.github.semcache.store.VectorStoreContract;
import io.github.semcache.testing.FakeTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.io.TempDir;

/** The contract, with entries that are still in the heap when they are looked for. */
class LuceneVectorStoreTest extends VectorStoreContract {
  @TempDir private Path directory;
  protected final FakeTime time = FakeTime.atStartOf2026();

  @Override
  protected VectorStore open(EmbeddingSpace space) {
    return LuceneVectorStore.builder(directory, space).timeSource(time).build();
  }

  @Override
  protected Instant now() {
    return time.instant();
  }

  @Override
  protected Duration shortTimeToLive() {
    return Duration.ofSeconds(1);
  }

  @Override
  protected void letPass(Duration duration) {
    time.advance(duration);
  }
}
