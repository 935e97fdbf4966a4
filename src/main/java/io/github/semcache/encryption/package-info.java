/**
 * Encryption of the entries of a store: {@link io.github.semcache.encryption.StoreEncryption} wraps
 * any store.
 */
@NullMarked
package io.github.semcache.encryption;

import org.jspecify.annotations.NullMarked;
