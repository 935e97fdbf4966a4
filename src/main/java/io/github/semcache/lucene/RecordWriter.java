package io.github.semcache.lucene;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Writes numbers, arrays, and strings in UTF-8 to a growing byte array. {@link RecordReader} reads
 * them.
 */
final class RecordWriter {
  private ByteBuffer buffer = ByteBuffer.allocate(256);

  RecordWriter putByte(byte value) {
    withRoomFor(Byte.BYTES).put(value);
    return this;
  }

  RecordWriter putInt(int value) {
    withRoomFor(Integer.BYTES).putInt(value);
    return this;
  }

  RecordWriter putLong(long value) {
    withRoomFor(Long.BYTES).putLong(value);
    return this;
  }

  RecordWriter putString(String text) {
    return putBytes(text.getBytes(UTF_8));
  }

  RecordWriter putBytes(byte[] bytes) {
    putInt(bytes.length);
    withRoomFor(bytes.length).put(bytes);
    return this;
  }

  RecordWriter putFloats(float[] floats) {
    putInt(floats.length);
    int size = Math.multiplyExact(floats.length, Float.BYTES);
    ByteBuffer target = withRoomFor(size);
    target.asFloatBuffer().put(floats);
    target.position(target.position() + size);
    return this;
  }

  byte[] toArray() {
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private ByteBuffer withRoomFor(int size) {
    if (buffer.remaining() < size) {
      int needed = Math.addExact(buffer.position(), size);
      long doubled = Math.min(2L * buffer.capacity(), Integer.MAX_VALUE - 8);
      buffer = ByteBuffer.allocate((int) Math.max(needed, doubled)).put(buffer.flip());
    }
    return buffer;
  }
}
