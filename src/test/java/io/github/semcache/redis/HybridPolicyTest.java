package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HybridPolicyTest {

  /** The policy that was faster in the benchmark of scope and index sizes, with k = 5. */
  @ParameterizedTest
  @CsvSource({
    "20000, 20000, BATCHES",
    "10000, 20000, BATCHES",
    "1000, 20000, BATCHES",
    "40, 20000, ADHOC_BF",
    "60000, 60000, BATCHES",
    "30000, 60000, BATCHES",
    "3000, 60000, BATCHES",
    "120, 60000, ADHOC_BF",
    "0, 60000, ADHOC_BF",
    "30, 30, ADHOC_BF",
  })
  void fasterPolicyIsChosen(long passing, long all, HybridPolicy expected) {
    assertThat(HybridPolicy.choose(passing, all, 5)).isEqualTo(expected);
  }

  @Property
  void fewerPassingEntriesNeverChangeAdHocToBatches(Values values) {
    long passing = values.longBetween(0, 1_000_000);
    long fewer = values.longBetween(0, 1_000_000);
    long all = values.longBetween(0, 10_000_000);
    int k = values.intBetween(1, 100);
    if (HybridPolicy.choose(passing, all, k) == HybridPolicy.ADHOC_BF && fewer <= passing) {
      assertThat(HybridPolicy.choose(fewer, all, k)).isEqualTo(HybridPolicy.ADHOC_BF);
    }
  }

  @Property
  void inconsistentCountsAreAccepted(Values values) {
    long passing = values.longBetween(0, Long.MAX_VALUE);
    long all = values.longBetween(0, Long.MAX_VALUE);
    assertThat(HybridPolicy.choose(passing, all, 5)).isNotNull();
  }
}
