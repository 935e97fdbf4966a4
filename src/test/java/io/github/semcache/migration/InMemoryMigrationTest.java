package io.github.semcache.migration;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.InMemoryVectorStore;
import org.junit.jupiter.api.Tag;

@Tag("slow")
class InMemoryMigrationTest extends MigrationContract<InMemoryVectorStore> {
  @Override
  protected InMemoryVectorStore open(EmbeddingSpace space) {
    return InMemoryVectorStore.builder(space).build();
  }

  @Override
  protected void close(InMemoryVectorStore opened) {
    opened.close();
  }
}
