package io.github.semcache.instances;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The version of something that answers depend on, in memory that several processes share. The
 * version changes first; then the cache is notified; then the change is published.
 */
final class SharedVersion {
  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final int CURRENT = 0;
  private static final int PUBLISHED = 64;
  private static final int PUBLISHED_AT = 128;
  private static final int SIZE = 192;

  private final ByteBuffer memory;

  private SharedVersion(ByteBuffer memory) {
    this.memory = memory;
  }

  static SharedVersion open(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return new SharedVersion(
          channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE).order(ByteOrder.nativeOrder()));
    }
  }

  /** Returns the current version. */
  long current() {
    return (long) LONGS.getVolatile(memory, CURRENT);
  }

  void change(long version) {
    LONGS.setVolatile(memory, CURRENT, version);
  }

  /** Records that the cache has been notified of a version. */
  void publish(long version, long atMillis) {
    LONGS.setVolatile(memory, PUBLISHED_AT, atMillis);
    LONGS.setVolatile(memory, PUBLISHED, version);
  }

  /** Returns the latest version that the cache has been notified of. */
  long published() {
    return (long) LONGS.getVolatile(memory, PUBLISHED);
  }

  /** Returns the time at which that version was published. */
  long publishedAtMillis() {
    return (long) LONGS.getVolatile(memory, PUBLISHED_AT);
  }
}
