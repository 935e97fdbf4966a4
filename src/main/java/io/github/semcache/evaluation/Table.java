package io.github.semcache.evaluation;

import io.github.semcache.evaluation.DataRows.Row;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The parsed rows of a data file.
 *
 * @param source the name of the file, for messages
 * @param columns the column names, in file order
 * @param rows the rows, at least one
 */
record Table(String source, List<String> columns, List<Row> rows) {

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
    return row.value(column).orElseThrow(() -> error(row, "column '" + column + "' is empty"));
  }

  DataFileException error(Row row, String problem) {
    return new DataFileException(source + ", line " + row.line() + ": " + problem);
  }
}
