package io.github.semcache.lucene;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.StoreException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The changes that the index may not have yet, in the order in which they were made. They are in
 * numbered files; a file that was written by an earlier process is only ever read, and deleted when
 * the index has all of it. A file in which something could not be read is not deleted then, but
 * renamed: somebody may want to know what was lost.
 *
 * <p>Callers see to it that one thread at a time appends, rotates or closes; {@link #sync} may run
 * beside an append.
 */
final class WriteAheadLog implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(WriteAheadLog.class);
  private static final String DAMAGED = ".damaged";
  private static final Pattern NAME = Pattern.compile("\\d{19}\\.log");
  private static final Pattern ANY_NAME = Pattern.compile("(\\d{19})\\.log(\\.damaged)?");

  private final Path directory;
  private final EmbeddingSpace space;
  private final List<Path> earlier;
  private final Set<Path> damaged;
  private long number;
  private volatile LogFile current;

  private WriteAheadLog(Path directory, EmbeddingSpace space, List<Path> earlier, Set<Path> damaged)
      throws IOException {
    this.directory = directory;
    this.space = space;
    this.earlier = earlier;
    this.damaged = damaged;
    this.number = lastNumber(directory);
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
    Set<Path> damaged = new HashSet<>();
    for (Path file : files) {
      if (!isReplayedWhole(file, space, replay)) {
        damaged.add(file);
      }
    }
    return new WriteAheadLog(directory, space, files, damaged);
  }

  private static List<Path> filesOf(Path directory) throws IOException {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths
          .filter(path -> NAME.matcher(path.getFileName().toString()).matches())
          .sorted()
          .collect(Collectors.toCollection(ArrayList::new));
    }
  }

  private static boolean isReplayedWhole(
      Path file, EmbeddingSpace space, Consumer<LogRecord> replay) throws IOException {
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
      LOG.warn(
          "{} has {} bytes that are no whole record: a loss of power tears the last one, anything"
              + " else is damage. They are passed over, and the file is kept as {}{}",
          file,
          unread,
          file.getFileName(),
          DAMAGED);
    }
    return unread == 0;
  }

  private LogFile createNext() throws IOException {
    // Also after a failure, which may have left a file that cannot be deleted.
    number++;
    Path path = directory.resolve("%019d.log".formatted(number));
    return LogFile.create(path, Identity.of(space).encode());
  }

  private static long lastNumber(Path directory) throws IOException {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths
          .map(path -> ANY_NAME.matcher(path.getFileName().toString()))
          .filter(Matcher::matches)
          .mapToLong(matcher -> Long.parseLong(matcher.group(1)))
          .max()
          .orElse(0);
    }
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

  /** Deletes all files but the one that is being written; renames those that are damaged. */
  void deleteEarlier() throws IOException {
    for (Path file : List.copyOf(earlier)) {
      if (damaged.contains(file)) {
        Files.move(file, file.resolveSibling(file.getFileName() + DAMAGED));
        damaged.remove(file);
      } else {
        Files.deleteIfExists(file);
      }
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
