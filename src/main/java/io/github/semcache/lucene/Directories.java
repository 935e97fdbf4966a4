package io.github.semcache.lucene;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.lucene.util.IOUtils;

/** Directory operations that survive a power failure. Thread-safe. */
final class Directories {
  private Directories() {}

  /**
   * Creates a {@linkplain PrivateFiles private} directory and its missing parents, and syncs the
   * parent of the directory to disk.
   */
  static void create(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      PrivateFiles.createDirectory(directory);
      sync(parentOf(directory));
    }
  }

  /** Syncs the directory of a file to disk, so that the file's creation or renaming is durable. */
  static void syncParent(Path file) throws IOException {
    sync(parentOf(file));
  }

  private static Path parentOf(Path path) {
    return requireNonNull(path.toAbsolutePath().getParent(), "a root has no parent");
  }

  /** Clears the interrupt flag during the sync, because an interrupt would close the channel. */
  private static void sync(Path directory) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      IOUtils.fsync(directory, true);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
