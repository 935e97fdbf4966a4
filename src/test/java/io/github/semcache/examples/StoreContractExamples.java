package io.github.semcache.examples;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testkit.VectorStoreContract;

/** The example of the test kit, compiled; {@code InMemoryVectorStoreTest} runs the contract. */
@SuppressWarnings("ClassCanBeStatic") // a class of a file of its own in the documentation
final class StoreContractExamples {
  private StoreContractExamples() {}

  // contract begins
  class MyStoreTest extends VectorStoreContract {
    @Override
    protected VectorStore open(EmbeddingSpace space) {
      return InMemoryVectorStore.builder(space).timeSource(clock).build(); // your store here
    }
  }
  // contract ends
}
