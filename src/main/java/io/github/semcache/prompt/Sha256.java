package io.github.semcache.prompt;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;

/**
 * SHA-256 over parts that each carry their length, so that different lists of parts never give the
 * same bytes. Texts go in as their UTF-16 code units: UTF-8 would make all lone surrogates alike.
 */
final class Sha256 {
  private final MessageDigest digest;

  Sha256(String kind) {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
    text(kind);
  }

  Sha256 number(int number) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, number));
    return this;
  }

  Sha256 text(String text) {
    number(text.length());
    ByteBuffer units = ByteBuffer.allocate(text.length() * Character.BYTES);
    units.asCharBuffer().put(text);
    digest.update(units);
    return this;
  }

  Sha256 map(SortedMap<String, String> map) {
    number(map.size());
    map.forEach((name, value) -> text(name).text(value));
    return this;
  }

  String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
