package io.github.semcache.lucene;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Writes numbers and texts to an array of bytes that grows; {@link RecordReader} reads them. */
final class RecordWriter {
  static final byte IN_UTF_8 = 0;
  static final byte IN_UTF_16 = 1;

  private ByteBuffer buffer = ByteBuffer.allocate(256);

  RecordWriter tag(byte tag) {
    room(Byte.BYTES).put(tag);
    return this;
  }

  RecordWriter number(int number) {
    room(Integer.BYTES).putInt(number);
    return this;
  }

  RecordWriter number(long number) {
    room(Long.BYTES).putLong(number);
    return this;
  }

  /** UTF-8 where it holds the text as it is; lone surrogates need UTF-16. */
  RecordWriter text(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    if (new String(bytes, UTF_8).equals(text)) {
      return tag(IN_UTF_8).bytes(bytes);
    }
    ByteBuffer units = ByteBuffer.allocate(Math.multiplyExact(text.length(), Character.BYTES));
    units.asCharBuffer().put(text);
    return tag(IN_UTF_16).bytes(units.array());
  }

  RecordWriter bytes(byte[] bytes) {
    number(bytes.length);
    room(bytes.length).put(bytes);
    return this;
  }

  RecordWriter floats(float[] floats) {
    number(floats.length);
    int size = Math.multiplyExact(floats.length, Float.BYTES);
    ByteBuffer target = room(size);
    target.asFloatBuffer().put(floats);
    target.position(target.position() + size);
    return this;
  }

  byte[] toArray() {
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private ByteBuffer room(int size) {
    if (buffer.remaining() < size) {
      int needed = Math.addExact(buffer.position(), size);
      long doubled = Math.min(2L * buffer.capacity(), Integer.MAX_VALUE - 8);
      buffer = ByteBuffer.allocate((int) Math.max(needed, doubled)).put(buffer.flip());
    }
    return buffer;
  }
}
