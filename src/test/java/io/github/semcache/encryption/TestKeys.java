package io.github.semcache.encryption;

import java.util.Arrays;
import java.util.Map;

/** Keys of tests. */
public final class TestKeys {
  static final byte[] LOOKUP = filled(7, 32);

  private TestKeys() {}

  public static StoreEncryption.Keys first() {
    return StoreEncryption.Keys.of(LOOKUP, "first", Map.of("first", filled(1, 32)));
  }

  /** Keys after a rotation; the previous key is available. */
  static StoreEncryption.Keys rotated() {
    return StoreEncryption.Keys.of(
        LOOKUP, "second", Map.of("first", filled(1, 32), "second", filled(2, 16)));
  }

  /** Keys after a rotation; the previous key is not available. */
  static StoreEncryption.Keys withoutFirst() {
    return StoreEncryption.Keys.of(LOOKUP, "second", Map.of("second", filled(2, 16)));
  }

  static byte[] filled(int value, int length) {
    byte[] key = new byte[length];
    Arrays.fill(key, (byte) value);
    return key;
  }
}
