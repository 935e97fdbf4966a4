package io.github.semcache.bench;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The measured call durations of one variant of an {@link InterleavedRun}. */
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

  /** The call durations of one round. */
  static final class Round {
    private final long[] sortedNanos;
    private final long totalNanos;
    private final double cpuMicros;

    /**
     * Creates a round.
     *
     * @param nanos the duration of each call, per thread
     * @param totalNanos the duration of the round
     * @param cpuMicros the CPU time of the round
     */
    Round(List<long[]> nanos, long totalNanos, double cpuMicros) {
      this.sortedNanos = nanos.stream().flatMapToLong(Arrays::stream).sorted().toArray();
      this.totalNanos = totalNanos;
      this.cpuMicros = cpuMicros;
    }
  }

  private static double quantile(long[] sorted, double fraction) {
    return sorted[(int) Math.min(sorted.length - 1, (long) (fraction * sorted.length))];
  }

  double medianMicros() {
    return quantile(sortedNanos, 0.5) / 1e3;
  }

  double p99Micros() {
    return quantile(sortedNanos, 0.99) / 1e3;
  }

  double perSecond() {
    return sortedNanos.length * 1e9 / rounds.stream().mapToLong(round -> round.totalNanos).sum();
  }

  /**
   * Returns the CPU time per call, including that of background threads. Unlike the elapsed time,
   * it hardly depends on the load of the machine.
   */
  double cpuMicros() {
    return rounds.stream().mapToDouble(round -> round.cpuMicros).sum() / sortedNanos.length;
  }

  /**
   * Returns the median over the rounds of the ratio of the medians of this and another sample.
   * Rounds in which the machine was too busy for one call of each are omitted.
   */
  double ratioTo(Sample other) {
    double[] ratios =
        IntStream.range(0, rounds.size())
            .filter(i -> hasCalls(rounds.get(i)) && hasCalls(other.rounds.get(i)))
            .mapToDouble(i -> median(rounds.get(i)) / median(other.rounds.get(i)))
            .sorted()
            .toArray();
    return ratios[ratios.length / 2];
  }

  private static boolean hasCalls(Round round) {
    return round.sortedNanos.length > 0;
  }

  private static double median(Round round) {
    return quantile(round.sortedNanos, 0.5);
  }
}
