package io.github.semcache.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.semcache.evaluation.DataRows.Row;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parses JSON lines. Each line is an object, or each line is an array and the first array contains
 * the column names. Values that are null, objects, or arrays count as missing.
 */
final class JsonLinesTable {
  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);

  private final String source;
  private final int maxCharacters;
  private final Set<String> columns = new LinkedHashSet<>();
  private @Nullable List<String> header;
  private final RowSink sink;

  private JsonLinesTable(String source, int maxCharacters, RowSink sink) {
    this.source = source;
    this.maxCharacters = maxCharacters;
    this.sink = sink;
  }

  /**
   * Parses a whole file.
   *
   * @throws DataFileException if a line is not JSON, is neither an object nor an array after a
   *     header, does not have the length of the header, or contains a value longer than {@code
   *     maxCharacters}
   */
  static Table parse(String text, String source, int maxCharacters) {
    RowSink.Collector rows = new RowSink.Collector();
    JsonLinesTable table = new JsonLinesTable(source, maxCharacters, rows);
    try {
      table.read(new BufferedReader(new StringReader(text)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Table(source, List.copyOf(table.columns), rows.rows());
  }

  /**
   * Reads lines one by one.
   *
   * @throws IOException if reading fails
   */
  static void read(BufferedReader lines, String source, int maxCharacters, RowSink sink)
      throws IOException {
    new JsonLinesTable(source, maxCharacters, sink).read(lines);
  }

  private void read(BufferedReader lines) throws IOException {
    long number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (!line.isBlank()) {
        try {
          add(number, line);
        } catch (DataFileException e) {
          sink.invalid(e);
        }
      }
    }
  }

  private void add(long line, String json) {
    JsonNode node = parse(line, json);
    if (node.isObject()) {
      Map<String, String> fields = new HashMap<>();
      node.properties().forEach(field -> addField(line, fields, field.getKey(), field.getValue()));
      columns.addAll(node.properties().stream().map(Map.Entry::getKey).toList());
      sink.row(new Row(line, fields));
    } else if (node.isArray() && columns.isEmpty()) {
      addHeader(line, node);
    } else if (node.isArray() && header != null) {
      addArray(line, node, header);
    } else {
      throw error(line, "the line is neither a JSON object nor an array after a header", null);
    }
  }

  private JsonNode parse(long line, String json) {
    try {
      return JSON.readValue(json);
    } catch (JsonProcessingException e) {
      // Jackson's message may quote the content.
      throw error(line, "the line is not valid JSON", e);
    }
  }

  private void addHeader(long line, JsonNode names) {
    List<String> header = new ArrayList<>();
    names.forEach(name -> header.add(name.asText()));
    columns.addAll(header);
    if (columns.size() != header.size()) {
      throw error(line, "the header contains a column twice", null);
    }
    this.header = header;
    sink.header(header);
  }

  private void addArray(long line, JsonNode values, List<String> header) {
    if (values.size() != header.size()) {
      throw error(
          line,
          "the row has %d values, but the header has %d columns"
              .formatted(values.size(), header.size()),
          null);
    }
    Map<String, String> fields = new HashMap<>();
    for (int i = 0; i < values.size(); i++) {
      addField(line, fields, header.get(i), values.get(i));
    }
    sink.row(new Row(line, fields));
  }

  private void addField(long line, Map<String, String> fields, String name, JsonNode value) {
    if (!value.isValueNode() || value.isNull()) {
      return;
    }
    String text = value.asText();
    if (text.length() > maxCharacters) {
      throw error(
          line,
          "column '%s' has %d characters; the limit is %d"
              .formatted(name, text.length(), maxCharacters),
          null);
    }
    fields.put(name, text);
  }

  private DataFileException error(long line, String problem, @Nullable Throwable cause) {
    return DataFileException.inLine(source, line, problem, cause);
  }
}
