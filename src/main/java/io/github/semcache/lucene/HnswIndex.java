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
 * The Lucene index on disk. Each commit contains the sequence number of the last change that it
 * includes.
 *
 * <p>Writes must come from one thread at a time. {@link #abort} may be called by any thread.
 */
final class HnswIndex implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(HnswIndex.class);
  private static final String SEQUENCE_KEY = "semcache.sequence";

  /** With fewer segments, searches are faster, but vectors are merged more often. */
  private static final int SEGMENTS_PER_TIER = 4;

  /**
   * Smaller segments are merged as if they had this size, which limits their number to four. The
   * cost of a graph search hardly depends on the size of the graph: 100,000 vectors of dimension
   * 384 are searched in half the time if they are in three segments instead of eight. They and
   * their answers have about 290 MB.
   */
  private static final int FLOOR_MEGABYTES = 128;

  private static final int MAX_WAITING_MERGES = 6;
  private static final int WRITE_BUFFER_MEGABYTES = 256;

  private final Directory directory;
  private final Map<String, String> identity;
  private volatile Runnable onMerged = () -> {};
  private volatile boolean aborted;
  private @Nullable IndexWriter writer;
  private long sequence;

  private HnswIndex(Directory directory, Identity identity) {
    this.directory = directory;
    this.identity = identity.toProperties();
  }

  /**
   * Opens an index, or creates an empty one.
   *
   * @throws StoreException if the index has a different vector space or schema, or was not created
   *     by semcache
   */
  static HnswIndex open(Path path, EmbeddingSpace space) throws IOException {
    Directory directory = PrivateFiles.openIndex(path);
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

  /** Returns the vector space of an existing index. */
  static EmbeddingSpace space(Path path) throws IOException {
    try (Directory directory = FSDirectory.open(path)) {
      return Identity.of(path, SegmentInfos.readLatestCommit(directory).getUserData()).space();
    }
  }

  /** Checks the identity and the integrity of the index before anything is written. */
  private void check(Path path, Identity expected) throws IOException {
    Map<String, String> properties = SegmentInfos.readLatestCommit(directory).getUserData();
    Identity.of(path, properties).check(path, expected);
    sequence = Long.parseLong(properties.getOrDefault(SEQUENCE_KEY, "0"));
    DirectoryReader.open(directory).close();
  }

  private void create(Path path) throws IOException {
    // An IndexWriter would delete all files that look like parts of an index.
    for (String file : directory.listAll()) {
      if (!file.equals(IndexWriter.WRITE_LOCK_NAME) && !file.startsWith("pending_segments")) {
        throw new CorruptIndexException("there is " + file + " but no segments file", "" + path);
      }
    }
    writer = openWriter(IndexWriterConfig.OpenMode.CREATE);
    write(Map.of(), 0);
  }

  /** Returns the sequence number of the last change in the index. */
  long sequence() {
    return sequence;
  }

  /**
   * Writes changes durably, all or none.
   *
   * @param sequence the sequence number of the last change
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

  /** Starts merging all segments into one, on a merge thread. */
  void mergeAll() throws IOException {
    writer().forceMerge(1, false);
  }

  /** Makes merged segments durable, so that the segments that they replace can be deleted. */
  void commitMerges() throws IOException {
    writer().commit();
  }

  /** Opens a reader of all that was written. */
  DirectoryReader openReader() throws IOException {
    return DirectoryReader.open(writer());
  }

  /** Discards all writes since the last commit. */
  void rollback() throws IOException {
    IndexWriter open = writer;
    writer = null;
    if (open != null) {
      open.rollback();
    }
  }

  private IndexWriter writer() throws IOException {
    if (writer == null) {
      writer = openWriter(IndexWriterConfig.OpenMode.APPEND);
    }
    return writer;
  }

  private IndexWriter openWriter(IndexWriterConfig.OpenMode mode) throws IOException {
    TieredMergePolicy mergePolicy =
        new TieredMergePolicy()
            .setSegmentsPerTier(SEGMENTS_PER_TIER)
            .setFloorSegmentMB(FLOOR_MEGABYTES);
    return new IndexWriter(
        directory,
        new IndexWriterConfig()
            .setOpenMode(mode)
            .setCodec(GraphFormat.codec(() -> aborted))
            .setMergePolicy(mergePolicy)
            .setMergeScheduler(new MergeScheduler())
            .setMaxFullFlushMergeWaitMillis(0)
            .setRAMBufferSizeMB(WRITE_BUFFER_MEGABYTES)
            .setCommitOnClose(false));
  }

  /** Sets a callback that merge threads call after each merge. */
  void onMerged(Runnable onMerged) {
    this.onMerged = onMerged;
  }

  /** Makes running writes and merges fail soon. */
  void abort() {
    aborted = true;
  }

  boolean isAborted() {
    return aborted;
  }

  @Override
  public void close() throws IOException {
    abort();
    IOUtils.close(this::rollback, directory);
  }

  /** Merges on a single thread, which ends when there is nothing to merge. */
  private final class MergeScheduler extends ConcurrentMergeScheduler {
    MergeScheduler() {
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
      LOG.warn("Merging segments of {} failed", directory, failure);
    }
  }
}
