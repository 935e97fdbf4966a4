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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads CSV, or the same with tabs: the first row names the columns. */
final class CsvTable {
  private final String source;
  private final int maxCharacters;
  private final List<String> header = new ArrayList<>();
  private final List<Table.Row> rows = new ArrayList<>();

  private CsvTable(String source, int maxCharacters) {
    this.source = source;
    this.maxCharacters = maxCharacters;
  }

  /**
   * Parses a whole file.
   *
   * @throws DataFileException if a row does not have the header's columns, a quotation has no end,
   *     or a value is longer than {@code maxCharacters}
   */
  static Table parse(String text, String source, char separator, int maxCharacters) {
    CsvTable table = new CsvTable(source, maxCharacters);
    long line = 1;
    try (MappingIterator<String[]> values =
        reader(separator, maxCharacters).<String[]>readValues(text)) {
      while (values.hasNextValue()) {
        table.add(line, values.nextValue());
        line = values.getParser().currentLocation().getLineNr();
      }
    } catch (JsonProcessingException e) {
      throw table.trouble(line, table.reason(e), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Table(source, table.header, table.rows);
  }

  private static ObjectReader reader(char separator, int maxCharacters) {
    CsvFactory factory =
        CsvFactory.builder()
            .enable(CsvParser.Feature.WRAP_AS_ARRAY)
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
      throw trouble(
          line,
          "the row has %d values, the header %d columns".formatted(values.length, header.size()),
          null);
    }
    Map<String, String> fields = new HashMap<>();
    for (int i = 0; i < values.length; i++) {
      fields.put(header.get(i), values[i]);
    }
    rows.add(new Table.Row(line, fields));
  }

  private void addHeader(long line, String[] names) {
    Set<String> seen = new LinkedHashSet<>();
    for (String name : names) {
      if (!seen.add(name.strip())) {
        throw trouble(line, "the header has the column '" + name.strip() + "' twice", null);
      }
    }
    header.addAll(seen);
  }

  private String reason(JsonProcessingException failure) {
    return failure.getCause() instanceof StreamConstraintsException
        ? "a value has more than " + maxCharacters + " characters; is a quotation mark missing?"
        : failure.getOriginalMessage();
  }

  private DataFileException trouble(long line, String what, @Nullable Throwable cause) {
    return new DataFileException(source + ", line " + line + ": " + what, cause);
  }
}
