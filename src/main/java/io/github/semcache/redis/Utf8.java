package io.github.semcache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/**
 * UTF-8 that also carries half a surrogate pair, as the three bytes that its code point would have.
 * A Java string may hold such a half, and the JDK's encoder would make a question mark of it.
 */
final class Utf8 {
  private static final char UNDECODABLE = '\uFFFD';

  private Utf8() {}

  static byte[] encode(String text) {
    int half = nextHalf(text, 0);
    if (half == text.length()) {
      return text.getBytes(UTF_8);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() + 16);
    int from = 0;
    for (; half < text.length(); half = nextHalf(text, from)) {
      bytes.writeBytes(text.substring(from, half).getBytes(UTF_8));
      char unit = text.charAt(half);
      bytes.write(0xE0 | (unit >> 12));
      bytes.write(0x80 | (unit >> 6 & 0x3F));
      bytes.write(0x80 | (unit & 0x3F));
      from = half + 1;
    }
    bytes.writeBytes(text.substring(from).getBytes(UTF_8));
    return bytes.toByteArray();
  }

  /** The next index of a surrogate without its partner, or the length. */
  private static int nextHalf(String text, int from) {
    int at = from;
    while (at < text.length()) {
      int codePoint = text.codePointAt(at);
      if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
        return at;
      }
      at += Character.charCount(codePoint);
    }
    return at;
  }

  static String decode(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    return text.indexOf(UNDECODABLE) < 0 ? text : decodeWithHalves(bytes);
  }

  private static String decodeWithHalves(byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length);
    int from = 0;
    for (int at = 0; at + 2 < bytes.length; at++) {
      boolean half = bytes[at] == (byte) 0xED && (bytes[at + 1] & 0xE0) == 0xA0;
      if (half && (bytes[at + 2] & 0xC0) == 0x80) {
        text.append(new String(bytes, from, at - from, UTF_8));
        text.append((char) (0xD000 | ((bytes[at + 1] & 0x3F) << 6) | (bytes[at + 2] & 0x3F)));
        from = at + 3;
        at += 2;
      }
    }
    return text.append(new String(bytes, from, bytes.length - from, UTF_8)).toString();
  }
}
