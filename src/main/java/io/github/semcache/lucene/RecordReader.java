package io.github.semcache.lucene;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * Reads what a {@link RecordWriter} wrote. Every method throws {@link BufferUnderflowException}
 * where the bytes end early.
 */
final class RecordReader {
  private final ByteBuffer buffer;

  RecordReader(ByteBuffer buffer) {
    this.buffer = buffer;
  }

  RecordReader(byte[] bytes, int offset, int length) {
    this(ByteBuffer.wrap(bytes, offset, length));
  }

  byte tag() {
    return buffer.get();
  }

  int intNumber() {
    return buffer.getInt();
  }

  long longNumber() {
    return buffer.getLong();
  }

  String text() {
    byte encoding = tag();
    byte[] bytes = bytes();
    return encoding == RecordWriter.IN_UTF_8
        ? new String(bytes, UTF_8)
        : ByteBuffer.wrap(bytes).asCharBuffer().toString();
  }

  byte[] bytes() {
    byte[] bytes = new byte[length(Byte.BYTES)];
    buffer.get(bytes);
    return bytes;
  }

  float[] floats() {
    float[] floats = new float[length(Float.BYTES)];
    buffer.asFloatBuffer().get(floats);
    buffer.position(buffer.position() + floats.length * Float.BYTES);
    return floats;
  }

  private int length(int unit) {
    int length = intNumber();
    if (length < 0 || length > buffer.remaining() / unit) {
      throw new BufferUnderflowException();
    }
    return length;
  }
}
