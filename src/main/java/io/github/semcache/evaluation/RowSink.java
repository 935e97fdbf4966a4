package io.github.semcache.evaluation;

import io.github.semcache.evaluation.DataRows.Row;
import java.util.ArrayList;
import java.util.List;

/** Receives the rows of a data file. */
interface RowSink {

  /** Receives the column names, before the rows; not called for JSON objects. */
  default void header(List<String> columns) {}

  void row(Row row);

  /** Receives the problem of an invalid row. Reading continues unless this method throws. */
  void invalid(DataFileException problem);

  /** Collects all rows, and throws the problem of an invalid one. */
  record Collector(List<Row> rows) implements RowSink {
    Collector() {
      this(new ArrayList<>());
    }

    @Override
    public void row(Row row) {
      rows.add(row);
    }

    @Override
    public void invalid(DataFileException problem) {
      throw problem;
    }
  }
}
