package io.github.semcache.lucene;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.StoreException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The changes that the index may not have yet, in the order in which they were made. They are in
 * numbered files; a file that was written by an earlier process is only ever read, and deleted when
 * the index has all of it.
 *
 * <p>Callers see to it that one thread at a time appends, rotates or closes; {@link #sync} may run
 * beside an append.
 */
final class WriteAheadLog implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(WriteAheadLog.class);
  private static final Pattern NAME = Pattern.compile("(\\d{19})\\.log");

  private final Path directory;
  private final EmbeddingSpace space;
  private final List<Path> earlier;
  private long number;
  private volatile LogFile current;

  private WriteAheadLog(Path directory, EmbeddingSpace space, List<Path> earlier)
      throws IOException {
    this.directory = directory;
    this.space = space;
    this.earlier = earlier;
    this.number = earlier.isEmpty() ? 0 : numberOf(earlier.get(earlier.size() - 1));
    this.current = createNext();
  }

  /**
   * Reads the log of a directory and begins a new file.
   *
   * @param replay is given the records, oldest first
   * @throws StoreException if the log belongs to another vector space or schema
   */
  static WriteAheadLog open(Path directory, EmbeddingSpace space, Consumer<LogRecord> replay)
      throws IOException {
    Directories.create(directory);
    List<Path> files = filesOf(directory);
    for (Path file : files) {
      replay(file, space, replay);
    }
    return new WriteAheadLog(directory, space, files);
  }

  private static List<Path> filesOf(Path directory) throws IOException {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths
          .filter(path -> NAME.matcher(path.getFileName().toString()).matches())
          .sorted()
          .collect(Collectors.toCollection(ArrayList::new));
    }
  }

  private static void replay(Path file, EmbeddingSpace space, Consumer<LogRecord> replay)
      throws IOException {
    boolean[] begun = {false};
    long unread =
        LogFile.read(
            file,
            content -> {
              if (begun[0]) {
                replay.accept(LogRecord.decode(content));
              } else {
                Identity.decode(content).check(file, Identity.of(space));
                begun[0] = true;
              }
            });
    if (unread > 0) {
      LOG.warn("{} has {} bytes that are no whole record; they are ignored", file, unread);
    }
  }

  private LogFile createNext() throws IOException {
    // Also after a failure, which may have left a file that cannot be deleted.
    number++;
    Path path = directory.resolve("%019d.log".formatted(number));
    return LogFile.create(path, Identity.of(space).encode());
  }

  private static long numberOf(Path file) {
    return Long.parseLong(file.getFileName().toString().replace(".log", ""));
  }

  /** Returns when the operating system has the records: a killed process no longer loses them. */
  void append(List<? extends LogRecord> records) throws IOException {
    current.append(records.stream().map(LogRecord::encode).iterator());
  }

  /** Returns when the disk has all that was appended before. */
  void sync() throws IOException {
    current.sync();
  }

  boolean isSynced() {
    return current.isSynced();
  }

  /** The bytes in the file that is being written. */
  long length() {
    return current.length();
  }

  /** How many files there are. */
  int files() {
    return earlier.size() + 1;
  }

  /**
   * Begins a new file.
   *
   * @return the file before it, for the caller to close
   */
  LogFile rotate() throws IOException {
    LogFile previous = current;
    current = createNext();
    earlier.add(previous.path());
    return previous;
  }

  /** Deletes all files but the one that is being written. */
  void deleteEarlier() throws IOException {
    for (Path file : List.copyOf(earlier)) {
      Files.deleteIfExists(file);
      earlier.remove(file);
    }
  }

  /** Puts on the disk what is not there yet. A file without records is not kept. */
  @Override
  public void close() throws IOException {
    current.close();
    if (current.isEmpty()) {
      Files.deleteIfExists(current.path());
    }
  }
}
