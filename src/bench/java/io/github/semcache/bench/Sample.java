package io.github.semcache.bench;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** How long one way of a {@link Contest} took. */
final class Sample {
  private final long[] sortedNanos;
  private final List<Round> rounds;

  private Sample(long[] sortedNanos, List<Round> rounds) {
    this.sortedNanos = sortedNanos;
    this.rounds = rounds;
  }

  static Sample of(List<Round> rounds) {
    return new Sample(
        rounds.stream().flatMapToLong(round -> Arrays.stream(round.sortedNanos)).sorted().toArray(),
        List.copyOf(rounds));
  }

  /** The times of one round. */
  static final class Round {
    private final long[] sortedNanos;
    private final long took;

    /**
     * One round.
     *
     * @param nanos every time
     * @param took how many nanoseconds the round took
     */
    Round(List<long[]> nanos, long took) {
      this.sortedNanos = nanos.stream().flatMapToLong(Arrays::stream).sorted().toArray();
      this.took = took;
    }
  }

  private static double quantileOf(long[] sorted, double share) {
    return sorted[(int) Math.min(sorted.length - 1, (long) (share * sorted.length))];
  }

  double medianMicros() {
    return quantileOf(sortedNanos, 0.5) / 1e3;
  }

  double p99Micros() {
    return quantileOf(sortedNanos, 0.99) / 1e3;
  }

  double perSecond() {
    return sortedNanos.length * 1e9 / rounds.stream().mapToLong(round -> round.took).sum();
  }

  /** The median, over the rounds, of the ratio of the two medians of a round. */
  double ratioTo(Sample other) {
    double[] ratios =
        IntStream.range(0, rounds.size())
            .mapToDouble(i -> median(rounds.get(i)) / median(other.rounds.get(i)))
            .sorted()
            .toArray();
    return ratios[ratios.length / 2];
  }

  private static double median(Round round) {
    return quantileOf(round.sortedNanos, 0.5);
  }
}
