package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

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
 * A file of prompts in UTF-8 whose columns have names. It is read whole, and strictly: nothing that
 * is wrong with it is skipped. Immutable.
 *
 * <pre>{@code
 * List<LabeledPrompt> prompts =
 *     DataFile.read(Path.of("prompts.csv"))
 *         .prompts(PromptColumns.of("text").label("category"));
 * }</pre>
 */
public final class DataFile {
  private static final int MAX_VALUE_CHARACTERS = 1_000_000;
  private static final Set<String> SAME = Set.of("1", "true", "yes", "same", "duplicate");
  private static final Set<String> DIFFERENT = Set.of("0", "false", "no", "different");

  /** How a file is written. */
  public enum Format {
    /** Comma-separated values by RFC 4180; the first row names the columns. */
    CSV,
    /** The same with tabs. */
    TSV,
    /** A JSON object on each line, or arrays of which the first names the columns. */
    JSON_LINES;

    /**
     * The format that a file's name suggests.
     *
     * @param path the file
     * @return JSON lines for {@code .jsonl}, {@code .ndjson} and {@code .json}, tabs for {@code
     *     .tsv}, else CSV
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
   * Reads a file in the {@linkplain Format#of format that its name suggests}.
   *
   * @param path the file
   * @return its rows
   * @throws DataFileException if it cannot be read, is not UTF-8, is malformed, or has no rows
   */
  public static DataFile read(Path path) {
    return read(path, Format.of(path));
  }

  /**
   * Reads a file. Blocks on the disk.
   *
   * @param path the file
   * @param format how it is written
   * @return its rows
   * @throws DataFileException if it cannot be read, is not UTF-8, is malformed, or has no rows
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

  private static byte[] bytes(Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      throw new DataFileException(path + " does not exist", e);
    } catch (AccessDeniedException e) {
      throw new DataFileException(path + " may not be read", e);
    } catch (IOException e) {
      throw new DataFileException(path + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The names of the columns.
   *
   * @return an unmodifiable list, in the order of the file
   */
  public List<String> columns() {
    return table.columns();
  }

  /**
   * The rows as prompts.
   *
   * @param columns which columns hold what
   * @return at least one prompt, in the order of the file
   * @throws DataFileException if a column is not there, a prompt, a label or a time is missing, a
   *     prompt is too long, a time cannot be read, or all labels are alike
   */
  public List<LabeledPrompt> prompts(PromptColumns columns) {
    table.requireColumn("prompt", columns.prompt());
    columns.label().ifPresent(name -> table.requireColumn("label", name));
    columns.scope().ifPresent(name -> table.requireColumn("scope", name));
    columns.timestamp().ifPresent(name -> table.requireColumn("timestamp", name));
    List<LabeledPrompt> prompts = new ArrayList<>(table.rows().size());
    for (Table.Row row : table.rows()) {
      prompts.add(
          new LabeledPrompt(
              text(row, columns.prompt(), columns.maxCharacters()),
              columns.label().map(name -> table.required(row, name).strip()),
              columns.scope().flatMap(name -> table.optional(row, name)),
              columns.timestamp().map(name -> time(row, name)),
              row.line()));
    }
    columns.label().ifPresent(name -> requireTwoLabels(prompts, name));
    return List.copyOf(prompts);
  }

  private void requireTwoLabels(List<LabeledPrompt> prompts, String column) {
    if (prompts.stream().map(LabeledPrompt::label).distinct().limit(2).count() < 2) {
      throw new DataFileException(
          "%s: column '%s' has the same label in every row; no hit could be wrong"
              .formatted(table.source(), column));
    }
  }

  /**
   * The rows as pairs.
   *
   * @param columns which columns hold what
   * @return at least two pairs, in the order of the file
   * @throws DataFileException if a column is not there, a prompt is missing or too long, a label is
   *     none of those that {@link PairColumns#same} lists, or all labels are alike
   */
  public List<LabeledPair> pairs(PairColumns columns) {
    table.requireColumn("first", columns.first());
    table.requireColumn("second", columns.second());
    table.requireColumn("label", columns.same());
    List<LabeledPair> pairs = new ArrayList<>(table.rows().size());
    for (Table.Row row : table.rows()) {
      pairs.add(
          new LabeledPair(
              text(row, columns.first(), columns.maxCharacters()),
              text(row, columns.second(), columns.maxCharacters()),
              isSame(row, columns.same()),
              row.line()));
    }
    if (pairs.stream().map(LabeledPair::same).distinct().count() < 2) {
      throw new DataFileException(
          "%s: column '%s' has the same label in every row; there is nothing to tell apart"
              .formatted(table.source(), columns.same()));
    }
    return List.copyOf(pairs);
  }

  private String text(Table.Row row, String column, int maxCharacters) {
    String text = table.required(row, column);
    if (text.length() > maxCharacters) {
      throw table.trouble(
          row,
          "column '%s' has %d characters; the limit is %d"
              .formatted(column, text.length(), maxCharacters));
    }
    return text;
  }

  private Instant time(Table.Row row, String column) {
    Optional<Instant> time = Timestamps.parse(table.required(row, column));
    return time.orElseThrow(
        () ->
            table.trouble(
                row,
                "column '"
                    + column
                    + "' holds no time; it must be ISO 8601, or seconds or milliseconds since"
                    + " 1970"));
  }

  private boolean isSame(Table.Row row, String column) {
    String label = table.required(row, column).strip().toLowerCase(Locale.ROOT);
    if (!SAME.contains(label) && !DIFFERENT.contains(label)) {
      throw table.trouble(
          row,
          "column '"
              + column
              + "' holds an unknown label; it must be 1, true, yes, same or duplicate, or else 0,"
              + " false, no or different");
    }
    return SAME.contains(label);
  }
}
