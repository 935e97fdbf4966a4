package io.github.semcache.chaos;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.VectorStore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link ScopePairs} in memory. Run with {@code mvn -Pchaos verify}. */
@Tag("chaos")
class ScopePairsIT {
  private static final int MEMORY_ENTRIES = 1_024;

  @ParameterizedTest
  @CsvSource({"CORE, 1000000", "OPENAI, 100000", "LANGCHAIN4J, 100000", "SPRING, 100000"})
  void pairsInMemoryShareNoAnswer(ClientApi api, int pairs) throws Exception {
    Embedder embedder = new ScopePairs.FastEmbedder();
    try (VectorStore store =
        InMemoryVectorStore.builder(embedder).maxEntries(MEMORY_ENTRIES).build()) {
      ScopePairs.assertPairsShareNoAnswer("in memory", api, pairs, 4, embedder, store);
    }
  }
}
