package io.github.semcache.openai.proxy;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore;

final class InMemoryCachedClientTest extends CachedClientContract {
  @Override
  VectorStore open(Embedder embedder) {
    return InMemoryVectorStore.of(embedder);
  }
}
