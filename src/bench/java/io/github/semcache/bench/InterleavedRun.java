package io.github.semcache.bench;

import static java.util.Objects.requireNonNull;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import java.util.function.IntFunction;

/**
 * Measures several variants of an operation in one process with interleaved rounds: a short round
 * of each variant, repeatedly, starting with another variant each time. A temporary load on the
 * machine slows down all variants, so the ratio of two variants is more reliable than their times.
 *
 * @param threads the number of threads that call the operation concurrently
 * @param rounds the number of measured rounds per variant, after the warm-up rounds
 * @param roundDuration the duration of a round
 * @param maxCalls the maximum number of calls per round
 * @param serverCpuMicros returns the CPU time of the server, which is added to that of this process
 */
record InterleavedRun(
    int threads, int rounds, Duration roundDuration, int maxCalls, DoubleSupplier serverCpuMicros) {
  private static final int WARM_UP_ROUNDS = 20;
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  /**
   * A variant of the operation.
   *
   * @param operation the operation, called with the numbers from 0 in each round
   * @param cleanUp runs after each round and is not measured
   */
  record Variant(IntFunction<?> operation, Runnable cleanUp) {
    static Variant of(IntFunction<?> operation) {
      return new Variant(operation, () -> {});
    }
  }

  /** Returns a run with rounds of 100 ms and no limit on the number of calls. */
  static InterleavedRun of(int threads, Duration totalDuration) {
    Duration roundDuration = Duration.ofMillis(100);
    int rounds = (int) Math.max(1, totalDuration.dividedBy(roundDuration));
    return new InterleavedRun(threads, rounds, roundDuration, Integer.MAX_VALUE, () -> 0);
  }

  /** Returns a copy with a maximum number of calls per round. */
  InterleavedRun maxCalls(int limit) {
    return new InterleavedRun(threads, rounds, roundDuration, limit, serverCpuMicros);
  }

  /** Returns a copy that measures the CPU time of a server as well. */
  InterleavedRun withServer(RedisServer server) {
    return new InterleavedRun(
        threads, rounds, roundDuration, maxCalls, server::mainThreadCpuMicros);
  }

  /** Measures the variants and returns a sample of each. */
  List<Sample> run(List<Variant> variants) {
    List<List<Sample.Round>> measured = new ArrayList<>();
    variants.forEach(variant -> measured.add(new ArrayList<>()));
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      for (int i = 0; i < WARM_UP_ROUNDS + rounds; i++) {
        for (int j = 0; j < variants.size(); j++) {
          int index = (i + j) % variants.size();
          Sample.Round round = round(executor, variants.get(index));
          if (i >= WARM_UP_ROUNDS) {
            measured.get(index).add(round);
          }
        }
      }
    } finally {
      executor.shutdown();
    }
    return measured.stream().map(Sample::of).toList();
  }

  private Sample.Round round(ExecutorService executor, Variant variant) {
    AtomicInteger numbers = new AtomicInteger();
    double cpuBefore = cpuMicros();
    long start = System.nanoTime();
    long end = start + roundDuration.toNanos();
    Callable<long[]> task = () -> callNanos(variant.operation, numbers, end);
    List<long[]> nanos = new ArrayList<>();
    try {
      for (Future<long[]> result : executor.invokeAll(Collections.nCopies(threads, task))) {
        nanos.add(result.get());
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
    long totalNanos = System.nanoTime() - start;
    double cpuMicros = cpuMicros() - cpuBefore;
    variant.cleanUp.run();
    return new Sample.Round(nanos, totalNanos, cpuMicros);
  }

  private double cpuMicros() {
    return PROCESS.getProcessCpuTime() / 1e3 + serverCpuMicros.getAsDouble();
  }

  /** Calls the operation until the end of the round and returns the duration of each call. */
  private long[] callNanos(IntFunction<?> operation, AtomicInteger numbers, long end) {
    long[] nanos = new long[1_024];
    int count = 0;
    long before = System.nanoTime();
    while (before < end) {
      int number = numbers.getAndIncrement();
      if (number >= maxCalls) {
        break;
      }
      before = System.nanoTime();
      requireNonNull(operation.apply(number));
      long after = System.nanoTime();
      if (count == nanos.length) {
        nanos = Arrays.copyOf(nanos, 2 * count);
      }
      nanos[count++] = after - before;
      before = after;
    }
    return Arrays.copyOf(nanos, count);
  }
}
