package io.github.semcache.encryption;

import static java.util.Objects.requireNonNull;

import io.github.semcache.store.ListableStore;
import io.github.semcache.store.StateStore;
import io.github.semcache.store.VectorStore;

/**
 * Encrypts the entries of a store. Whoever reads the store, its files, or its backups sees neither
 * prompts nor answers, and cannot test whether a guessed prompt, tag, or dependency occurs.
 *
 * <pre>{@code
 * EncryptionKeys keys = EncryptionKeys.of(lookupKey, "2026-11", Map.of("2026-11", key));
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
 * another cache name or directory. Tools that open the store without the keys, such as the command
 * line, list encrypted entries.
 *
 * <p>Immutable and thread-safe.
 */
public final class StoreEncryption {
  private final EncryptionKeys keys;

  private StoreEncryption(EncryptionKeys keys) {
    this.keys = keys;
  }

  /**
   * Returns an instance with keys.
   *
   * @param keys the keys
   * @return a new instance
   */
  public static StoreEncryption of(EncryptionKeys keys) {
    return new StoreEncryption(requireNonNull(keys, "keys"));
  }

  /**
   * Wraps a store so that its entries and its learned state are encrypted.
   *
   * @param store the store that receives encrypted entries
   * @return a store that implements {@link StateStore} and {@link ListableStore} if the given one
   *     does. Closing it closes the given store
   */
  public VectorStore encrypt(VectorStore store) {
    return EncryptedStore.of(requireNonNull(store, "store"), keys);
  }
}
