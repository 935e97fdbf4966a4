package io.github.semcache.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.store.InMemoryVectorStore;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheSettingsTest {
  private static final CacheSettings NONE = CacheSettings.none();

  private final InMemoryVectorStore store =
      InMemoryVectorStore.builder(new EmbeddingSpace("test-model", 2)).build();

  @Test
  void storedSettingsAreReadAgain() {
    CacheSettings all =
        NONE.maxDistance(0.123456789)
            .timeToLive(Prompt.MAX_TIME_TO_LIVE)
            .deadline(Duration.ofNanos(1_234_567));
    assertThat(CacheSettings.load(store)).isEqualTo(NONE);

    CacheSettings.update(store, old -> all);

    assertThat(CacheSettings.load(store)).isEqualTo(all);
    CacheSettings.update(store, old -> old.maxDistance(0));
    assertThat(CacheSettings.load(store)).isEqualTo(all.maxDistance(0));
    CacheSettings.update(store, old -> NONE);
    assertThat(CacheSettings.load(store)).isEqualTo(NONE);
  }

  @Test
  void settingsOfLaterVersionsAreIgnored() {
    store.save("settings", "later=1\nmaxDistance=0.2\n\nx".getBytes(UTF_8));

    assertThat(CacheSettings.load(store)).isEqualTo(NONE.maxDistance(0.2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"maxDistance=3", "maxDistance=NaN", "timeToLive=1h", "deadline=PT0S"})
  void damagedSettingsAreRejectedAndCanBeReplaced(String stored) {
    store.save("settings", stored.getBytes(UTF_8));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> CacheSettings.load(store))
        .withMessage("the stored settings are damaged");
    CacheSettings.update(store, old -> old.maxDistance(1));
    assertThat(CacheSettings.load(store)).isEqualTo(NONE.maxDistance(1));
  }

  @Test
  void rangesAreChecked() {
    for (double distance : new double[] {-0.1, 2.1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NONE.maxDistance(distance))
          .withMessage("maxDistance is " + distance + "; a cosine distance lies between 0 and 2");
    }
    assertThatIllegalArgumentException().isThrownBy(() -> NONE.timeToLive(Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NONE.deadline(Duration.ofMinutes(11)))
        .withMessage("deadline is PT11M; it must be between 1 ms and 10 minutes");
  }
}
