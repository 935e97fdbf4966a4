package io.github.semcache.bench;

import static java.util.Objects.requireNonNull;

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
import java.util.function.IntFunction;

/**
 * Measures several ways to do the same thing in one process and in turns: a short round of each,
 * again and again, each time beginning with another one. What disturbs the machine for a while
 * disturbs all of them, so the ratio of two of them can be trusted where their times cannot.
 *
 * @param threads how many threads do it at once
 * @param rounds how many rounds of each way count; some more go before them as warm-up
 * @param round how long a round takes
 * @param most how many times a round does it at most
 */
record Contest(int threads, int rounds, Duration round, int most) {
  private static final int WARM_UP_ROUNDS = 10;

  /**
   * One way to do it.
   *
   * @param action does it, with a result; is given the numbers from 0 in each round
   * @param tidy cleans up after a round; its time does not count
   */
  record Way(IntFunction<?> action, Runnable tidy) {
    static Way of(IntFunction<?> action) {
      return new Way(action, () -> {});
    }
  }

  /** Rounds without a limit of their own. */
  static Contest of(int threads, Duration inAll) {
    Duration round = Duration.ofMillis(100);
    return new Contest(
        threads, (int) Math.max(1, inAll.dividedBy(round)), round, Integer.MAX_VALUE);
  }

  /** The same with a limit to each round. */
  Contest atMost(int limit) {
    return new Contest(threads, rounds, round, limit);
  }

  /** The samples of the ways, in their order. */
  List<Sample> run(List<Way> ways) {
    List<List<Sample.Round>> measured = new ArrayList<>();
    ways.forEach(way -> measured.add(new ArrayList<>()));
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      for (int i = 0; i < WARM_UP_ROUNDS + rounds; i++) {
        for (int j = 0; j < ways.size(); j++) {
          int turn = (i + j) % ways.size();
          Sample.Round result = round(executor, ways.get(turn));
          if (i >= WARM_UP_ROUNDS) {
            measured.get(turn).add(result);
          }
        }
      }
    } finally {
      executor.shutdown();
    }
    return measured.stream().map(Sample::of).toList();
  }

  private Sample.Round round(ExecutorService executor, Way way) {
    AtomicInteger numbers = new AtomicInteger();
    long start = System.nanoTime();
    Callable<long[]> task = () -> times(way.action, numbers, start + round.toNanos());
    List<long[]> times = new ArrayList<>();
    try {
      for (Future<long[]> result : executor.invokeAll(Collections.nCopies(threads, task))) {
        times.add(result.get());
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
    long took = System.nanoTime() - start;
    way.tidy.run();
    return new Sample.Round(times, took);
  }

  private long[] times(IntFunction<?> action, AtomicInteger numbers, long end) {
    long[] times = new long[1_024];
    int count = 0;
    long before = System.nanoTime();
    while (before < end) {
      int number = numbers.getAndIncrement();
      if (number >= most) {
        break;
      }
      before = System.nanoTime();
      requireNonNull(action.apply(number));
      long after = System.nanoTime();
      if (count == times.length) {
        times = Arrays.copyOf(times, 2 * count);
      }
      times[count++] = after - before;
      before = after;
    }
    return Arrays.copyOf(times, count);
  }
}
