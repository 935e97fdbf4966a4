/**
 * Encryption of the entries of a store: {@link io.github.semcache.encryption.EncryptedStore} wraps
 * any store, and {@link io.github.semcache.encryption.EncryptionKeys} is the port to the keys.
 */
@NullMarked
package io.github.semcache.encryption;

import org.jspecify.annotations.NullMarked;
