package io.github.semcache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Converts texts to and from UTF-8, the encoding of all names, keys, and texts in Redis. */
final class Utf8 {
  private Utf8() {}

  static byte[] encode(String text) {
    return text.getBytes(UTF_8);
  }

  static String decode(byte[] bytes) {
    return new String(bytes, UTF_8);
  }
}
