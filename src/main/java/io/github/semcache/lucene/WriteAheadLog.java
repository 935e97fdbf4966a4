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
 * The changes that the index may not contain yet, in order, in numbered files. Only the current
 * file is appended to. The earlier files are sealed: they are only read, and deleted when the index
 * contains all their changes. A damaged file is renamed instead of deleted, so that its content can
 * be inspected.
 *
 * <p>The caller must ensure that only one thread at a time appends, rotates, or closes. {@link
 * #sync} may run concurrently with an append.
 */
final class WriteAheadLog implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(WriteAheadLog.class);
  private static final String DAMAGED_SUFFIX = ".damaged";
  private static final Pattern NAME = Pattern.compile("\\d{19}\\.log");
  private static final Pattern NUMBERED_NAME = Pattern.compile("(\\d{19})\\.log(\\.damaged)?");

  private final Path directory;
  private final EmbeddingSpace space;
  private final List<Path> sealedFiles;
  private final Set<Path> damagedFiles;
  private long number;
  private volatile LogFile current;

  private WriteAheadLog(
      Path directory, EmbeddingSpace space, List<Path> sealedFiles, Set<Path> damagedFiles)
      throws IOException {
    this.directory = directory;
    this.space = space;
    this.sealedFiles = sealedFiles;
    this.damagedFiles = damagedFiles;
    this.number = lastNumber(directory);
    this.current = createNextFile();
  }

  /**
   * Reads the log of a directory and creates a new file.
   *
   * @param replay receives the records, in order
   * @throws StoreException if the log has a different vector space or schema
   */
  static WriteAheadLog open(Path directory, EmbeddingSpace space, Consumer<LogRecord> replay)
      throws IOException {
    Directories.create(directory);
    List<Path> files = logFiles(directory);
    Set<Path> damaged = new HashSet<>();
    for (Path file : files) {
      if (!replayFile(file, space, replay)) {
        damaged.add(file);
      }
    }
    return new WriteAheadLog(directory, space, files, damaged);
  }

  private static List<Path> logFiles(Path directory) throws IOException {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths
          .filter(path -> NAME.matcher(path.getFileName().toString()).matches())
          .sorted()
          .collect(Collectors.toCollection(ArrayList::new));
    }
  }

  /** Replays a file and returns whether it is intact. */
  private static boolean replayFile(Path file, EmbeddingSpace space, Consumer<LogRecord> replay)
      throws IOException {
    boolean[] identityRead = {false};
    long unread =
        LogFile.read(
            file,
            content -> {
              if (identityRead[0]) {
                replay.accept(LogRecord.decode(content));
              } else {
                Identity.decode(content).check(file, Identity.of(space));
                identityRead[0] = true;
              }
            });
    if (unread > 0) {
      LOG.warn(
          "Skipped {} bytes of {} that are not part of an intact record. A power failure can tear"
              + " the last record; anything else is damage. The file will be renamed to {}{}",
          unread,
          file,
          file.getFileName(),
          DAMAGED_SUFFIX);
    }
    return unread == 0;
  }

  private LogFile createNextFile() throws IOException {
    // Incremented even if creation fails, because that may leave a file that cannot be deleted.
    number++;
    Path path = directory.resolve("%019d.log".formatted(number));
    return LogFile.create(path, Identity.of(space).encode());
  }

  private static long lastNumber(Path directory) throws IOException {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths
          .map(path -> NUMBERED_NAME.matcher(path.getFileName().toString()))
          .filter(Matcher::matches)
          .mapToLong(matcher -> Long.parseLong(matcher.group(1)))
          .max()
          .orElse(0);
    }
  }

  /** Writes records to the operating system. They survive the death of the process. */
  void append(List<? extends LogRecord> records) throws IOException {
    current.append(records.stream().map(LogRecord::encode).iterator());
  }

  /** Syncs all records that were appended before this call to disk. */
  void sync() throws IOException {
    current.sync();
  }

  boolean isSynced() {
    return current.isSynced();
  }

  /** Returns the length of the current file in bytes. */
  long length() {
    return current.length();
  }

  /** Returns the number of files. */
  int files() {
    return sealedFiles.size() + 1;
  }

  /**
   * Seals the current file and creates the next one.
   *
   * @return the sealed file; the caller must close it
   */
  LogFile rotate() throws IOException {
    LogFile previous = current;
    current = createNextFile();
    sealedFiles.add(previous.path());
    return previous;
  }

  /** Deletes all sealed files; renames the damaged ones. */
  void deleteSealedFiles() throws IOException {
    for (Path file : List.copyOf(sealedFiles)) {
      if (damagedFiles.contains(file)) {
        Files.move(file, file.resolveSibling(file.getFileName() + DAMAGED_SUFFIX));
        damagedFiles.remove(file);
      } else {
        Files.deleteIfExists(file);
      }
      sealedFiles.remove(file);
    }
  }

  /** Syncs and closes the current file. Deletes it if it contains no records. */
  @Override
  public void close() throws IOException {
    current.close();
    if (current.isEmpty()) {
      Files.deleteIfExists(current.path());
    }
  }
}
