package io.github.semcache.internal.learning;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.semcache.prompt.Query;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class WrongReportsTest {
  private static final int MAX_REPORTS = 256;
  private static final Query QUERY = query(-1);

  private static String key(int number) {
    return String.format("%08x", number * 0x9E3779B1).repeat(8);
  }

  private static Query query(int number) {
    return new Query(
        "q", Scope.none(), key(number), Optional.empty(), OptionalDouble.empty(), Optional.empty());
  }

  private static CacheEntry entry(int number) {
    return new CacheEntry(
        key(number), Scope.none().hash(), "p", "a", Map.of("model", "m"), Instant.EPOCH);
  }

  private static Match match(CacheEntry entry) {
    return new Match(entry, 0);
  }

  @Test
  void reportedEntryIsNotServableForThatQueryOnly() {
    CacheEntry reported = WrongReports.reported(entry(1), QUERY);

    assertThat(WrongReports.servable(QUERY, List.of(match(reported)))).isEmpty();
    assertThat(WrongReports.servable(query(7), List.of(match(reported)))).hasSize(1);
    assertThat(reported.attributes()).containsEntry("model", "m");
  }

  @Test
  void groupOfAReportedEntryIsNotServable() {
    Match reported = match(WrongReports.reported(entry(1), QUERY));
    Match member = match(entry(2).group(key(1)));
    Match other = match(entry(3));

    assertThat(WrongReports.servable(QUERY, List.of(member, other, reported)))
        .containsExactly(other);
    assertThat(WrongReports.servable(query(7), List.of(member, other)))
        .containsExactly(member, other);
  }

  @Test
  void matchesWithoutReportsAreReturnedWithoutAllocatingACollection() {
    List<Match> matches = List.of(match(entry(1)), match(entry(2)), match(entry(3)));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int calls = 1_000;
    assertThat(WrongReports.servable(QUERY, matches)).isSameAs(matches);

    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < calls; i++) {
      WrongReports.servable(QUERY, matches);
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(allocated / calls).as("bytes per call").isLessThan(64); // an iterator
  }

  @Test
  void newMemberOfAGroupInheritsItsReports() {
    CacheEntry reported = WrongReports.reported(entry(1), QUERY);

    CacheEntry joined = WrongReports.join(entry(2), reported);

    assertThat(joined.group()).isEqualTo(key(1));
    assertThat(WrongReports.isReported(joined, QUERY)).isTrue();
    assertThat(WrongReports.isReported(WrongReports.join(entry(3), entry(4)), QUERY)).isFalse();
  }

  @Test
  void latestReportsAreRetained() {
    CacheEntry entry = entry(1);
    for (int i = 0; i <= MAX_REPORTS; i++) {
      entry = WrongReports.reported(entry, query(i));
    }

    assertThat(WrongReports.isReported(entry, query(0))).as("the oldest").isFalse();
    assertThat(WrongReports.isReported(entry, query(1))).isTrue();
    assertThat(WrongReports.isReported(entry, query(MAX_REPORTS))).isTrue();
  }

  @Test
  void entryWithAForgedListOfReportsIsNotServable() {
    CacheEntry forged = entry(1).attributes(Map.of("wrong_for", "0 ".repeat(10_000)));

    assertThat(WrongReports.isReported(forged, QUERY)).isTrue();
    assertThat(WrongReports.reported(forged, QUERY).attributes().get("wrong_for")).hasSize(16);
  }

  @Test
  void repeatedReportIsTheLatest() {
    CacheEntry entry = entry(1);
    for (int i = 0; i < MAX_REPORTS; i++) {
      entry = WrongReports.reported(entry, query(i));
    }
    entry = WrongReports.reported(entry, query(0));
    entry = WrongReports.reported(entry, query(MAX_REPORTS));

    assertThat(WrongReports.isReported(entry, query(0))).isTrue();
    assertThat(WrongReports.isReported(entry, query(1))).isFalse();
  }
}
