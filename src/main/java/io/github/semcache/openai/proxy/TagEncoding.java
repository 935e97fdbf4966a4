package io.github.semcache.openai.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Encodes the names and values of tags in header names and values. Every text is encoded
 * differently, those with unpaired surrogates included, which UTF-8 cannot represent.
 */
final class TagEncoding {
  private static final Pattern UNPAIRED = Pattern.compile("%u(d[89a-f][0-9a-f]{2})", 2);

  private TagEncoding() {}

  /** Returns lower-case letters, digits, hyphens, and underscores, and everything else encoded. */
  static String encode(String text) {
    StringBuilder encoded = new StringBuilder();
    int index = 0;
    while (index < text.length()) {
      int codePoint = text.codePointAt(index);
      if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
        encoded.append("%u").append(HexFormat.of().toHexDigits((char) codePoint));
      } else {
        encode(Character.toString(codePoint), encoded);
      }
      index += Character.charCount(codePoint);
    }
    return encoded.toString();
  }

  private static void encode(String character, StringBuilder encoded) {
    for (byte b : character.getBytes(UTF_8)) {
      if ((b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '-' || b == '_') {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HexFormat.of().toHexDigits(b));
      }
    }
  }

  /**
   * Decodes a text, which may also be encoded like the query of a URL.
   *
   * @throws IllegalArgumentException if the encoding is invalid
   */
  static String decode(String encoded) {
    String withSurrogates =
        UNPAIRED
            .matcher(encoded)
            .replaceAll(match -> Character.toString((char) Integer.parseInt(match.group(1), 16)));
    return URLDecoder.decode(withSurrogates, UTF_8);
  }
}
