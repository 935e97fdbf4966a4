package io.github.semcache.lucene;

import static io.github.semcache.testkit.Entries.atAngle;
import static io.github.semcache.testkit.Entries.entry;
import static io.github.semcache.testkit.Entries.withoutExpiry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.CacheEntry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rejected options and entries. */
class LuceneVectorStoreBuilderTest extends LuceneFixture {

  @Test
  void maxEntriesBelowOneIsRejected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().maxEntries(0))
        .withMessage("maxEntries is 0; it must be at least 1");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10_001})
  void efSearchOutsideOneTo10000IsRejected(int efSearch) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().efSearch(efSearch))
        .withMessage("efSearch is " + efSearch + "; it must be between 1 and 10000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT-0.001S", "PT1H0.000000001S"})
  void syncIntervalOutsideZeroToOneHourIsRejected(Duration syncInterval) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().syncInterval(syncInterval))
        .withMessage("syncInterval is " + syncInterval + "; it must be between zero and PT1H");
  }

  @Test
  void dimensionAbove16384IsRejected() {
    EmbeddingSpace space = new EmbeddingSpace("model", 16_385);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LuceneVectorStore.builder(directory, space))
        .withMessage("dimension is 16385; it must be at most 16384");
  }

  @Test
  void keyOfMoreThan1024CharactersIsRejectedAndNothingWritten() {
    LuceneVectorStore store = open();
    CacheEntry good = entry(SCOPE, "good", "answer", clock.instant());
    CacheEntry bad =
        new CacheEntry("k".repeat(1_025), "scope", "p", "a", good.attributes(), clock.instant());

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                store.put(
                    List.of(
                        withoutExpiry(good, atAngle(DIMENSION, 0)),
                        withoutExpiry(bad, atAngle(DIMENSION, 0)))))
        .withMessage("key has 1025 characters; it must have at most 1024");
    assertThat(store.find(good.key())).isEmpty();
  }
}
