package io.github.semcache.encryption;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The encoding of a list of texts: for each, its length in bytes and its UTF-8 encoding. */
final class Texts {
  private Texts() {}

  static byte[] encode(List<String> texts) {
    List<byte[]> encoded = texts.stream().map(text -> text.getBytes(UTF_8)).toList();
    int length = encoded.stream().mapToInt(bytes -> Integer.BYTES + bytes.length).sum();
    ByteBuffer buffer = ByteBuffer.allocate(length);
    encoded.forEach(bytes -> buffer.putInt(bytes.length).put(bytes));
    return buffer.array();
  }

  /** Encodes names and values, sorted by name. */
  static byte[] encode(Map<String, String> map) {
    List<String> texts = new ArrayList<>();
    new TreeMap<>(map)
        .forEach(
            (name, value) -> {
              texts.add(name);
              texts.add(value);
            });
    return encode(texts);
  }

  /**
   * Decodes a list.
   *
   * @throws IllegalArgumentException if the bytes are not such an encoding
   */
  static List<String> decode(byte[] bytes) {
    List<String> texts = new ArrayList<>();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      int length = buffer.remaining() < Integer.BYTES ? -1 : buffer.getInt();
      if (length < 0 || length > buffer.remaining()) {
        throw new IllegalArgumentException("the encoded texts are incomplete");
      }
      texts.add(new String(bytes, buffer.position(), length, UTF_8));
      buffer.position(buffer.position() + length);
    }
    return texts;
  }

  /**
   * Decodes names and values.
   *
   * @throws IllegalArgumentException if the bytes are not such an encoding
   */
  static Map<String, String> decodeMap(byte[] bytes) {
    List<String> texts = decode(bytes);
    if (texts.size() % 2 != 0) {
      throw new IllegalArgumentException("a name has no value");
    }
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < texts.size(); i += 2) {
      map.put(texts.get(i), texts.get(i + 1));
    }
    return map;
  }
}
