package io.github.semcache.lucene;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * Reads records that a {@link RecordWriter} wrote. Every method throws {@link
 * BufferUnderflowException} if there are too few bytes.
 */
final class RecordReader {
  private final ByteBuffer buffer;

  RecordReader(ByteBuffer buffer) {
    this.buffer = buffer;
  }

  RecordReader(byte[] bytes, int offset, int length) {
    this(ByteBuffer.wrap(bytes, offset, length));
  }

  byte getByte() {
    return buffer.get();
  }

  int getInt() {
    return buffer.getInt();
  }

  long getLong() {
    return buffer.getLong();
  }

  String getString() {
    return new String(getBytes(), UTF_8);
  }

  byte[] getBytes() {
    byte[] bytes = new byte[getLength(Byte.BYTES)];
    buffer.get(bytes);
    return bytes;
  }

  float[] getFloats() {
    float[] floats = new float[getLength(Float.BYTES)];
    buffer.asFloatBuffer().get(floats);
    buffer.position(buffer.position() + floats.length * Float.BYTES);
    return floats;
  }

  private int getLength(int elementSize) {
    int length = getInt();
    if (length < 0 || length > buffer.remaining() / elementSize) {
      throw new BufferUnderflowException();
    }
    return length;
  }
}
