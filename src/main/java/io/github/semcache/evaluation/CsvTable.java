package io.github.semcache.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.github.semcache.evaluation.DataRows.Row;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses comma-separated or tab-separated values whose first row contains the column names. */
final class CsvTable {
  private final String source;
  private final int maxCharacters;
  private final List<String> header = new ArrayList<>();
  private final RowSink sink;

  private CsvTable(String source, int maxCharacters, RowSink sink) {
    this.source = source;
    this.maxCharacters = maxCharacters;
    this.sink = sink;
  }

  /**
   * Parses a whole file.
   *
   * @throws DataFileException if a row and the header differ in length, a column name occurs twice,
   *     a quoted value is not closed, or a value is longer than {@code maxCharacters}
   */
  static Table parse(String text, String source, char separator, int maxCharacters) {
    return parse(text, source, separator, maxCharacters, List.of());
  }

  /**
   * Parses a whole file without a header.
   *
   * @param columns the column names
   * @throws DataFileException as above
   */
  static Table parse(
      String text, String source, char separator, int maxCharacters, List<String> columns) {
    RowSink.Collector rows = new RowSink.Collector();
    CsvTable table = new CsvTable(source, maxCharacters, rows);
    table.header.addAll(columns);
    try {
      table.read(new StringReader(text), separator, text.startsWith("#"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Table(source, table.header, rows.rows());
  }

  /**
   * Reads rows one by one.
   *
   * @param hasComments whether lines that start with {@code #} are comments
   * @throws DataFileException if the header is invalid, or the rest of the file cannot be read
   * @throws IOException if reading fails
   */
  static void read(
      Reader text,
      String source,
      char separator,
      boolean hasComments,
      int maxCharacters,
      RowSink sink)
      throws IOException {
    new CsvTable(source, maxCharacters, sink).read(text, separator, hasComments);
  }

  private void read(Reader text, char separator, boolean hasComments) throws IOException {
    long line = 1;
    try (MappingIterator<String[]> values =
        reader(separator, hasComments).<String[]>readValues(text)) {
      while (values.hasNextValue()) {
        add(line, values.nextValue());
        line = values.getParser().currentLocation().getLineNr();
      }
    } catch (JsonProcessingException e) {
      throw error(line, reason(e), e);
    }
  }

  private ObjectReader reader(char separator, boolean hasComments) {
    CsvFactory factory =
        CsvFactory.builder()
            .enable(CsvParser.Feature.WRAP_AS_ARRAY)
            .configure(CsvParser.Feature.ALLOW_COMMENTS, hasComments)
            .streamReadConstraints(
                StreamReadConstraints.builder().maxStringLength(maxCharacters).build())
            .build();
    CsvSchema schema = CsvSchema.emptySchema().withColumnSeparator(separator);
    return new CsvMapper(factory).readerFor(String[].class).with(schema);
  }

  private void add(long line, String[] values) {
    if (values.length == 0 || (values.length == 1 && values[0].isBlank() && header.size() != 1)) {
      return;
    }
    if (header.isEmpty()) {
      addHeader(line, values);
      return;
    }
    if (values.length != header.size()) {
      sink.invalid(
          error(
              line,
              "the row has %d values, but the header has %d columns"
                  .formatted(values.length, header.size()),
              null));
      return;
    }
    Map<String, String> fields = new HashMap<>();
    for (int i = 0; i < values.length; i++) {
      fields.put(header.get(i), values[i]);
    }
    sink.row(new Row(line, fields));
  }

  private void addHeader(long line, String[] names) {
    Set<String> seen = new LinkedHashSet<>();
    for (String name : names) {
      if (!seen.add(name.strip())) {
        throw error(line, "the header contains the column '" + name.strip() + "' twice", null);
      }
    }
    header.addAll(seen);
    sink.header(header);
  }

  private String reason(JsonProcessingException failure) {
    return failure.getCause() instanceof StreamConstraintsException
        ? "a value has more than "
            + maxCharacters
            + " characters; a closing quotation mark may be missing"
        : failure.getOriginalMessage();
  }

  private DataFileException error(long line, String problem, @Nullable Throwable cause) {
    return DataFileException.inLine(source, line, problem, cause);
  }
}
