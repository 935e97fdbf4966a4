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
 * One file of the write-ahead log: a sequence of frames, each consisting of length, checksum, and
 * content.
 *
 * <p>Uses {@link RandomAccessFile}, because an interrupt of the writing thread would close a
 * channel. Only one thread at a time may append. {@link #sync} may run concurrently.
 */
final class LogFile implements Closeable {
  private static final int FRAME_HEADER = 2 * Integer.BYTES;
  private static final int WRITE_SIZE = 1 << 20;

  private final Path path;
  private final RandomAccessFile file;
  private long emptyLength;
  private volatile long writtenLength;
  private volatile long syncedLength;
  private boolean directorySynced;
  private boolean broken;

  private LogFile(Path path, RandomAccessFile file) {
    this.path = path;
    this.file = file;
  }

  /** Creates a file with one frame. Deletes the file if that fails. */
  static LogFile create(Path path, byte[] firstContent) throws IOException {
    PrivateFiles.createFile(path);
    RandomAccessFile file = null;
    boolean complete = false;
    try {
      file = new RandomAccessFile(path.toFile(), "rw");
      LogFile created = new LogFile(path, file);
      created.append(List.of(firstContent).iterator());
      created.emptyLength = created.writtenLength;
      created.syncedLength = created.writtenLength;
      complete = true;
      return created;
    } finally {
      if (!complete) {
        IOUtils.closeWhileHandlingException(file);
        IOUtils.deleteFilesIgnoringExceptions(path);
      }
    }
  }

  /** Writes frames to the operating system, all or none of them. */
  void append(Iterator<byte[]> contents) throws IOException {
    if (broken) {
      throw new IOException("an earlier write failed and could not be undone: " + path);
    }
    try {
      while (contents.hasNext()) {
        file.write(encodeFrames(contents));
      }
    } catch (IOException e) {
      undo(e);
      throw e;
    }
    writtenLength = file.getFilePointer();
  }

  /** Encodes the next frames, up to about the size of one write. */
  private static byte[] encodeFrames(Iterator<byte[]> contents) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    while (contents.hasNext() && frames.size() < WRITE_SIZE) {
      byte[] content = contents.next();
      ByteBuffer header = ByteBuffer.allocate(FRAME_HEADER);
      header.putInt(content.length).putInt(LogEntryCodec.checksum(content));
      frames.writeBytes(header.array());
      frames.writeBytes(content);
    }
    return frames.toByteArray();
  }

  private void undo(IOException failure) {
    try {
      file.setLength(writtenLength);
      file.seek(writtenLength);
    } catch (IOException e) {
      broken = true;
      failure.addSuppressed(e);
    }
  }

  /** Syncs all frames that were appended before this call to disk. */
  void sync() throws IOException {
    long length = writtenLength;
    if (length == syncedLength) {
      return;
    }
    file.getFD().sync();
    if (!directorySynced) {
      Directories.syncParent(path);
      directorySynced = true;
    }
    syncedLength = length;
  }

  boolean isSynced() {
    return syncedLength == writtenLength;
  }

  long length() {
    return writtenLength;
  }

  /** Returns whether the file contains only the first frame. */
  boolean isEmpty() {
    return writtenLength == emptyLength;
  }

  Path path() {
    return path;
  }

  /** Syncs and closes the file. Closing twice has no effect. */
  @Override
  public void close() throws IOException {
    try (file) {
      sync();
    }
  }

  /**
   * Reads the intact frames. A power failure may tear the frames that were written last, and intact
   * frames may follow a torn one.
   *
   * @return the number of bytes that are not part of an intact frame
   */
  static long read(Path path, Consumer<ByteBuffer> contents) throws IOException {
    long unread = Files.size(path);
    long remaining = unread;
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(path), 1 << 16))) {
      while (remaining >= FRAME_HEADER) {
        int length = in.readInt();
        int checksum = in.readInt();
        if (length < 1 || length > remaining - FRAME_HEADER) {
          break;
        }
        byte[] content = in.readNBytes(length);
        remaining -= FRAME_HEADER + length;
        if (LogEntryCodec.checksum(content) == checksum) {
          contents.accept(ByteBuffer.wrap(content));
          unread -= FRAME_HEADER + length;
        }
      }
    }
    return unread;
  }
}
