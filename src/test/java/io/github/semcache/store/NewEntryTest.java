package io.github.semcache.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.prompt.Scope;
import io.github.semcache.store.VectorStore.NewEntry;
import io.github.semcache.testkit.Entries;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NewEntryTest {
  private static NewEntry withTimeToLive(Duration timeToLive) {
    CacheEntry entry = Entries.entry(Scope.none(), "what?", "answer", Instant.EPOCH);
    return new NewEntry(entry, Optional.empty(), Optional.of(timeToLive));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0.001S", "PT24H", "PT876600H"})
  void timeToLiveFromAMillisecondTo36525DaysIsAccepted(Duration timeToLive) {
    assertThat(withTimeToLive(timeToLive).timeToLive()).contains(timeToLive);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT-1S", "PT0S", "PT0.000999999S", "PT876600H0.000000001S"})
  void timeToLiveOutsideTheRangeIsRejected(Duration timeToLive) {
    assertThatThrownBy(() -> withTimeToLive(timeToLive))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("timeToLive is " + timeToLive + "; it must be between 1 ms and 36525 days");
  }
}
