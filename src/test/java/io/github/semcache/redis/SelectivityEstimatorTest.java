package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.store.StoreException;
import io.github.semcache.testkit.FakeClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class SelectivityEstimatorTest {
  private static final int K = 5;

  private final FakeClock time = new FakeClock();
  private final Map<String, Long> entries = new HashMap<>(Map.of("*", 20_000L));
  private final List<String> counted = new ArrayList<>();
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final SelectivityEstimator estimator =
      new SelectivityEstimator(this::count, tasks::add, time::nanos);

  private long count(String filter) {
    counted.add(filter);
    Long count = entries.get(filter);
    if (count == null) {
      throw new StoreException("for the test");
    }
    return count;
  }

  private HybridPolicy policy(String filter) {
    return estimator.policy("group of " + filter, filter, K);
  }

  private void runTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  private HybridPolicy policyAfterCounting(String filter) {
    HybridPolicy policy = policy(filter);
    for (int i = 0; i < 3; i++) {
      runTasks();
      policy = policy(filter);
    }
    return policy;
  }

  @Test
  void serverDefaultIsUsedUntilTheEntriesAreCounted() {
    entries.put("large", 10_000L);

    assertThat(policy("large")).isEqualTo(HybridPolicy.SERVER_DEFAULT);
    assertThat(tasks).as("many filters are used only once").isEmpty();
    assertThat(policy("large")).isEqualTo(HybridPolicy.SERVER_DEFAULT);
    assertThat(policyAfterCounting("large")).isEqualTo(HybridPolicy.BATCHES);
  }

  @Test
  void allEntriesAreNotCountedAfterASmallCount() {
    entries.put("small", 20L);

    assertThat(policyAfterCounting("small")).isEqualTo(HybridPolicy.ADHOC_BF);
    assertThat(counted).containsExactly("small");
  }

  @Test
  void countIsRepeatedAfterAnIntervalAndNotConcurrently() {
    entries.put("growing", 20L);
    policyAfterCounting("growing");
    entries.put("growing", 15_000L);
    assertThat(policyAfterCounting("growing")).isEqualTo(HybridPolicy.ADHOC_BF);

    time.advance(Duration.ofSeconds(10));
    policy("growing");
    policy("growing");
    assertThat(tasks).hasSize(1);
    assertThat(policyAfterCounting("growing")).isEqualTo(HybridPolicy.BATCHES);
  }

  @Test
  void intervalIsProportionalToTheDurationOfACount() {
    SelectivityEstimator slow =
        new SelectivityEstimator(
            filter -> {
              time.advance(Duration.ofMillis(20));
              counted.add(filter);
              return 20;
            },
            Runnable::run,
            time::nanos);
    slow.policy("a", "a", K);
    slow.policy("a", "a", K);
    time.advance(Duration.ofSeconds(99));
    slow.policy("a", "a", K);
    assertThat(counted).hasSize(1);

    time.advance(Duration.ofSeconds(1));
    slow.policy("a", "a", K);
    assertThat(counted).hasSize(2);
  }

  @Test
  void maximumIntervalIsFiveMinutes() {
    SelectivityEstimator stalled =
        new SelectivityEstimator(
            filter -> {
              time.advance(Duration.ofSeconds(2));
              counted.add(filter);
              return 20;
            },
            Runnable::run,
            time::nanos);
    stalled.policy("a", "a", K);
    stalled.policy("a", "a", K);
    time.advance(Duration.ofMinutes(5));
    stalled.policy("a", "a", K);

    assertThat(counted).hasSize(2);
  }

  @Test
  void serverDefaultIsUsedIfTheCountFails() {
    assertThat(policyAfterCounting("unknown")).isEqualTo(HybridPolicy.SERVER_DEFAULT);

    entries.put("unknown", 20L);
    time.advance(Duration.ofSeconds(10));
    assertThat(policyAfterCounting("unknown")).isEqualTo(HybridPolicy.ADHOC_BF);
  }

  @Test
  void serverDefaultIsUsedIfTheExecutorRejectsTheCount() {
    SelectivityEstimator refused =
        new SelectivityEstimator(
            this::count,
            task -> {
              throw new RejectedExecutionException("for the test");
            },
            time::nanos);
    refused.policy("a", "a", K);

    assertThat(refused.policy("a", "a", K)).isEqualTo(HybridPolicy.SERVER_DEFAULT);
    assertThat(counted).isEmpty();
  }

  @Test
  void discardedEstimateIsCountedAgain() {
    entries.put("a", 20L);
    policyAfterCounting("a");

    estimator.discard("group of a");
    assertThat(policy("a")).isEqualTo(HybridPolicy.SERVER_DEFAULT);
    policyAfterCounting("a");
    estimator.discardAll();
    assertThat(policy("a")).isEqualTo(HybridPolicy.SERVER_DEFAULT);
  }

  @Test
  void leastRecentlyUsedEstimatesAreEvicted() {
    entries.put("first", 20L);
    policyAfterCounting("first");
    for (int i = 0; i < 1_024; i++) {
      policy("other " + i);
    }

    assertThat(policy("first")).isEqualTo(HybridPolicy.SERVER_DEFAULT);
  }
}
