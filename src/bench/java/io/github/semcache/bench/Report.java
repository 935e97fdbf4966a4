package io.github.semcache.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tables in Markdown, and which targets were reached. Rows are shown as they come. */
final class Report {
  private final PrintStream progress;
  private final List<Table> tables = new ArrayList<>();
  private final List<String> reached = new ArrayList<>();
  private final List<String> missed = new ArrayList<>();
  private final String machine;

  Report(PrintStream progress, String redis) {
    this.progress = progress;
    this.machine = machine(redis);
    progress.println(machine);
  }

  /** A table, to be filled. */
  final class Table {
    private final String title;
    private final List<String> lines = new ArrayList<>();

    private Table(String title, List<String> columns) {
      this.title = title;
      lines.add(line(columns));
      lines.add(columns.stream().map(column -> "---").collect(Collectors.joining("|", "|", "|")));
    }

    void row(Object... cells) {
      String line = line(Stream.of(cells).map(Report::show).toList());
      lines.add(line);
      progress.println(title + " " + line);
    }

    private static String line(List<String> cells) {
      return cells.stream().collect(Collectors.joining(" | ", "| ", " |"));
    }
  }

  /** Begins the next table. */
  Table table(String title, String... columns) {
    Table table = new Table(title, List.of(columns));
    tables.add(table);
    return table;
  }

  /** Three digits are more than a run can tell. */
  private static String show(Object cell) {
    if (cell instanceof Double number) {
      int decimals = number < 10 ? 2 : number < 100 ? 1 : 0;
      return String.format(Locale.ROOT, "%,." + decimals + "f", number);
    }
    return cell instanceof Integer count
        ? String.format(Locale.ROOT, "%,d", count)
        : String.valueOf(cell);
  }

  void atMost(String what, double value, double limit) {
    judge(value <= limit, what + ": " + show(value) + ", at most " + show(limit));
  }

  void atLeast(String what, double value, double limit) {
    judge(value >= limit, String.format(Locale.ROOT, "%s: %.3f, at least %s", what, value, limit));
  }

  private void judge(boolean good, String what) {
    progress.println((good ? "reached " : "MISSED ") + what);
    (good ? reached : missed).add(what);
  }

  private static String machine(String redis) {
    return String.join(
        "\n",
        "- Date: " + LocalDate.now(ZoneOffset.UTC),
        "- Machine: %s, %d processors, %s %s"
            .formatted(
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("os.arch")),
        "- Load before the run, of other programs: "
            + show(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()),
        "- Java: " + System.getProperty("java.vm.name") + " " + Runtime.version(),
        "- Redis: " + redis);
  }

  private static String processor() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown processor");
    } catch (IOException e) {
      return "unknown processor";
    }
  }

  /** Writes all of it. */
  void write(Path file) throws IOException {
    List<String> lines = new ArrayList<>(List.of(machine, "", "### Targets", ""));
    missed.forEach(target -> lines.add("- **Missed:** " + target));
    reached.forEach(target -> lines.add("- Reached: " + target));
    for (Table table : tables) {
      lines.addAll(List.of("", "### " + table.title, ""));
      lines.addAll(table.lines);
    }
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, lines);
  }
}
