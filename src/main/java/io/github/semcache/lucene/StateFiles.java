package io.github.semcache.lucene;

import io.github.semcache.store.StateStore;
import io.github.semcache.store.StoreException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.lucene.util.IOSupplier;

/**
 * Stores each state in a file. An update writes a new file, syncs it to disk, and renames it, so a
 * killed process or a power failure leaves either the old state or the new one.
 *
 * <p>Thread-safe. Calls are serialized.
 */
final class StateFiles implements StateStore {
  private static final String SUFFIX = ".state";

  private final Path directory;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean closed;

  StateFiles(Path directory) {
    this.directory = directory;
  }

  @Override
  public Optional<byte[]> load(String name) {
    Path file = file(name);
    return withLock(() -> read(file));
  }

  @Override
  public void update(String name, Function<Optional<byte[]>, byte[]> change) {
    Path file = file(name);
    withLock(
        () -> {
          byte[] state = change.apply(read(file));
          replace(file, state);
          return state;
        });
  }

  private Path file(String name) {
    return directory.resolve(StateStore.checkName(name) + SUFFIX);
  }

  private static Optional<byte[]> read(Path file) throws IOException {
    try {
      return Optional.of(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private void replace(Path file, byte[] state) throws IOException {
    Directories.create(directory);
    Path temporary = directory.resolve(file.getFileName() + ".new");
    Files.deleteIfExists(temporary); // the file of a killed process
    PrivateFiles.createFile(temporary);
    try (FileOutputStream out = new FileOutputStream(temporary.toFile())) {
      out.write(state);
      out.getFD().sync();
    }
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Directories.syncParent(file);
  }

  /** Waits for a running call. Later calls fail. */
  void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  private <T> T withLock(IOSupplier<T> action) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the store is closed");
      }
      return action.get();
    } catch (IOException e) {
      throw new StoreException("the states in " + directory + " cannot be read or written", e);
    } finally {
      lock.unlock();
    }
  }
}
