package io.github.semcache.redis;

import static io.github.semcache.testkit.Entries.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.VectorStore.VersionedEntry;
import io.github.semcache.testkit.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NearEntriesTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final CacheEntry ENTRY = answer("what?", "answer");
  private static final String PRICES = Scope.dependencyTerm("prices");

  private final FakeClock clock = new FakeClock();
  private final NearEntries entries = new NearEntries(NearCache.of(100), clock::nanos);

  private static CacheEntry answer(String prompt, String answer) {
    return entry(Scope.none(), prompt, answer, Instant.EPOCH);
  }

  private static VersionedEntry found(CacheEntry entry, Map<String, String> versions) {
    return new VersionedEntry(Optional.of(entry), versions);
  }

  private void store(CacheEntry entry) {
    entries.end(entries.begin(entry.key(), Set.of()), found(entry, Map.of()), -1);
  }

  private boolean has(CacheEntry entry) {
    return entries.find(entry.key(), Set.of()).isPresent();
  }

  @Test
  void entryIsCurrentForTheMaximumStalenessFromTheBeginOfTheRead() {
    NearEntries.Read read = entries.begin(ENTRY.key(), Set.of());
    clock.advance(Duration.ofMillis(300));
    entries.end(read, found(ENTRY, Map.of()), -1);

    clock.advance(Duration.ofMillis(699));
    assertThat(has(ENTRY)).isTrue();
    clock.advance(Duration.ofMillis(1));
    assertThat(has(ENTRY)).isFalse();
  }

  @Test
  void entryExpiresWithItsTimeToLive() {
    entries.trackingBegan(clock.nanos());
    entries.end(entries.begin(ENTRY.key(), Set.of()), found(ENTRY, Map.of()), 500);

    clock.advance(Duration.ofMillis(499));
    assertThat(has(ENTRY)).isTrue();
    clock.advance(Duration.ofMillis(1));
    assertThat(has(ENTRY)).isFalse();
  }

  @Test
  void invalidationDuringTheReadPreventsStoring() {
    NearEntries.Read read = entries.begin(ENTRY.key(), Set.of(PRICES));
    entries.invalidateEntry(ENTRY.key());
    entries.end(read, found(ENTRY, Map.of(PRICES, "1")), -1);
    assertThat(has(ENTRY)).isFalse();

    NearEntries.Read second = entries.begin(ENTRY.key(), Set.of(PRICES));
    entries.invalidateVersion(PRICES);
    entries.end(second, found(ENTRY, Map.of(PRICES, "1")), -1);
    assertThat(has(ENTRY)).isTrue();
    assertThat(entries.find(ENTRY.key(), Set.of(PRICES))).isEmpty();

    NearEntries.Read third = entries.begin(ENTRY.key(), Set.of());
    entries.invalidateAll();
    entries.end(third, found(ENTRY, Map.of()), -1);
    assertThat(has(ENTRY)).isFalse();
  }

  @Test
  void invalidationOfAnotherKeyKeepsTheEntry() {
    store(ENTRY);

    entries.invalidateEntry(answer("other?", "answer").key());
    entries.invalidateVersion(ENTRY.key());

    assertThat(has(ENTRY)).isTrue();
  }

  @Test
  void trackedEntryIsCurrentWhileTheServerIsKnownToReportChanges() {
    store(ENTRY);
    entries.trackingBegan(clock.nanos());
    CacheEntry later = answer("later?", "answer");
    clock.advance(Duration.ofNanos(1));
    store(later);

    for (int i = 0; i < 10; i++) {
      clock.advance(Duration.ofMillis(500));
      entries.trackedUntil(clock.nanos());
    }
    assertThat(has(later)).isTrue();

    clock.advance(SECOND.minusNanos(1));
    assertThat(has(later)).isTrue();
    clock.advance(Duration.ofNanos(1));
    assertThat(has(later)).as("no sign of the server").isFalse();
  }

  @Test
  void entryReadBeforeTheTrackingIsCurrentForTheMaximumStaleness() {
    store(ENTRY);
    clock.advance(Duration.ofMillis(1));
    entries.trackingBegan(clock.nanos());

    clock.advance(SECOND);
    entries.trackedUntil(clock.nanos());

    assertThat(has(ENTRY)).isFalse();
  }

  @Test
  void endOfTheTrackingLimitsTheStaleness() {
    entries.trackingBegan(clock.nanos());
    store(ENTRY);
    clock.advance(SECOND);
    entries.trackedUntil(clock.nanos());
    assertThat(has(ENTRY)).isTrue();

    entries.trackingEnded();

    assertThat(has(ENTRY)).isFalse();
  }

  @Test
  void entriesAreBoundedInNumber() {
    for (int i = 0; i < 1_000; i++) {
      store(answer("what is " + i + "?", "answer"));
    }

    assertThat(entries.size()).isLessThanOrEqualTo(100);
  }

  @Test
  void entriesAreBoundedInBytes() {
    NearEntries small = new NearEntries(NearCache.of(1_000).maxBytes(100_000), clock::nanos);
    CacheEntry large = answer("large?", "x".repeat(100_000));
    for (int i = 0; i < 100; i++) {
      CacheEntry entry = answer("what is " + i + "?", "\u20ac".repeat(5_000));
      small.end(small.begin(entry.key(), Set.of()), found(entry, Map.of()), -1);
    }
    assertThat(small.size()).isBetween(1L, 9L);

    small.end(small.begin(large.key(), Set.of()), found(large, Map.of()), -1);
    small.size();

    assertThat(small.find(large.key(), Set.of())).isEmpty();
  }

  @Test
  void invalidOptionsAreRejected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NearCache.of(0))
        .withMessage("maxEntries is 0; it must be at least 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NearCache.of(1).maxBytes(0))
        .withMessage("maxBytes is 0; it must be at least 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NearCache.of(1).maxStaleness(Duration.ZERO))
        .withMessage("maxStaleness is PT0S; it must be from 1 ms to 1 hour");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NearCache.of(1).maxStaleness(Duration.ofHours(2)));
  }
}
