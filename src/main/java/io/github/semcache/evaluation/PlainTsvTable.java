package io.github.semcache.evaluation;

import io.github.semcache.evaluation.DataRows.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Parses tab-separated values without a header. Values are not quoted. In a value, {@code \n}
 * stands for a line feed, {@code \t} for a tab, and {@code \\} for a backslash. Empty lines, and
 * lines that start with {@code #}, are not rows.
 */
final class PlainTsvTable {
  private PlainTsvTable() {}

  /**
   * Parses a whole file.
   *
   * @param columns the column names
   * @throws DataFileException if a row does not have a value for each column, or a value is longer
   *     than {@code maxCharacters}
   */
  static Table parse(String text, String source, int maxCharacters, List<String> columns) {
    List<Row> rows = new ArrayList<>();
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (!line.isBlank() && !line.startsWith("#")) {
        rows.add(new Row(i + 1, fields(line, columns, source, i + 1, maxCharacters)));
      }
    }
    return new Table(source, columns, rows);
  }

  private static Map<String, String> fields(
      String line, List<String> columns, String source, long number, int maxCharacters) {
    String[] values = line.split("\t", -1);
    if (values.length != columns.size()) {
      throw new DataFileException(
          "%s, line %d: the row has %d values, but there are %d column names"
              .formatted(source, number, values.length, columns.size()));
    }
    Map<String, String> fields = new HashMap<>();
    for (int i = 0; i < values.length; i++) {
      if (values[i].length() > maxCharacters) {
        throw new DataFileException(
            "%s, line %d: column '%s' has %d characters; the limit is %d"
                .formatted(source, number, columns.get(i), values[i].length(), maxCharacters));
      }
      fields.put(columns.get(i), unescape(values[i]));
    }
    return fields;
  }

  private static String unescape(String value) {
    if (value.indexOf('\\') < 0) {
      return value;
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char next = i + 1 < value.length() ? value.charAt(i + 1) : ' ';
      int escaped = value.charAt(i) == '\\' ? "nt\\".indexOf(next) : -1;
      text.append(escaped < 0 ? value.charAt(i) : "\n\t\\".charAt(escaped));
      i += escaped < 0 ? 0 : 1;
    }
    return text.toString();
  }
}
