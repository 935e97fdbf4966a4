package io.github.semcache.lucene;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;

/**
 * Creates files and directories that only the user of the process can read, because they contain
 * prompts and answers. On a file system without POSIX permissions, they have the default
 * permissions of their parent directory.
 */
final class PrivateFiles {
  private static final Set<PosixFilePermission> DIRECTORY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

  private PrivateFiles() {}

  /** Creates a directory and its missing parents. Only the directory itself is private. */
  static void createDirectory(Path directory) throws IOException {
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try {
      Files.createDirectory(directory, attributes(directory, DIRECTORY));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
  }

  /**
   * Creates an empty file.
   *
   * @throws FileAlreadyExistsException if it exists
   */
  static void createFile(Path file) throws IOException {
    Files.createFile(file, attributes(file, FILE));
  }

  private static FileAttribute<?>[] attributes(Path path, Set<PosixFilePermission> permissions) {
    return isPosix(path)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
        : new FileAttribute<?>[0];
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /** Opens a directory of Lucene whose files are private. Creates it if it does not exist. */
  static Directory openIndex(Path path) throws IOException {
    createDirectory(path);
    FSDirectory directory = FSDirectory.open(path);
    return isPosix(path) ? new PrivateIndex(directory) : directory;
  }

  /** Changes the permissions of a file of the index before it is written. */
  private static final class PrivateIndex extends FilterDirectory {
    private final Path path;

    PrivateIndex(FSDirectory directory) {
      super(directory);
      this.path = directory.getDirectory();
    }

    @Override
    public IndexOutput createOutput(String name, IOContext context) throws IOException {
      return restrict(in.createOutput(name, context));
    }

    @Override
    public IndexOutput createTempOutput(String prefix, String suffix, IOContext context)
        throws IOException {
      return restrict(in.createTempOutput(prefix, suffix, context));
    }

    private IndexOutput restrict(IndexOutput output) throws IOException {
      boolean complete = false;
      try {
        Files.setPosixFilePermissions(path.resolve(output.getName()), FILE);
        complete = true;
        return output;
      } finally {
        if (!complete) {
          output.close();
        }
      }
    }
  }
}
