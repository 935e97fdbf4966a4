package io.github.semcache.bench;

import java.time.Duration;
import java.util.List;

/** What the cache itself adds to a request. */
final class FacadeSection {
  private static final double EXACT_HIT_MICROS = 5;

  private final Report report;
  private final Duration duration;

  FacadeSection(Report report, Duration duration) {
    this.report = report;
    this.duration = duration;
  }

  void run() {
    Report.Table table =
        report.table("The cache around its ports", "ask", "p50 µs", "p99 µs", "per second");
    AskBenchmark cache = new AskBenchmark();
    List<Sample> samples =
        Contest.of(1, duration)
            .run(
                List.of(
                    Contest.Way.of(i -> cache.missThroughNoOpPorts()),
                    Contest.Way.of(i -> cache.exactHitInMemory()),
                    Contest.Way.of(i -> cache.exactHitInScope())));
    row(table, "miss through ports that do nothing", samples.get(0));
    row(table, "exact hit, 10,000 entries in memory", samples.get(1));
    row(table, "the same, with system text and tag", samples.get(2));
    report.atMost(
        "exact hit of the cache in memory, µs", samples.get(1).medianMicros(), EXACT_HIT_MICROS);
    report.atMost(
        "the same, with system text and tag, µs", samples.get(2).medianMicros(), EXACT_HIT_MICROS);
  }

  private static void row(Report.Table table, String what, Sample sample) {
    table.row(what, sample.medianMicros(), sample.p99Micros(), sample.perSecond());
  }
}
