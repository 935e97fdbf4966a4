package io.github.semcache;

import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.testkit.CacheOnStoreContract;
import org.junit.jupiter.api.Test;

/** Adds a test with the local embedding model to the end-to-end tests. */
public abstract class MiniLmCacheContract extends CacheOnStoreContract {
  @Test
  void paraphraseIsASemanticHitWithTheLocalModel() {
    assertParaphraseIsASemanticHit(MiniLmEmbedder.create());
  }
}
