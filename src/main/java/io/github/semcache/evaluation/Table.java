package io.github.semcache.evaluation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The rows of a file.
 *
 * @param source the file's name, for messages
 * @param columns the names of the columns, in their order
 * @param rows at least one row
 */
record Table(String source, List<String> columns, List<Row> rows) {

  /**
   * A row.
   *
   * @param line where it begins, counted from 1
   * @param fields values by the name of their column; what the row does not have is absent
   */
  record Row(long line, Map<String, String> fields) {}

  Table {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
    if (rows.isEmpty()) {
      throw new DataFileException(
          columns.isEmpty()
              ? source + " is empty; it must have a header and at least one row"
              : source + " has a header but no rows");
    }
  }

  /** Makes sure that there is such a column. */
  void requireColumn(String option, String name) {
    if (!columns.contains(name)) {
      throw new DataFileException(
          "%s is '%s', but %s has no such column; it has %s"
              .formatted(
                  option,
                  name,
                  source,
                  columns.stream()
                      .map(column -> "'" + column + "'")
                      .collect(Collectors.joining(", "))));
    }
  }

  /** A value that is there and not blank. */
  String required(Row row, String column) {
    return optional(row, column)
        .orElseThrow(() -> trouble(row, "column '" + column + "' is empty"));
  }

  /** A value, unless it is absent or blank. */
  Optional<String> optional(Row row, String column) {
    return Optional.ofNullable(row.fields().get(column)).filter(value -> !value.isBlank());
  }

  DataFileException trouble(Row row, String what) {
    return new DataFileException(source + ", line " + row.line() + ": " + what);
  }
}
