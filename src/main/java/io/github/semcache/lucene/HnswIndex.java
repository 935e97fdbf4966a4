package io.github.semcache.lucene;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.store.StoreException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Lucene index on the disk. A commit says up to which sequence number it has all changes.
 *
 * <p>One thread at a time writes; {@link #breakOff} may be called from any.
 */
final class HnswIndex implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(HnswIndex.class);
  private static final String SEQUENCE_KEY = "semcache.sequence";

  /** Few segments make searches fast, and merges of vectors dear. */
  private static final int SEGMENTS_PER_TIER = 4;

  /**
   * Smaller segments are merged as if they had this size, so that there are four of them at most: a
   * search of a graph costs much the same whatever its size, and 100,000 vectors of dimension 384
   * in three segments are searched in half the time that they take in eight.
   */
  private static final int FLOOR_MEGABYTES = 64;

  private static final int MAX_WAITING_MERGES = 6;
  private static final int WRITE_BUFFER_MEGABYTES = 256;

  private final Directory directory;
  private final Map<String, String> identity;
  private volatile Runnable onMerged = () -> {};
  private volatile boolean brokenOff;
  private @Nullable IndexWriter writer;
  private long sequence;

  private HnswIndex(Directory directory, Identity identity) {
    this.directory = directory;
    this.identity = identity.toProperties();
  }

  /**
   * Opens an index, or makes one where there is none.
   *
   * @throws StoreException if the index belongs to another vector space, schema or program
   */
  static HnswIndex open(Path path, EmbeddingSpace space) throws IOException {
    Directory directory = FSDirectory.open(path);
    try {
      HnswIndex index = new HnswIndex(directory, Identity.of(space));
      if (DirectoryReader.indexExists(directory)) {
        index.check(path, Identity.of(space));
      } else {
        index.create(path);
      }
      return index;
    } catch (IOException | RuntimeException e) {
      IOUtils.closeWhileHandlingException(directory);
      throw e;
    }
  }

  /** Checks before anything is written that the index is the right one, and that it is whole. */
  private void check(Path path, Identity expected) throws IOException {
    Map<String, String> properties = SegmentInfos.readLatestCommit(directory).getUserData();
    Identity.of(path, properties).check(path, expected);
    sequence = Long.parseLong(properties.getOrDefault(SEQUENCE_KEY, "0"));
    DirectoryReader.open(directory).close();
  }

  private void create(Path path) throws IOException {
    // A writer would delete whatever looks like a part of an index.
    for (String file : directory.listAll()) {
      if (!file.equals(IndexWriter.WRITE_LOCK_NAME) && !file.startsWith("pending_segments")) {
        throw new CorruptIndexException("there is " + file + " but no segments file", "" + path);
      }
    }
    writer = open(IndexWriterConfig.OpenMode.CREATE);
    write(Map.of(), 0);
  }

  /** The last change that the index has. */
  long sequence() {
    return sequence;
  }

  /**
   * Writes changes, all or none: when this returns they are on the disk, when it throws none is.
   *
   * @param sequence the last of all changes that the index has then
   */
  void write(Map<String, Optional<LogRecord.Put>> changes, long sequence) throws IOException {
    IndexWriter open = writer();
    for (Map.Entry<String, Optional<LogRecord.Put>> change : changes.entrySet()) {
      Optional<LogRecord.Put> put = change.getValue();
      if (put.isPresent()) {
        open.updateDocument(Documents.key(change.getKey()), Documents.of(put.get()));
      } else {
        open.deleteDocuments(Documents.key(change.getKey()));
      }
    }
    Map<String, String> properties = new HashMap<>(identity);
    properties.put(SEQUENCE_KEY, Long.toString(sequence));
    open.setLiveCommitData(properties.entrySet());
    open.commit();
    this.sequence = sequence;
  }

  /** Makes the result of merges durable, so that the files that were merged can go. */
  void commitMerges() throws IOException {
    writer().commit();
  }

  /** Opens what has been written. */
  DirectoryReader read() throws IOException {
    return DirectoryReader.open(writer());
  }

  /** Takes back what was written after the last commit. */
  void rollback() throws IOException {
    IndexWriter open = writer;
    writer = null;
    if (open != null) {
      open.rollback();
    }
  }

  private IndexWriter writer() throws IOException {
    if (writer == null) {
      writer = open(IndexWriterConfig.OpenMode.APPEND);
    }
    return writer;
  }

  private IndexWriter open(IndexWriterConfig.OpenMode mode) throws IOException {
    TieredMergePolicy merges =
        new TieredMergePolicy()
            .setSegmentsPerTier(SEGMENTS_PER_TIER)
            .setFloorSegmentMB(FLOOR_MEGABYTES);
    return new IndexWriter(
        directory,
        new IndexWriterConfig()
            .setOpenMode(mode)
            .setCodec(GraphFormat.codec(() -> brokenOff))
            .setMergePolicy(merges)
            .setMergeScheduler(new Merges())
            .setMaxFullFlushMergeWaitMillis(0)
            .setRAMBufferSizeMB(WRITE_BUFFER_MEGABYTES)
            .setCommitOnClose(false));
  }

  /** Sets what to call, from another thread, whenever segments have been merged. */
  void onMerged(Runnable onMerged) {
    this.onMerged = onMerged;
  }

  /** Makes writes and merges that are under way end soon, in an exception. */
  void breakOff() {
    brokenOff = true;
  }

  boolean isBrokenOff() {
    return brokenOff;
  }

  @Override
  public void close() throws IOException {
    breakOff();
    IOUtils.close(this::rollback, directory);
  }

  /** Merges on one thread that ends when there is nothing more to merge. */
  private final class Merges extends ConcurrentMergeScheduler {
    Merges() {
      setMaxMergesAndThreads(MAX_WAITING_MERGES, 1);
      disableAutoIOThrottle();
    }

    @Override
    protected void doMerge(MergeSource source, MergePolicy.OneMerge merge) throws IOException {
      super.doMerge(source, merge);
      onMerged.run();
    }

    @Override
    protected void handleMergeException(Throwable failure) {
      LOG.warn("merging segments of {} failed", directory, failure);
    }
  }
}
