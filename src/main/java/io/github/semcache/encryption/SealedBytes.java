package io.github.semcache.encryption;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.semcache.store.StoreException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Encrypts bytes with AES-GCM. The result consists of the format, the length of the key id, the key
 * id, the nonce, and the ciphertext with its authentication tag. It is bound to a context: it can
 * be decrypted in the same context only. Thread-safe.
 */
final class SealedBytes {
  private static final String TRANSFORMATION = "AES/GCM/NoPadding";
  private static final byte FORMAT = 1;
  private static final int TAG_BITS = 128;

  /**
   * The length that NIST SP 800-38D recommends. Nonces are random, so one key must not encrypt more
   * than 2^32 times (section 8.3).
   */
  private static final int NONCE_BYTES = 12;

  private final StoreEncryption.Keys keys;
  private final SecureRandom random = new SecureRandom();

  /** Ciphers to reuse: creating one takes about four times as long as decrypting an entry. */
  private final Queue<Cipher> idle = new ConcurrentLinkedQueue<>();

  SealedBytes(StoreEncryption.Keys keys) {
    this.keys = keys;
  }

  /** Thrown if bytes cannot be decrypted. The message quotes nothing but the id of a key. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
      super(message);
    }
  }

  /**
   * Encrypts bytes with the current key.
   *
   * @throws StoreException if there is no current key, or it cannot be used
   */
  byte[] seal(byte[] plain, String context) {
    try {
      String id = InMemoryKeys.checkId(keys.currentKeyId());
      SecretKey key = keys.key(id).orElseThrow(() -> unavailable(id));
      byte[] nonce = new byte[NONCE_BYTES];
      random.nextBytes(nonce);
      Cipher cipher =
          cipher(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce), context);
      byte[] sealed = cipher.doFinal(plain);
      idle.add(cipher);
      byte[] idBytes = id.getBytes(US_ASCII);
      return ByteBuffer.allocate(2 + idBytes.length + NONCE_BYTES + sealed.length)
          .put(FORMAT)
          .put((byte) idBytes.length)
          .put(idBytes)
          .put(nonce)
          .put(sealed)
          .array();
    } catch (GeneralSecurityException | UnreadableException | RuntimeException e) {
      throw new StoreException("the current encryption key cannot be used", e);
    }
  }

  /** Returns a cipher that no other thread uses. It is reused only if the operation succeeds. */
  private Cipher cipher(int mode, SecretKey key, GCMParameterSpec nonce, String context)
      throws GeneralSecurityException {
    Cipher reused = idle.poll();
    Cipher cipher = reused == null ? Cipher.getInstance(TRANSFORMATION) : reused;
    cipher.init(mode, key, nonce);
    cipher.updateAAD(context.getBytes(UTF_8));
    return cipher;
  }

  private static UnreadableException unavailable(String id) {
    return new UnreadableException("the key " + id + " is not available");
  }

  /**
   * Decrypts bytes.
   *
   * @throws UnreadableException if they were not encrypted in this context, or with a key that is
   *     not available, or were modified
   * @throws StoreException if the key cannot be read
   */
  byte[] open(byte[] sealed, String context) throws UnreadableException {
    int idLength = sealed.length < 2 || sealed[0] != FORMAT ? 0 : sealed[1];
    int header = 2 + idLength + NONCE_BYTES;
    if (idLength < 1 || sealed.length < header) {
      throw new UnreadableException("it is not encrypted");
    }
    SecretKey key = key(new String(sealed, 2, idLength, US_ASCII));
    try {
      GCMParameterSpec nonce = new GCMParameterSpec(TAG_BITS, sealed, 2 + idLength, NONCE_BYTES);
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, nonce, context);
      byte[] plain = cipher.doFinal(sealed, header, sealed.length - header);
      idle.add(cipher);
      return plain;
    } catch (GeneralSecurityException e) {
      throw new UnreadableException("it was encrypted with another key, or was modified");
    }
  }

  private SecretKey key(String id) throws UnreadableException {
    Optional<SecretKey> key;
    try {
      key = keys.key(InMemoryKeys.checkId(id));
    } catch (IllegalArgumentException e) {
      throw new UnreadableException("it is not encrypted");
    } catch (RuntimeException e) {
      throw new StoreException("the encryption key " + id + " cannot be read", e);
    }
    return key.orElseThrow(() -> unavailable(id));
  }
}
