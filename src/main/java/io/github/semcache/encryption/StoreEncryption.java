package io.github.semcache.encryption;

import static java.util.Objects.requireNonNull;

import io.github.semcache.deadline.Deadline.NonBlocking;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.VectorStore;
import java.util.Map;
import java.util.Optional;
import javax.crypto.SecretKey;

/**
 * Encrypts the entries of a store. Whoever reads the store, its files, or its backups sees neither
 * prompts nor answers, and cannot test whether a guessed prompt, tag, or dependency occurs.
 *
 * <pre>{@code
 * StoreEncryption.Keys keys = StoreEncryption.Keys.of(lookupKey, "2026-11", Map.of("2026-11", key));
 * VectorStore store =
 *     StoreEncryption.of(keys).encrypt(RedisVectorStore.connect(uri, embedder));
 * }</pre>
 *
 * <p><b>Encrypted</b> with AES-GCM: prompts, answers, attributes, the names of scopes, and learned
 * state. <b>Replaced</b> by HMAC-SHA256 values with the lookup key: the keys of entries, scopes,
 * terms of tags, models, and dependencies. <b>Visible</b>: embeddings, from which much of a prompt
 * can be reconstructed, the lengths of texts, the times of creation and expiry, which entries have
 * a scope or a term in common, versions of dependencies, and the ids of encryption keys.
 *
 * <p>An entry that was modified, or assembled from parts of other entries, is corrupt, so it is a
 * miss and is counted. Whoever can write to the store can still delete entries, restore an earlier
 * state of an entry, and exchange embeddings.
 *
 * <p><b>Rotation.</b> New entries are encrypted with the current key. The previous keys must remain
 * available until the entries that were encrypted with them have expired; entries without an
 * available key are corrupt. An update of attributes encrypts the attributes with the current key.
 * If the lookup key changes, the previous entries are not found.
 *
 * <p>Entries that were stored without encryption are not found either. Remove them before, or use
 * another cache name or directory.
 *
 * <p>Immutable and thread-safe.
 */
public final class StoreEncryption {
  private final Keys keys;

  private StoreEncryption(Keys keys) {
    this.keys = keys;
  }

  /**
   * Returns an instance with keys.
   *
   * @param keys the keys
   * @return a new instance
   */
  public static StoreEncryption of(Keys keys) {
    return new StoreEncryption(requireNonNull(keys, "keys"));
  }

  /**
   * Wraps a store so that its entries and its learned state are encrypted.
   *
   * @param store the store that receives encrypted entries
   * @return a store that implements {@link StateStore} and {@link VectorStore.Listable} if the
   *     given one does. Closing it closes the given store
   */
  public VectorStore encrypt(VectorStore store) {
    return EncryptedStore.of(requireNonNull(store, "store"), keys);
  }

  /**
   * Returns whether an entry was encrypted, for tools that read a store without keys.
   *
   * @param stored an entry of the store that receives encrypted entries
   * @return whether it has the form of an encrypted entry
   */
  public static boolean isEncrypted(CacheEntry stored) {
    return EntryCipher.isEncrypted(stored);
  }

  /**
   * The keys of an encrypted store. Implement this interface to read keys from a key management
   * service; otherwise use {@link #of}.
   *
   * <p>Implementations are thread-safe. The methods are called for every lookup and every write, so
   * implementations should cache keys in memory. An implementation that never blocks should also
   * implement {@link NonBlocking}.
   */
  public interface Keys {

    /**
     * Returns the key of the names of entries: an HMAC-SHA256 key of at least 256 bits. The names
     * of entries, scopes, and terms are hashes with this key. It must not change: entries that were
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
     * @param keys AES keys of 16, 24, or 32 bytes by id, including the current one. Remove a key
     *     when the entries that were encrypted with it have expired
     * @return the keys, which do not block
     * @throws IllegalArgumentException if a key has another length, if an id has other characters,
     *     or if there is no current key. The message contains no key
     */
    static Keys of(byte[] lookupKey, String currentKeyId, Map<String, byte[]> keys) {
      return new InMemoryKeys(lookupKey, currentKeyId, keys);
    }
  }
}
