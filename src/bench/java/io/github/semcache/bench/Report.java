package io.github.semcache.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A report in Markdown with the targets and the tables. Rows are also printed immediately. */
final class Report {
  private final PrintStream progress;
  private final List<Table> tables = new ArrayList<>();
  private final List<Target> targets = new ArrayList<>();
  private final String environment;

  Report(PrintStream progress, String redis) {
    this.progress = progress;
    this.environment = environment(redis);
    progress.println(environment);
  }

  /** A table whose rows are added while measuring. */
  final class Table {
    private final String title;
    private final List<String> lines = new ArrayList<>();

    private Table(String title, List<String> columns) {
      this.title = title;
      lines.add(line(columns));
      lines.add(columns.stream().map(column -> "---").collect(Collectors.joining("|", "|", "|")));
    }

    void row(Object... cells) {
      String line = line(Stream.of(cells).map(Report::format).toList());
      lines.add(line);
      progress.println(title + " " + line);
    }

    private static String line(List<String> cells) {
      return cells.stream().collect(Collectors.joining(" | ", "| ", " |"));
    }
  }

  /** Adds a table. */
  Table table(String title, String... columns) {
    Table table = new Table(title, List.of(columns));
    tables.add(table);
    return table;
  }

  /** Formats a cell; numbers have at least three significant digits. */
  private static String format(Object cell) {
    if (cell instanceof Double number) {
      int decimals = number < 10 ? 2 : number < 100 ? 1 : 0;
      return String.format(Locale.ROOT, "%,." + decimals + "f", number);
    }
    return cell instanceof Integer count
        ? String.format(Locale.ROOT, "%,d", count)
        : String.valueOf(cell);
  }

  /**
   * A target of the benchmarks.
   *
   * @param name the measured value
   * @param value the formatted value
   * @param limit the formatted limit
   * @param isMet whether the value is within the limit
   */
  private record Target(String name, String value, String limit, boolean isMet) {
    String row() {
      return "| %s | %s | %s | %s |".formatted(name, value, limit, isMet ? "met" : "**missed**");
    }
  }

  void atMost(String name, double value, double limit) {
    addTarget(new Target(name, format(value), "at most " + format(limit), value <= limit));
  }

  void atLeast(String name, double value, double limit) {
    String formatted = String.format(Locale.ROOT, "%.3f", value);
    addTarget(new Target(name, formatted, "at least " + limit, value >= limit));
  }

  private void addTarget(Target target) {
    progress.println("target " + target.row());
    targets.add(target);
  }

  private static String environment(String redis) {
    return String.join(
        "\n",
        "- Date: " + LocalDate.now(ZoneOffset.UTC),
        "- Machine: %s, %d processors, %s %s"
            .formatted(
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("os.arch")),
        "- Load average before the run: "
            + format(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()),
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

  /** Writes the report, with missed targets first. */
  void write(Path file) throws IOException {
    List<String> lines = new ArrayList<>(List.of(environment, "", "### Targets", ""));
    lines.addAll(List.of("| target | value | limit | result |", "|---|---|---|---|"));
    targets.stream()
        .sorted(Comparator.comparing(Target::isMet))
        .forEach(target -> lines.add(target.row()));
    for (Table table : tables) {
      lines.addAll(List.of("", "### " + table.title, ""));
      lines.addAll(table.lines);
    }
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, lines);
  }
}
