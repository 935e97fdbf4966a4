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

/** The parts of an open store, and the order in which they are opened and closed. */
final class Engine {
  private static final String LOCK = "store.lock";
  private static final String INDEX = "index";
  private static final String LOG = "log";
  private static final String STATES = "states";

  /** What to open, and how. */
  record Settings(
      Path directory,
      EmbeddingSpace space,
      int maxEntries,
      int efSearch,
      Duration syncInterval,
      InstantSource time,
      Limits limits) {}

  /** What to close, the last opened first. */
  private final Deque<Closeable> opened;

  private final Path directory;
  private final EntryTable table;
  private final EntryWriter writer;
  private final Indexer indexer;
  private final StateFiles states;

  private Engine(
      Deque<Closeable> opened,
      Path directory,
      EntryTable table,
      EntryWriter writer,
      Indexer indexer) {
    this.opened = opened;
    this.directory = directory;
    this.table = table;
    this.writer = writer;
    this.indexer = indexer;
    this.states = new StateFiles(directory.resolve(STATES));
  }

  /**
   * Opens a directory.
   *
   * @throws StoreException if it cannot be used, is in use, holds something else, or is damaged
   */
  static Engine open(Settings settings) {
    Deque<Closeable> opened = new ArrayDeque<>();
    boolean complete = false;
    try {
      lock(settings.directory(), opened);
      Engine engine = assemble(settings, opened);
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
              + " Restore it from a copy, or delete it to begin with an empty store",
          e);
    } catch (IOException | UncheckedIOException e) {
      // A full disk, too many open files: what is there may be in good order.
      throw new StoreException(
          settings.directory() + " cannot be read or written; the cause says why", e);
    } catch (ThreadInterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(
          settings.directory() + " was not opened, because the thread was interrupted", e);
    } finally {
      if (!complete) {
        IOUtils.closeWhileHandlingException(opened);
      }
    }
  }

  static boolean exists(Path directory) {
    return Files.isDirectory(directory.resolve(INDEX)) && Files.isDirectory(directory.resolve(LOG));
  }

  private static void lock(Path directory, Deque<Closeable> opened) {
    try {
      Directories.create(directory);
      FSDirectory root = FSDirectory.open(directory);
      opened.push(root);
      opened.push(root.obtainLock(LOCK));
    } catch (LockObtainFailedException e) {
      throw new StoreException(
          directory
              + " is open in another store, of this process or another;"
              + " share that store, close it, or choose another directory",
          e);
    } catch (IOException e) {
      throw new StoreException(
          directory + " cannot be used as the directory of a store; it must be writable", e);
    }
  }

  private static Engine assemble(Settings settings, Deque<Closeable> opened) throws IOException {
    HnswIndex index = HnswIndex.open(settings.directory().resolve(INDEX), settings.space());
    opened.push(index);
    EntryTable table = load(index, settings);
    opened.push(table::close);
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
    opened.push(log);
    table.makeRoom();
    EntryWriter writer =
        new EntryWriter(table, log, sequence[0], settings.syncInterval(), settings.limits());
    Indexer indexer =
        new Indexer(table, writer, log, index, settings.syncInterval(), settings.limits());
    indexer.start("semcache-" + settings.directory().getFileName());
    return new Engine(opened, settings.directory(), table, writer, indexer);
  }

  /** Reads from the index which entries there are. */
  private static EntryTable load(HnswIndex index, Settings settings) throws IOException {
    Catalog catalog = new Catalog();
    List<EntryRef> slots = new ArrayList<>();
    Snapshot snapshot =
        Snapshot.of(
            index.read(),
            head -> {
              EntryRef slot = catalog.slotFor(head);
              slots.add(slot);
              return slot;
            });
    // What was written last counts as used last.
    slots.sort(Comparator.comparingLong(slot -> slot.sequence));
    slots.forEach(catalog::add);
    return new EntryTable(
        catalog, snapshot, settings.maxEntries(), settings.efSearch(), settings.time());
  }

  EntryTable table() {
    return table;
  }

  EntryWriter writer() {
    return writer;
  }

  Indexer indexer() {
    return indexer;
  }

  StateFiles states() {
    return states;
  }

  /** Waits for calls that are under way; later ones fail. The second time it does nothing. */
  void close() {
    if (!writer.close()) {
      return;
    }
    // Lucene gives up on an interrupted thread, and leaves open what it was about to close.
    boolean interrupted = Thread.interrupted();
    try {
      indexer.close();
      states.close();
      IOUtils.close(opened);
    } catch (IOException | ThreadInterruptedException e) {
      throw new StoreException(directory + " could not be closed in good order", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
