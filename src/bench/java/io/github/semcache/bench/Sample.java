package io.github.semcache.bench;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How long one way of a {@link Contest} took.
 *
 * @param nanos every time, the shortest first
 * @param rounds the same by round
 */
record Sample(long[] nanos, List<Round> rounds) {

  /**
   * One round.
   *
   * @param nanos every time, the shortest first
   * @param took how long the round took
   */
  record Round(long[] nanos, long took) {
    double median() {
      return quantile(nanos, 0.5);
    }
  }

  static Sample of(List<Round> rounds) {
    long[] nanos =
        rounds.stream().flatMapToLong(round -> Arrays.stream(round.nanos)).sorted().toArray();
    return new Sample(nanos, List.copyOf(rounds));
  }

  private static double quantile(long[] sorted, double share) {
    return sorted[(int) Math.min(sorted.length - 1, (long) (share * sorted.length))];
  }

  double medianMicros() {
    return quantile(nanos, 0.5) / 1e3;
  }

  double p99Micros() {
    return quantile(nanos, 0.99) / 1e3;
  }

  double perSecond() {
    return nanos.length * 1e9 / rounds.stream().mapToLong(Round::took).sum();
  }

  /** The median, over the rounds, of the ratio of the two medians of a round. */
  double ratioTo(Sample other) {
    double[] ratios =
        IntStream.range(0, rounds.size())
            .mapToDouble(i -> rounds.get(i).median() / other.rounds.get(i).median())
            .sorted()
            .toArray();
    return ratios[ratios.length / 2];
  }
}
