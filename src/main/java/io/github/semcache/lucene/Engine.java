package io.github.semcache.lucene;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.StoreException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;
import org.apache.lucene.util.IOUtils;
import org.apache.lucene.util.ThreadInterruptedException;

/** The components of an open store. Opens and closes them in the right order. */
final class Engine {
  private static final String LOCK = "store.lock";
  private static final String INDEX = "index";
  private static final String LOG = "log";
  private static final String STATES = "states";

  /** The options of a store. */
  record Settings(
      Path directory,
      EmbeddingSpace space,
      int maxEntries,
      int efSearch,
      Duration syncInterval,
      InstantSource time,
      FlushLimits flushLimits) {}

  /** The resources to close, last opened first. */
  private final Deque<Closeable> resources;

  private final Path directory;
  private final EntryTable table;
  private final EntryWriter writer;
  private final Flusher flusher;
  private final StateFiles states;

  private Engine(
      Deque<Closeable> resources,
      Path directory,
      EntryTable table,
      EntryWriter writer,
      Flusher flusher) {
    this.resources = resources;
    this.directory = directory;
    this.table = table;
    this.writer = writer;
    this.flusher = flusher;
    this.states = new StateFiles(directory.resolve(STATES));
  }

  /**
   * Opens a directory.
   *
   * @throws StoreException if the directory cannot be used, is in use, contains other data, or is
   *     damaged
   */
  static Engine open(Settings settings) {
    Deque<Closeable> resources = new ArrayDeque<>();
    boolean complete = false;
    try {
      lock(settings.directory(), resources);
      Engine engine = openComponents(settings, resources);
      complete = true;
      return engine;
    } catch (CorruptIndexException
        | IndexFormatTooOldException
        | IndexFormatTooNewException
        | EOFException
        | IndexNotFoundException
        | NoSuchFileException
        | IllegalArgumentException
        | IllegalStateException
        | BufferUnderflowException e) {
      throw new StoreException(
          settings.directory()
              + " is damaged; nothing in it was changed."
              + " Restore it from a backup, or delete it to start with an empty store",
          e);
    } catch (IOException | UncheckedIOException e) {
      // For example a full disk or too many open files: the data may be intact.
      throw new StoreException(
          settings.directory() + " cannot be read or written; see the cause", e);
    } catch (ThreadInterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(
          settings.directory() + " was not opened because the thread was interrupted", e);
    } finally {
      if (!complete) {
        IOUtils.closeWhileHandlingException(resources);
      }
    }
  }

  /** Returns whether a directory contains a store. */
  static boolean exists(Path directory) {
    return Files.isDirectory(directory.resolve(INDEX)) && Files.isDirectory(directory.resolve(LOG));
  }

  /** Returns the vector space of the store in a directory. */
  static EmbeddingSpace space(Path directory) {
    try {
      return HnswIndex.space(directory.resolve(INDEX));
    } catch (IOException e) {
      throw new StoreException(directory + " cannot be read", e);
    }
  }

  private static void lock(Path directory, Deque<Closeable> resources) {
    try {
      Directories.create(directory);
      FSDirectory root = FSDirectory.open(directory);
      resources.push(root);
      resources.push(root.obtainLock(LOCK));
    } catch (LockObtainFailedException e) {
      throw new StoreException(
          directory
              + " is open in another store, of this process or another one;"
              + " share that store, close it, or choose another directory",
          e);
    } catch (IOException e) {
      throw new StoreException(
          directory + " cannot be used as the directory of a store; it must be writable", e);
    }
  }

  private static Engine openComponents(Settings settings, Deque<Closeable> resources)
      throws IOException {
    HnswIndex index = HnswIndex.open(settings.directory().resolve(INDEX), settings.space());
    resources.push(index);
    EntryTable table = loadTable(index, settings);
    resources.push(table::close);
    long[] sequence = {index.sequence()};
    WriteAheadLog log =
        WriteAheadLog.open(
            settings.directory().resolve(LOG),
            settings.space(),
            record -> {
              if (record.sequence() > index.sequence()) {
                table.replay(record);
                sequence[0] = record.sequence();
              }
            });
    resources.push(log);
    table.startClock();
    table.makeRoom();
    EntryWriter writer =
        new EntryWriter(table, log, sequence[0], settings.syncInterval(), settings.flushLimits());
    Flusher flusher =
        new Flusher(table, writer, log, index, settings.syncInterval(), settings.flushLimits());
    flusher.start("semcache-" + settings.directory().getFileName());
    return new Engine(resources, settings.directory(), table, writer, flusher);
  }

  /** Loads the metadata of all entries in the index. */
  private static EntryTable loadTable(HnswIndex index, Settings settings) throws IOException {
    Catalog catalog = new Catalog();
    List<EntryRef> refs = new ArrayList<>();
    Snapshot snapshot =
        Snapshot.of(
            index.openReader(),
            metadata -> {
              EntryRef ref = catalog.newRef(metadata);
              refs.add(ref);
              return ref;
            });
    // The order of writes determines the order of recency.
    refs.sort(Comparator.comparingLong(ref -> ref.sequence));
    refs.forEach(catalog::add);
    return new EntryTable(
        catalog, snapshot, settings.maxEntries(), settings.efSearch(), settings.time());
  }

  EntryTable table() {
    return table;
  }

  EntryWriter writer() {
    return writer;
  }

  Flusher flusher() {
    return flusher;
  }

  StateFiles states() {
    return states;
  }

  /** Waits for running calls. Later calls fail. Closing twice has no effect. */
  void close() {
    if (!writer.close()) {
      return;
    }
    // If the thread is interrupted, Lucene fails and leaves files open.
    boolean interrupted = Thread.interrupted();
    try {
      flusher.close();
      states.close();
      IOUtils.close(resources);
    } catch (IOException | ThreadInterruptedException e) {
      throw new StoreException(directory + " could not be closed properly; see the cause", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
