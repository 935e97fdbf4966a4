package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.prompt.Query;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.Match;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlockedPairsTest {
  private static final int MAX = 20_000;
  private static final Query QUERY = query(-1);

  private final BlockedPairs pairs = new BlockedPairs();

  private static String key(int number) {
    return String.format("%08x", number * 0x9E3779B1).repeat(8);
  }

  private static Query query(int number) {
    return new Query("q", Scope.none(), key(number), Optional.empty(), OptionalDouble.empty());
  }

  private static CacheEntry entry(String key) {
    return new CacheEntry(key, Scope.none().hash(), "p", "a", Map.of(), Instant.EPOCH);
  }

  private static boolean blocks(BlockedPairs pairs, String key) {
    return pairs.allowed(QUERY, List.of(new Match(entry(key), 0))).isEmpty();
  }

  private static void block(BlockedPairs pairs, int number) {
    pairs.add(QUERY, List.of(key(number)));
  }

  private static byte[] full() {
    BlockedPairs full = new BlockedPairs();
    full.add(QUERY, IntStream.range(0, MAX).mapToObj(BlockedPairsTest::key).toList());
    return full.learned();
  }

  @Test
  void oldestIsForgottenFirstThoughItWasSaved() {
    pairs.merge(full());
    block(pairs, MAX);

    pairs.merge(full());

    assertThat(blocks(pairs, key(MAX))).as("the newest").isTrue();
    assertThat(blocks(pairs, key(0))).as("the oldest").isFalse();
    assertThat(blocks(pairs, key(1))).isTrue();
    assertThat(pairs.learned()).hasSize(MAX * Long.BYTES);
  }

  @Test
  void freshReportOfAnotherInstanceIsHeardThoughBothAreFull() {
    pairs.merge(full());
    BlockedPairs other = new BlockedPairs();
    other.merge(full());
    block(other, MAX);

    pairs.merge(other.learned());

    assertThat(blocks(pairs, key(MAX))).isTrue();
    assertThat(blocks(pairs, key(0))).isFalse();
  }

  @Test
  void repeatedReportIsTheNewest() {
    pairs.merge(full());
    block(pairs, 0);
    block(pairs, MAX);

    assertThat(blocks(pairs, key(0))).isTrue();
    assertThat(blocks(pairs, key(1))).isFalse();
  }

  @Test
  void groupIsBlockedWithoutItsFirstEntry() {
    block(pairs, 1);
    Match member = new Match(entry(key(2)).group(key(1)), 0);
    Match other = new Match(entry(key(3)), 0);

    assertThat(pairs.allowed(QUERY, List.of(member, other))).containsExactly(other);
    assertThat(pairs.allowed(query(7), List.of(member, other))).containsExactly(member, other);
  }

  @Test
  void keysThatAreNoHashesAreAsGood() {
    pairs.add(QUERY, List.of("foreign", ""));

    assertThat(blocks(pairs, "foreign")).isTrue();
    assertThat(blocks(pairs, "")).isTrue();
    assertThat(blocks(pairs, "another that is no hash")).isFalse();
  }
}
