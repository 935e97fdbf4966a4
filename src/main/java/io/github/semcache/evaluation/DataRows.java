package io.github.semcache.evaluation;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the rows of a {@linkplain DataFile data file} one by one, without reading the whole file
 * into memory. Unlike {@link DataFile}, it reports an invalid row and continues with the next one.
 */
public final class DataRows {
  private static final int MAX_VALUE_CHARACTERS = 1_000_000;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private DataRows() {}

  /**
   * A row.
   *
   * @param line the line on which the row starts, counted from 1
   * @param fields the values by column name; missing values have no entry
   */
  public record Row(long line, Map<String, String> fields) {
    public Row {
      fields = Map.copyOf(fields);
    }

    /**
     * Returns a value.
     *
     * @param column the column name
     * @return the value, or empty if it is missing or blank
     */
    public Optional<String> value(String column) {
      return Optional.ofNullable(fields.get(column)).filter(value -> !value.isBlank());
    }
  }

  /** Receives rows, on the thread that reads them. */
  public interface Handler {

    /**
     * Receives the column names before the first row. Not called for JSON lines that are objects.
     *
     * @param columns the column names, in file order
     */
    default void header(List<String> columns) {}

    /**
     * Receives a row.
     *
     * @param row the row
     * @param bytes the number of bytes of the file that have been read; some of them may belong to
     *     later rows
     */
    void row(Row row, long bytes);

    /**
     * Receives the line of an invalid row.
     *
     * @param line the line, counted from 1
     * @param problem what is wrong, without the values of the row
     */
    void invalid(long line, String problem);
  }

  /**
   * Reads a file. Blocks on the file system and on the handler.
   *
   * @param path the file
   * @param format the format of the file
   * @param handler receives the rows
   * @throws DataFileException if the file cannot be read, is not UTF-8, has an invalid header, or
   *     if a quoted value is not closed; the rows before were passed to the handler
   * @throws RuntimeException any exception of the handler
   */
  public static void read(Path path, DataFile.Format format, Handler handler) {
    requireNonNull(handler, "handler");
    try (CountingStream bytes = new CountingStream(Files.newInputStream(path));
        BufferedReader text = reader(bytes)) {
      read(text, path.toString(), format, new HandlerSink(handler, bytes));
    } catch (NoSuchFileException e) {
      throw new DataFileException(path + " does not exist", e);
    } catch (CharacterCodingException e) {
      throw new DataFileException(path + " is not valid UTF-8; convert the file to UTF-8", e);
    } catch (IOException e) {
      throw new DataFileException(path + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static BufferedReader reader(InputStream bytes) throws IOException {
    BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                bytes,
                StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)));
    if (peek(reader) == BYTE_ORDER_MARK) {
      reader.read();
    }
    return reader;
  }

  /** Returns the next character without consuming it, or -1 at the end. */
  private static int peek(BufferedReader reader) throws IOException {
    reader.mark(1);
    int next = reader.read();
    reader.reset();
    return next;
  }

  private static void read(BufferedReader text, String source, DataFile.Format format, RowSink sink)
      throws IOException {
    boolean hasComments = peek(text) == '#';
    switch (format) {
      case CSV -> CsvTable.read(text, source, ',', hasComments, MAX_VALUE_CHARACTERS, sink);
      case TSV -> CsvTable.read(text, source, '\t', hasComments, MAX_VALUE_CHARACTERS, sink);
      case JSON_LINES -> JsonLinesTable.read(text, source, MAX_VALUE_CHARACTERS, sink);
    }
  }

  /** Passes rows to a handler. */
  private record HandlerSink(Handler handler, CountingStream bytes) implements RowSink {
    @Override
    public void header(List<String> columns) {
      handler.header(List.copyOf(columns));
    }

    @Override
    public void row(Row row) {
      handler.row(row, bytes.count);
    }

    @Override
    public void invalid(DataFileException problem) {
      handler.invalid(problem.line(), problem.problem());
    }
  }

  /** Counts the bytes that were read. */
  private static final class CountingStream extends FilterInputStream {
    private long count;

    CountingStream(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int next = in.read();
      count += next < 0 ? 0 : 1;
      return next;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = in.read(buffer, offset, length);
      count += Math.max(0, read);
      return read;
    }
  }
}
