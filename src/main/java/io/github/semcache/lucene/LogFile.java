package io.github.semcache.lucene;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.apache.lucene.util.IOUtils;

/**
 * One file of the log: frames of length, checksum and content, appended one after the other.
 *
 * <p>It is a {@link RandomAccessFile} because an interrupt of the writing thread would close a
 * channel. Only one thread at a time may append; another one may {@link #sync} meanwhile.
 */
final class LogFile implements Closeable {
  private static final int FRAME_HEADER = 2 * Integer.BYTES;
  private static final int WRITE_SIZE = 1 << 20;

  private final Path path;
  private final RandomAccessFile file;
  private long emptyLength;
  private volatile long written;
  private volatile long synced;
  private boolean directorySynced;
  private boolean broken;

  private LogFile(Path path, RandomAccessFile file) {
    this.path = path;
    this.file = file;
  }

  /** Makes a file that begins with one frame; none is left if that fails. */
  static LogFile create(Path path, byte[] firstContent) throws IOException {
    Files.createFile(path);
    RandomAccessFile file = null;
    boolean complete = false;
    try {
      file = new RandomAccessFile(path.toFile(), "rw");
      LogFile created = new LogFile(path, file);
      created.append(List.of(firstContent).iterator());
      created.emptyLength = created.written;
      created.synced = created.written;
      complete = true;
      return created;
    } finally {
      if (!complete) {
        IOUtils.closeWhileHandlingException(file);
        IOUtils.deleteFilesIgnoringExceptions(path);
      }
    }
  }

  /** Hands frames to the operating system, all or none of them. */
  void append(Iterator<byte[]> contents) throws IOException {
    if (broken) {
      throw new IOException("an earlier write failed and could not be undone: " + path);
    }
    try {
      while (contents.hasNext()) {
        file.write(frames(contents));
      }
    } catch (IOException e) {
      undo(e);
      throw e;
    }
    written = file.getFilePointer();
  }

  /** As many frames as make a write worth its while. */
  private static byte[] frames(Iterator<byte[]> contents) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    while (contents.hasNext() && frames.size() < WRITE_SIZE) {
      byte[] content = contents.next();
      ByteBuffer header = ByteBuffer.allocate(FRAME_HEADER);
      header.putInt(content.length).putInt(LogEntryCodec.checksum(content, 0, content.length));
      frames.writeBytes(header.array());
      frames.writeBytes(content);
    }
    return frames.toByteArray();
  }

  private void undo(IOException failure) {
    try {
      file.setLength(written);
      file.seek(written);
    } catch (IOException e) {
      broken = true;
      failure.addSuppressed(e);
    }
  }

  /** Returns when all that was appended before the call is on the disk. */
  void sync() throws IOException {
    long upTo = written;
    if (upTo == synced) {
      return;
    }
    file.getFD().sync();
    if (!directorySynced) {
      Directories.syncParent(path);
      directorySynced = true;
    }
    synced = upTo;
  }

  boolean isSynced() {
    return synced == written;
  }

  long length() {
    return written;
  }

  /** Whether there is nothing but the first frame. */
  boolean isEmpty() {
    return written == emptyLength;
  }

  Path path() {
    return path;
  }

  /** Puts on the disk what is not there yet. A second call does nothing. */
  @Override
  public void close() throws IOException {
    try (file) {
      sync();
    }
  }

  /**
   * Reads the frames that are whole. What was written last before a loss of power may be torn, and
   * whole frames may follow it.
   *
   * @return how many bytes are no part of them
   */
  static long read(Path path, Consumer<ByteBuffer> contents) throws IOException {
    long unread = Files.size(path);
    long rest = unread;
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(path), 1 << 16))) {
      while (rest >= FRAME_HEADER) {
        int length = in.readInt();
        int checksum = in.readInt();
        if (length < 1 || length > rest - FRAME_HEADER) {
          break;
        }
        byte[] content = in.readNBytes(length);
        rest -= FRAME_HEADER + length;
        if (LogEntryCodec.checksum(content, 0, content.length) == checksum) {
          contents.accept(ByteBuffer.wrap(content));
          unread -= FRAME_HEADER + length;
        }
      }
    }
    return unread;
  }
}
