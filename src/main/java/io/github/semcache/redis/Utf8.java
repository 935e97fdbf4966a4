package io.github.semcache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/**
 * UTF-8 that preserves unpaired surrogates, each as the three bytes that its code point would have.
 * The encoder of the JDK replaces them with question marks.
 */
final class Utf8 {
  private static final char REPLACEMENT_CHARACTER = '\uFFFD';

  private Utf8() {}

  static byte[] encode(String text) {
    int surrogate = nextUnpairedSurrogate(text, 0);
    if (surrogate == text.length()) {
      return text.getBytes(UTF_8);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() + 16);
    int from = 0;
    for (; surrogate < text.length(); surrogate = nextUnpairedSurrogate(text, from)) {
      bytes.writeBytes(text.substring(from, surrogate).getBytes(UTF_8));
      char unit = text.charAt(surrogate);
      bytes.write(0xE0 | (unit >> 12));
      bytes.write(0x80 | (unit >> 6 & 0x3F));
      bytes.write(0x80 | (unit & 0x3F));
      from = surrogate + 1;
    }
    bytes.writeBytes(text.substring(from).getBytes(UTF_8));
    return bytes.toByteArray();
  }

  /** Returns the index of the next unpaired surrogate, or the length of the text. */
  private static int nextUnpairedSurrogate(String text, int from) {
    int index = from;
    while (index < text.length()) {
      int codePoint = text.codePointAt(index);
      if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
        return index;
      }
      index += Character.charCount(codePoint);
    }
    return index;
  }

  static String decode(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    return text.indexOf(REPLACEMENT_CHARACTER) < 0 ? text : decodeSurrogates(bytes);
  }

  private static String decodeSurrogates(byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length);
    int from = 0;
    for (int i = 0; i + 2 < bytes.length; i++) {
      boolean surrogate = bytes[i] == (byte) 0xED && (bytes[i + 1] & 0xE0) == 0xA0;
      if (surrogate && (bytes[i + 2] & 0xC0) == 0x80) {
        text.append(new String(bytes, from, i - from, UTF_8));
        text.append((char) (0xD000 | ((bytes[i + 1] & 0x3F) << 6) | (bytes[i + 2] & 0x3F)));
        from = i + 3;
        i += 2;
      }
    }
    return text.append(new String(bytes, from, bytes.length - from, UTF_8)).toString();
  }
}
