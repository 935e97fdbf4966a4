package io.github.semcache.prompt;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * Computes a SHA-256 hash over a sequence of parts. Each part is preceded by its length, so that
 * different sequences are encoded differently. Texts are encoded as UTF-16 code units.
 */
final class Sha256 {
  private final MessageDigest digest;

  /**
   * Starts a hash.
   *
   * @param kind the kind of the hashed value; hashes of different kinds differ
   */
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

  /** Adds texts whose order does not matter. */
  Sha256 texts(Set<String> texts) {
    number(texts.size());
    new TreeSet<>(texts).forEach(this::text);
    return this;
  }

  Sha256 map(SortedMap<String, String> map) {
    number(map.size());
    map.forEach((name, value) -> text(name).text(value));
    return this;
  }

  /** Returns the hash as 64 lower-case hexadecimal digits. Ends the computation. */
  String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
