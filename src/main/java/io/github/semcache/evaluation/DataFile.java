package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import io.github.semcache.evaluation.DataRows.Row;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A UTF-8 file of prompts or prompt pairs with named columns. The whole file is read into memory.
 * Every problem in it is an exception; no row is skipped. If the first line starts with {@code #},
 * lines that start with {@code #} are comments.
 *
 * <p>DataFile is immutable.
 *
 * <pre>{@code
 * List<LabeledPrompt> prompts =
 *     DataFile.read(Path.of("prompts.csv"))
 *         .prompts(PromptColumns.of("text").label("category"));
 * }</pre>
 */
public final class DataFile {
  private static final int MAX_VALUE_CHARACTERS = 1_000_000;
  private static final Set<String> SAME = Set.of("1", "true", "yes", "same", "duplicate", "hit");
  private static final Set<String> DIFFERENT = Set.of("0", "false", "no", "different", "miss");

  /** The format of a data file. */
  public enum Format {
    /** Comma-separated values (RFC 4180); the first row contains the column names. */
    CSV,
    /** Tab-separated values; the first row contains the column names. */
    TSV,
    /** A JSON object per line, or an array per line with the column names in the first array. */
    JSON_LINES;

    /**
     * Returns the format for the extension of a file name.
     *
     * @param path the file
     * @return JSON lines for {@code .jsonl}, {@code .ndjson}, and {@code .json}, TSV for {@code
     *     .tsv}, and CSV for everything else
     */
    public static Format of(Path path) {
      String name = path.toString().toLowerCase(Locale.ROOT);
      if (name.endsWith(".jsonl") || name.endsWith(".ndjson") || name.endsWith(".json")) {
        return JSON_LINES;
      }
      return name.endsWith(".tsv") ? TSV : CSV;
    }
  }

  private final Table table;

  private DataFile(Table table) {
    this.table = table;
  }

  /**
   * Reads a file in the {@linkplain Format#of format of its file name extension}. Blocks on the
   * file system.
   *
   * @param path the file
   * @return the data file
   * @throws DataFileException if the file cannot be read, is not UTF-8, is malformed, or has no
   *     rows
   */
  public static DataFile read(Path path) {
    return read(path, Format.of(path));
  }

  /**
   * Reads a file. Blocks on the file system.
   *
   * @param path the file
   * @param format the format of the file
   * @return the data file
   * @throws DataFileException if the file cannot be read, is not UTF-8, is malformed, or has no
   *     rows
   */
  public static DataFile read(Path path, Format format) {
    String source = path.toString();
    String text = StrictUtf8.decode(bytes(path), source);
    return new DataFile(
        switch (requireNonNull(format, "format")) {
          case CSV -> CsvTable.parse(text, source, ',', MAX_VALUE_CHARACTERS);
          case TSV -> CsvTable.parse(text, source, '\t', MAX_VALUE_CHARACTERS);
          case JSON_LINES -> JsonLinesTable.parse(text, source, MAX_VALUE_CHARACTERS);
        });
  }

  /**
   * Reads a file that has no header. In tab-separated values without a header, values are not
   * quoted, {@code \n}, {@code \t}, and {@code \\} stand for a line feed, a tab, and a backslash,
   * and lines that start with {@code #} are always comments. Blocks on the file system.
   *
   * @param path the file
   * @param format CSV or TSV
   * @param columns the column names, in file order
   * @return the data file
   * @throws DataFileException if the file cannot be read, is not UTF-8, is malformed, or has no
   *     rows
   * @throws IllegalArgumentException if the format is JSON lines, or two columns have the same name
   */
  public static DataFile read(Path path, Format format, List<String> columns) {
    if (format == Format.JSON_LINES) {
      throw new IllegalArgumentException(
          "format is JSON_LINES; only CSV and TSV can be read without a header");
    }
    if (columns.isEmpty() || columns.stream().distinct().count() != columns.size()) {
      throw new IllegalArgumentException(
          "columns is " + columns + "; it must have at least one name and no name twice");
    }
    String source = path.toString();
    String text = StrictUtf8.decode(bytes(path), source);
    return new DataFile(
        format == Format.TSV
            ? PlainTsvTable.parse(text, source, MAX_VALUE_CHARACTERS, columns)
            : CsvTable.parse(text, source, ',', MAX_VALUE_CHARACTERS, columns));
  }

  /** Reads a tab-separated file without a header, or returns empty if it has other columns. */
  static Optional<DataFile> tryRead(Path path, List<String> columns) {
    String text = StrictUtf8.decode(bytes(path), path.toString());
    boolean hasColumns =
        text.lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .allMatch(line -> line.chars().filter(c -> c == '\t').count() == columns.size() - 1);
    return hasColumns && !text.isBlank()
        ? Optional.of(read(path, Format.TSV, columns))
        : Optional.empty();
  }

  private static byte[] bytes(Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      throw new DataFileException(path + " does not exist", e);
    } catch (AccessDeniedException e) {
      throw new DataFileException(path + " cannot be read: access denied", e);
    } catch (IOException e) {
      throw new DataFileException(path + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Returns the column names.
   *
   * @return an unmodifiable list of the column names in file order
   */
  public List<String> columns() {
    return table.columns();
  }

  /**
   * Returns the rows as prompts.
   *
   * @param columns the column names
   * @return an unmodifiable list of at least one prompt, in file order
   * @throws DataFileException if a column does not exist, a prompt, label, or timestamp is missing,
   *     a prompt is too long, a timestamp cannot be parsed, or all labels are equal
   */
  public List<LabeledPrompt> prompts(PromptColumns columns) {
    table.requireColumn("prompt", columns.prompt());
    columns.label().ifPresent(name -> table.requireColumn("label", name));
    columns.scope().ifPresent(name -> table.requireColumn("scope", name));
    columns.timestamp().ifPresent(name -> table.requireColumn("timestamp", name));
    List<LabeledPrompt> prompts = new ArrayList<>(table.rows().size());
    for (Row row : table.rows()) {
      prompts.add(
          new LabeledPrompt(
              text(row, columns.prompt(), columns.maxCharacters()),
              columns.label().map(name -> table.required(row, name).strip()),
              columns.scope().flatMap(row::value),
              columns.timestamp().map(name -> timestamp(row, name)),
              row.line()));
    }
    columns.label().ifPresent(name -> requireTwoLabels(prompts, name));
    return List.copyOf(prompts);
  }

  private void requireTwoLabels(List<LabeledPrompt> prompts, String column) {
    if (prompts.stream().map(LabeledPrompt::label).distinct().limit(2).count() < 2) {
      throw new DataFileException(
          "%s: column '%s' has the same label in every row; it must have at least two labels"
              .formatted(table.source(), column));
    }
  }

  /**
   * Returns the rows as pairs.
   *
   * @param columns the column names
   * @return an unmodifiable list of at least two pairs, in file order
   * @throws DataFileException if a column does not exist, a prompt is missing or too long, a label
   *     is not one that {@link PairColumns#label} lists, or all labels are equal
   */
  public List<LabeledPair> pairs(PairColumns columns) {
    List<LabeledPair> pairs = pairsOfAnyLabel(columns);
    if (pairs.stream().map(LabeledPair::sameAnswer).distinct().count() < 2) {
      throw new DataFileException(
          "%s: column '%s' has the same label in every row; it must have both labels"
              .formatted(table.source(), columns.label()));
    }
    return pairs;
  }

  /**
   * Returns the rows as pairs, which may all have the same label.
   *
   * @param columns the column names
   * @return an unmodifiable list of at least one pair, in file order
   * @throws DataFileException if a column does not exist, a prompt is missing or too long, or a
   *     label is not one that {@link PairColumns#label} lists
   */
  public List<LabeledPair> pairsOfAnyLabel(PairColumns columns) {
    table.requireColumn("first", columns.first());
    table.requireColumn("second", columns.second());
    table.requireColumn("label", columns.label());
    List<LabeledPair> pairs = new ArrayList<>(table.rows().size());
    for (Row row : table.rows()) {
      pairs.add(
          new LabeledPair(
              text(row, columns.first(), columns.maxCharacters()),
              text(row, columns.second(), columns.maxCharacters()),
              isSameAnswer(row, columns.label()),
              row.line()));
    }
    return List.copyOf(pairs);
  }

  private String text(Row row, String column, int maxCharacters) {
    String text = table.required(row, column);
    if (text.length() > maxCharacters) {
      throw table.error(
          row,
          "column '%s' has %d characters; the limit is %d"
              .formatted(column, text.length(), maxCharacters));
    }
    return text;
  }

  private Instant timestamp(Row row, String column) {
    Optional<Instant> timestamp = Timestamps.parse(table.required(row, column));
    return timestamp.orElseThrow(
        () ->
            table.error(
                row,
                "column '"
                    + column
                    + "' is not a timestamp; it must be ISO 8601, or seconds or milliseconds"
                    + " since 1970"));
  }

  /** Returns whether every value of a column is a label of a pair. */
  boolean hasPairLabels(String column) {
    return table.rows().stream()
        .map(row -> row.fields().getOrDefault(column, "").strip().toLowerCase(Locale.ROOT))
        .allMatch(label -> SAME.contains(label) || DIFFERENT.contains(label));
  }

  private boolean isSameAnswer(Row row, String column) {
    String label = table.required(row, column).strip().toLowerCase(Locale.ROOT);
    if (!SAME.contains(label) && !DIFFERENT.contains(label)) {
      throw table.error(
          row,
          "column '"
              + column
              + "' has an unknown label; it must be 1, true, yes, same, duplicate, or hit for the"
              + " same answer, and 0, false, no, different, or miss for different answers");
    }
    return SAME.contains(label);
  }
}
