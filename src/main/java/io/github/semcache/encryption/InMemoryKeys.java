package io.github.semcache.encryption;

import static java.util.Objects.requireNonNull;

import io.github.semcache.deadline.Deadline.NonBlocking;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** Keys in memory. Immutable. */
final class InMemoryKeys implements StoreEncryption.Keys, NonBlocking {
  private static final int MIN_LOOKUP_KEY_BYTES = 32;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private final SecretKey lookupKey;
  private final String currentKeyId;
  private final Map<String, SecretKey> keys;

  InMemoryKeys(byte[] lookupKey, String currentKeyId, Map<String, byte[]> keys) {
    if (requireNonNull(lookupKey, "lookupKey").length < MIN_LOOKUP_KEY_BYTES) {
      throw new IllegalArgumentException(
          "lookupKey has "
              + lookupKey.length
              + " bytes; it must have at least "
              + MIN_LOOKUP_KEY_BYTES);
    }
    this.lookupKey = new SecretKeySpec(lookupKey, "HmacSHA256");
    this.currentKeyId = checkId(currentKeyId);
    Map<String, SecretKey> copy = new HashMap<>();
    keys.forEach((id, bytes) -> copy.put(checkId(id), aesKey(id, bytes)));
    this.keys = Map.copyOf(copy);
    if (!this.keys.containsKey(currentKeyId)) {
      throw new IllegalArgumentException(
          "currentKeyId is " + currentKeyId + "; keys must contain this key");
    }
  }

  private static SecretKey aesKey(String id, byte[] bytes) {
    if (bytes.length != 16 && bytes.length != 24 && bytes.length != 32) {
      throw new IllegalArgumentException(
          "key " + id + " has " + bytes.length + " bytes; it must have 16, 24, or 32");
    }
    return new SecretKeySpec(bytes, "AES");
  }

  /** Checks the id of a key. */
  static String checkId(String id) {
    if (!ID.matcher(requireNonNull(id, "id")).matches()) {
      throw new IllegalArgumentException(
          "the id of a key has other characters; it must be 1 to 64 letters, digits, hyphens,"
              + " underscores, and periods");
    }
    return id;
  }

  @Override
  public SecretKey lookupKey() {
    return lookupKey;
  }

  @Override
  public String currentKeyId() {
    return currentKeyId;
  }

  @Override
  public Optional<SecretKey> key(String id) {
    return Optional.ofNullable(keys.get(id));
  }

  /** Returns the ids of the keys, but no keys. */
  @Override
  public String toString() {
    return "Keys[current=" + currentKeyId + ", ids=" + keys.keySet() + "]";
  }
}
