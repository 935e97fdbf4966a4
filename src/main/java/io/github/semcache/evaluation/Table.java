package io.github.semcache.evaluation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The parsed rows of a data file.
 *
 * @param source the name of the file, for messages
 * @param columns the column names, in file order
 * @param rows the rows, at least one
 */
record Table(String source, List<String> columns, List<Row> rows) {

  /**
   * A row.
   *
   * @param line the line on which the row starts, counted from 1
   * @param fields the values by column name; missing values have no entry
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

  /**
   * Checks that a column exists.
   *
   * @param option the option that names the column, for the message
   */
  void requireColumn(String option, String name) {
    if (!columns.contains(name)) {
      throw new DataFileException(
          "%s is '%s', but %s has no such column; its columns are %s"
              .formatted(
                  option,
                  name,
                  source,
                  columns.stream()
                      .map(column -> "'" + column + "'")
                      .collect(Collectors.joining(", "))));
    }
  }

  /** Returns a value that must be present and not blank. */
  String required(Row row, String column) {
    return optional(row, column).orElseThrow(() -> error(row, "column '" + column + "' is empty"));
  }

  /** Returns a value, or empty if it is missing or blank. */
  Optional<String> optional(Row row, String column) {
    return Optional.ofNullable(row.fields().get(column)).filter(value -> !value.isBlank());
  }

  DataFileException error(Row row, String problem) {
    return new DataFileException(source + ", line " + row.line() + ": " + problem);
  }
}
