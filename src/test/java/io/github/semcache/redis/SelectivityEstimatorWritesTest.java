package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.testkit.FakeClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The effect of recorded writes on the estimates. */
class SelectivityEstimatorWritesTest {
  private static final int K = 10;

  private final FakeClock time = new FakeClock();
  private final Map<String, Long> entries = new HashMap<>(Map.of("*", 20_000L, "filter", 50L));
  private final List<String> counted = new ArrayList<>();
  private final SelectivityEstimator estimator =
      new SelectivityEstimator(
          filter -> {
            counted.add(filter);
            return entries.getOrDefault(filter, 0L);
          },
          Runnable::run,
          time::nanos);

  private HybridPolicy policy() {
    return estimator.policy("scope", "filter", K);
  }

  private void countOnce() {
    policy();
    policy();
    counted.clear();
  }

  @Test
  void countIsRepeatedIfItMayHaveDoubled() {
    countOnce();
    assertThat(policy()).isEqualTo(HybridPolicy.ADHOC_BF);

    entries.put("filter", 10_000L);
    estimator.recordWrites("scope", 9_950);
    policy();

    assertThat(policy()).isEqualTo(HybridPolicy.BATCHES);
    assertThat(counted).containsExactly("filter", "*");
  }

  @Test
  void countIsNotRepeatedForCountedWrites() {
    entries.put("filter", 10_000L);
    countOnce();

    estimator.recordWrites("scope", 10_001);
    policy();
    policy();

    assertThat(counted).containsOnlyOnce("filter");
  }

  @Test
  void countIsNotRepeatedAfterFewWrites() {
    countOnce();

    estimator.recordWrites("scope", 400);
    policy();

    assertThat(counted).isEmpty();
  }

  @Test
  void scopeWithoutSearchesIsNotCounted() {
    estimator.recordWrites("scope", 1_000_000);

    assertThat(policy()).isEqualTo(HybridPolicy.SERVER_DEFAULT);
    assertThat(counted).isEmpty();
  }

  @Test
  void largeScopeHasAPolicyFromTheThirdSearchOn() {
    entries.put("filter", 10_000L);

    assertThat(policy()).isEqualTo(HybridPolicy.SERVER_DEFAULT);
    policy();
    assertThat(policy()).isEqualTo(HybridPolicy.BATCHES);
  }
}
