package io.github.semcache.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
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
  private final List<Table.Row> rows = new ArrayList<>();

  private JsonLinesTable(String source, int maxCharacters) {
    this.source = source;
    this.maxCharacters = maxCharacters;
  }

  /**
   * Parses a whole file.
   *
   * @throws DataFileException if a line is not JSON, is neither an object nor an array after a
   *     header, does not have the length of the header, or contains a value longer than {@code
   *     maxCharacters}
   */
  static Table parse(String text, String source, int maxCharacters) {
    JsonLinesTable table = new JsonLinesTable(source, maxCharacters);
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        table.add(i + 1, lines.get(i));
      }
    }
    return new Table(source, List.copyOf(table.columns), table.rows);
  }

  private void add(long line, String json) {
    JsonNode node = parse(line, json);
    if (node.isObject()) {
      Map<String, String> fields = new HashMap<>();
      node.properties().forEach(field -> addField(line, fields, field.getKey(), field.getValue()));
      columns.addAll(node.properties().stream().map(Map.Entry::getKey).toList());
      rows.add(new Table.Row(line, fields));
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
    rows.add(new Table.Row(line, fields));
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
    return new DataFileException(source + ", line " + line + ": " + problem, cause);
  }
}
