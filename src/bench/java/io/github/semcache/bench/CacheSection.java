package io.github.semcache.bench;

import java.time.Duration;
import java.util.List;

/** Measures the overhead of the cache for a request. */
final class CacheSection {
  private static final double MAX_EXACT_HIT_MICROS = 5;

  private final Report report;
  private final Duration duration;

  CacheSection(Report report, Duration duration) {
    this.report = report;
    this.duration = duration;
  }

  void run() {
    Report.Table table =
        report.table("Overhead of the cache", "request", "p50 µs", "p99 µs", "per second");
    AskBenchmark cache = new AskBenchmark();
    List<Sample> samples =
        InterleavedRun.of(1, duration)
            .run(
                List.of(
                    InterleavedRun.Variant.of(i -> cache.missWithNoOpPorts()),
                    InterleavedRun.Variant.of(i -> cache.exactHitInMemory()),
                    InterleavedRun.Variant.of(i -> cache.exactHitInScope())));
    row(table, "miss with no-op ports", samples.get(0));
    row(table, "exact hit, in-memory store with 10,000 entries", samples.get(1));
    row(table, "exact hit with a system prompt and a tag", samples.get(2));
    report.atMost(
        "exact hit, in-memory store, µs", samples.get(1).medianMicros(), MAX_EXACT_HIT_MICROS);
    report.atMost(
        "exact hit with a system prompt and a tag, µs",
        samples.get(2).medianMicros(),
        MAX_EXACT_HIT_MICROS);
  }

  private static void row(Report.Table table, String request, Sample sample) {
    table.row(request, sample.medianMicros(), sample.p99Micros(), sample.perSecond());
  }
}
