package io.github.semcache.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The results of a benchmark: a row for each set and a column for each policy.
 *
 * @param heading a description of the run
 * @param results the results, set by set
 * @param earlier the results of an earlier run to compare with; may be empty
 */
record BenchTable(
    Map<String, Object> heading, List<BenchResult> results, List<BenchResult> earlier) {
  private static final String LEGEND =
      "Streams: hits / wrong hits in % of all requests, mean over the seeds, and in parentheses the"
          + " verifier calls per request. Pairs, in both directions: accepted right / accepted wrong"
          + " pairs in % of the right / wrong pairs.";

  /** Returns the rows of the table; the first one contains the column names. */
  private List<List<String>> rows() {
    Map<String, List<BenchResult>> bySet =
        results.stream()
            .collect(
                Collectors.groupingBy(BenchResult::set, LinkedHashMap::new, Collectors.toList()));
    List<List<String>> rows = new ArrayList<>();
    List<String> names = new ArrayList<>(List.of("set", "size"));
    results.stream().map(BenchResult::policy).distinct().forEach(names::add);
    rows.add(names);
    bySet.forEach(
        (set, row) -> {
          List<String> cells = new ArrayList<>(List.of(set));
          cells.add(row.get(0).size() + (row.get(0).isStream() ? "" : " pairs"));
          row.forEach(result -> cells.add(cell(result)));
          rows.add(cells);
        });
    return rows;
  }

  private String cell(BenchResult result) {
    Optional<BenchResult> before =
        earlier.stream()
            .filter(
                other -> other.set().equals(result.set()) && other.policy().equals(result.policy()))
            .findFirst();
    return before.map(result::cell).orElseGet(result::cell);
  }

  void printText(PrintWriter out) {
    List<List<String>> rows = rows();
    heading.forEach((name, value) -> out.printf("%-10s %s%n", name, value));
    out.println();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        int column = i;
        int width = rows.stream().mapToInt(other -> other.get(column).length()).max().orElse(0);
        line.append(row.get(i)).append(" ".repeat(width + 2 - row.get(i).length()));
      }
      out.println(line.toString().stripTrailing());
    }
    out.printf("%n%s%n", LEGEND);
    out.flush();
  }

  void printMarkdown(PrintWriter out) {
    List<List<String>> rows = rows();
    for (int i = 0; i < rows.size(); i++) {
      out.println("| " + String.join(" | ", rows.get(i)) + " |");
      if (i == 0) {
        out.println("|---".repeat(rows.get(0).size()) + "|");
      }
    }
    out.printf("%n%s%n%n", LEGEND);
    out.println(
        heading.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "))
            + ".");
    out.flush();
  }

  void printJson(PrintWriter out) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>(heading);
    json.put("results", results.stream().map(BenchResult::json).toList());
    JsonOutput.print(out, json);
  }

  /**
   * Reads the results of {@link #printJson}.
   *
   * @throws CommandException if the file cannot be read or contains something else
   */
  static List<BenchResult> read(Path file) {
    try {
      List<BenchResult> results = new ArrayList<>();
      for (JsonNode node : new JsonMapper().readTree(file.toFile()).required("results")) {
        results.add(
            new BenchResult(
                node.required("set").asText(),
                node.required("policy").asText(),
                node.required("kind").asText().equals("stream"),
                node.required("size").asInt(),
                number(node, "hits"),
                number(node, "wrong"),
                number(node, "verifierCalls")));
      }
      return results;
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandException(
          "--compare is '" + file + "'; it must be the output of bench --json", e);
    }
  }

  private static @Nullable Double number(JsonNode node, String name) {
    JsonNode value = node.required(name);
    return value.isNull() ? null : (Double) value.asDouble();
  }
}
