package io.github.semcache.lucene;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.lucene.util.IOUtils;

/** Directories whose entries outlive a power failure. Safe for use by many threads. */
final class Directories {
  private Directories() {}

  /**
   * Makes a directory and those on the way to it, unless they are there, and puts it on the disk.
   */
  static void create(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory);
      sync(parentOf(directory));
    }
  }

  /** Puts on the disk which files a file's directory has. */
  static void syncParent(Path file) throws IOException {
    sync(parentOf(file));
  }

  private static Path parentOf(Path path) {
    return requireNonNull(path.toAbsolutePath().getParent(), "a root has no parent");
  }

  /** The channel through which a directory is synced would close if the thread is interrupted. */
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
