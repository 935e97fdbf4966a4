package io.github.semcache;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore;
import org.jspecify.annotations.Nullable;

class InMemoryRestartTest extends RestartScenario {
  private @Nullable InMemoryVectorStore store;

  @Override
  VectorStore open(EmbeddingSpace space) {
    if (store == null) {
      store = InMemoryVectorStore.builder(space).build();
    }
    return store;
  }
}
