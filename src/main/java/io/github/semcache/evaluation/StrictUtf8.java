package io.github.semcache.evaluation;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Decodes UTF-8 and reports the position of the first invalid byte. */
final class StrictUtf8 {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private StrictUtf8() {}

  /**
   * Decodes a whole file without its byte order mark, if it has one.
   *
   * @throws DataFileException if the bytes are not valid UTF-8
   */
  static String decode(byte[] bytes, String source) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    if (result.isError()) {
      throw new DataFileException(
          "%s, line %d: byte 0x%02X is not valid UTF-8; convert the file to UTF-8"
              .formatted(source, lineOf(bytes, in.position()), bytes[in.position()]));
    }
    out.flip();
    if (out.hasRemaining() && out.charAt(0) == BYTE_ORDER_MARK) {
      out.position(1);
    }
    return out.toString();
  }

  private static long lineOf(byte[] bytes, int end) {
    long line = 1;
    for (int i = 0; i < end; i++) {
      if (bytes[i] == '\n') {
        line++;
      }
    }
    return line;
  }
}
