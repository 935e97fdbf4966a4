package io.github.semcache.internal.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** Hashes credentials, so that they can be part of a scope without being held in memory. */
public final class CredentialHash {
  /** Headers that contain the credentials of a caller, at OpenAI and at compatible services. */
  public static final Set<String> HEADERS =
      Set.of("authorization", "api-key", "x-api-key", "x-goog-api-key");

  private CredentialHash() {}

  /**
   * Returns the SHA-256 hash of a list of values, each preceded by its length.
   *
   * @param values the values
   * @return 64 hexadecimal digits
   */
  public static String of(List<String> values) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
    for (String value : values) {
      byte[] bytes = value.getBytes(UTF_8);
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
