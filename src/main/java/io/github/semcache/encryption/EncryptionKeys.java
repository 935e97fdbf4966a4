package io.github.semcache.encryption;

import io.github.semcache.deadline.NonBlocking;
import java.util.Map;
import java.util.Optional;
import javax.crypto.SecretKey;

/**
 * The keys of an {@linkplain EncryptedStore encrypted store}. Implement this interface to read keys
 * from a key management service; otherwise use {@link #of}.
 *
 * <p>Implementations are thread-safe. The methods are called for every lookup and every write, so
 * implementations should cache keys in memory. An implementation that never blocks should also
 * implement {@link NonBlocking}.
 */
public interface EncryptionKeys {

  /**
   * Returns the key of the names of entries: an HMAC-SHA256 key of at least 256 bits. The names of
   * entries, scopes, and terms are hashes with this key. It must not change: entries that were
   * stored with another lookup key are not found.
   *
   * @return the lookup key
   */
  SecretKey lookupKey();

  /**
   * Returns the id of the key that encrypts new entries. It changes when keys are rotated.
   *
   * @return 1 to 64 letters, digits, hyphens, underscores, and periods of ASCII. The id is stored
   *     unencrypted with each entry
   */
  String currentKeyId();

  /**
   * Returns an encryption key.
   *
   * @param id the id of a key
   * @return an AES key of 128, 192, or 256 bits; empty if there is no such key, so that entries
   *     encrypted with it cannot be read
   */
  Optional<SecretKey> key(String id);

  /**
   * Returns keys that are held in memory.
   *
   * @param lookupKey the lookup key, at least 32 bytes
   * @param currentKeyId the id of the key that encrypts new entries
   * @param keys AES keys of 16, 24, or 32 bytes by id, including the current one. Remove a key when
   *     the entries that were encrypted with it have expired
   * @return the keys, which do not block
   * @throws IllegalArgumentException if a key has another length, if an id has other characters, or
   *     if there is no current key. The message contains no key
   */
  static EncryptionKeys of(byte[] lookupKey, String currentKeyId, Map<String, byte[]> keys) {
    return new InMemoryKeys(lookupKey, currentKeyId, keys);
  }
}
