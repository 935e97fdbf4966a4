package io.github.semcache.internal.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.prompt.Query;
import io.github.semcache.prompt.Scope;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import io.github.semcache.store.StoreException;
import io.github.semcache.testkit.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PendingReportsTest {
  private final FakeClock time = new FakeClock();
  private final List<CacheEvent> events = new ArrayList<>();
  private final List<String> stored = new ArrayList<>();
  private final PendingReports pending =
      new PendingReports(events::add, time::nanos, Runnable::run);

  private static Query query(String key) {
    return new Query(
        "text", Scope.none(), key, Optional.empty(), OptionalDouble.empty(), Optional.empty());
  }

  private static CacheEntry entry(String key) {
    return new CacheEntry(key, Scope.none().hash(), "prompt", "answer", Map.of(), Instant.EPOCH);
  }

  private static List<Match> matches(String key) {
    return List.of(new Match(entry(key), 0));
  }

  private void add(String key) {
    pending.add(query(key), Set.of(key), () -> stored.add(key));
  }

  private void addFailing(String key) {
    pending.add(
        query(key),
        Set.of(key),
        () -> {
          throw new StoreException("injected failure");
        });
  }

  private void retry() {
    time.advance(Duration.ofSeconds(30));
    pending.retryIfDue();
  }

  @Test
  void reportTakesEffectUntilItIsStored() {
    add("a");

    assertThat(pending.permit(query("a"), entry("a"))).isFalse();
    assertThat(pending.servable(query("a"), matches("a"))).isEmpty();
    assertThat(pending.permit(query("b"), entry("a"))).isTrue();
    assertThat(stored).as("before the retry").isEmpty();

    retry();

    assertThat(stored).containsExactly("a");
    assertThat(pending.permit(query("a"), entry("a"))).isTrue();
  }

  @Test
  void reportThatAlwaysFailsDoesNotBlockTheOthers() {
    addFailing("failing");
    add("a");
    add("b");

    retry();
    assertThat(stored).as("after the first retry").isEmpty();
    assertThat(pending.permit(query("failing"), entry("failing"))).isFalse();

    retry();
    assertThat(stored).as("after the second retry").containsExactly("a", "b");
    assertThat(pending.permit(query("failing"), entry("failing"))).isFalse();
    assertThat(events).hasSize(2).hasOnlyElementsOfType(CacheEvent.Failed.class);
  }

  @Test
  void closeStoresTheReports() {
    add("a");

    pending.close();

    assertThat(stored).containsExactly("a");
  }

  @Test
  void oldestReportIsDroppedBeyondAThousand() {
    for (int i = 0; i <= 1_000; i++) {
      add("report " + i);
    }

    assertThat(pending.permit(query("report 0"), entry("report 0"))).isTrue();
    assertThat(pending.permit(query("report 1"), entry("report 1"))).isFalse();
  }
}
