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
 * A file for each state. It is replaced by renaming one that is complete and on the disk, so a
 * process that is killed, and a machine that loses its power, leave the old one or the new one.
 *
 * <p>Safe for use by many threads; changes are made one at a time.
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
    return exclusively(() -> read(file));
  }

  @Override
  public void update(String name, Function<Optional<byte[]>, byte[]> change) {
    Path file = file(name);
    exclusively(
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
    // One that a killed process has left is written over.
    Path complete = directory.resolve(file.getFileName() + ".new");
    try (FileOutputStream out = new FileOutputStream(complete.toFile())) {
      out.write(state);
      out.getFD().sync();
    }
    Files.move(complete, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Directories.syncParent(file);
  }

  /** Waits for a change that is under way; later calls fail. */
  void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  private <T> T exclusively(IOSupplier<T> action) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the store is closed");
      }
      return action.get();
    } catch (IOException e) {
      throw new StoreException("the learned state in " + directory + " cannot be used", e);
    } finally {
      lock.unlock();
    }
  }
}
