package io.github.semcache.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The table of all scenarios, printed at the end and written to {@code target/chaos.md}. */
final class ChaosReport {
  /** More threads than the eight callers, their workers, and the background threads need. */
  private static final int MAX_THREADS = 120;

  /** The connections of a pool for each of six nodes. */
  private static final int MAX_CONNECTIONS = 6 * 16;

  private static final Path FILE = Path.of("target", "chaos.md");
  private static final String HEADER =
      """
      | deployment | fault | requests | failed | wrong | stale | without expiry | hits | longest wait \
      | machine delay | first exact hit | first semantic hit | threads before, peak, after \
      | connections before, after, closed |
      |---|---|---|---|---|---|---|---|---|---|---|---|---|---|
      """;

  private final Duration margin;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  /**
   * Creates an empty report.
   *
   * @param margin the time that a request may wait in addition to the deadline and to the
   *     {@linkplain Hiccups longest delay} that the machine caused
   */
  ChaosReport(Duration margin) {
    this.margin = margin;
  }

  /** The result of one scenario. */
  record Row(
      String deployment,
      String fault,
      Scenario.Measured measured,
      int threadsAfter,
      int connectionsClosed) {

    /** Returns the exceeded limits. */
    List<String> violations(Duration margin) {
      Traffic.Counts counts = measured.counts();
      List<String> found = new ArrayList<>();
      check(found, counts.failed() == 0, counts.failed() + " requests failed");
      check(found, counts.wrong() == 0, counts.wrong() + " answers were wrong");
      check(found, counts.stale() == 0, counts.stale() + " answers had expired");
      check(
          found,
          measured.stats().corruptEntries() == 0,
          measured.stats().corruptEntries() + " entries were incomplete");
      check(
          found,
          measured.entriesWithoutExpiry() == 0,
          measured.entriesWithoutExpiry() + " entries do not expire");
      Duration limit = Scenario.DEADLINE.plus(margin).plus(measured.hiccup());
      check(
          found,
          counts.longestWait().compareTo(limit) <= 0,
          "a request waited " + millis(counts.longestWait()) + " (limit " + millis(limit) + ")");
      check(
          found,
          measured.firstExactHit().isPresent() && measured.firstSemanticHit().isPresent(),
          "no hits after the fault; open circuits: " + measured.openCircuits());
      check(found, measured.threadsPeak() <= MAX_THREADS, measured.threadsPeak() + " threads");
      check(
          found,
          threadsAfter <= measured.threadsBefore(),
          threadsAfter - measured.threadsBefore() + " threads did not end: " + threads());
      check(
          found,
          measured.connectionsAfter() <= MAX_CONNECTIONS,
          measured.connectionsAfter() + " connections");
      check(found, connectionsClosed == 0, connectionsClosed + " connections stayed open");
      return found;
    }

    private static List<String> threads() {
      return Threads.names().toList();
    }

    private static void check(List<String> found, boolean holds, String violation) {
      if (!holds) {
        found.add(violation);
      }
    }

    String line() {
      Traffic.Counts counts = measured.counts();
      return "| %s | %s | %,d | %d | %d | %d | %d | %,d | %s | %s | %s | %s | %d, %d, %d | %d, %d, %d |"
          .formatted(
              deployment,
              fault,
              counts.requests(),
              counts.failed(),
              counts.wrong(),
              counts.stale(),
              measured.entriesWithoutExpiry(),
              counts.hits(),
              millis(counts.longestWait()),
              millis(measured.hiccup()),
              millis(measured.firstExactHit()),
              millis(measured.firstSemanticHit()),
              measured.threadsBefore(),
              measured.threadsPeak(),
              threadsAfter,
              measured.connectionsBefore(),
              measured.connectionsAfter(),
              connectionsClosed);
    }
  }

  private static String millis(Optional<Duration> duration) {
    return duration.map(ChaosReport::millis).orElse("none");
  }

  private static String millis(Duration duration) {
    return duration.toMillis() + " ms";
  }

  /**
   * Adds a row and checks it.
   *
   * @throws AssertionError if a limit is exceeded
   */
  void add(Row row) {
    lines.add(row.line());
    System.out.println(row.line());
    List<String> violations = row.violations(margin);
    if (!violations.isEmpty()) {
      AssertionError error = new AssertionError(String.join("; ", violations));
      row.measured().counts().firstFailure().ifPresent(error::addSuppressed);
      throw error;
    }
  }

  /** Adds a line for a scenario that could not be run. */
  void addSkipped(Object scenario, String reason) {
    lines.add("| " + scenario + " | skipped: " + reason + " |");
  }

  /** Prints the table and writes it to the file. */
  void print() throws IOException {
    if (lines.isEmpty()) {
      return;
    }
    String table = HEADER + String.join(System.lineSeparator(), lines) + System.lineSeparator();
    System.out.println(table);
    Files.createDirectories(FILE.toAbsolutePath().getParent());
    Files.writeString(FILE, table);
  }
}
