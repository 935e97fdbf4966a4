package io.github.semcache.encryption;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.semcache.encryption.SealedBytes.UnreadableException;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.NewEntry;
import io.github.semcache.store.StoreException;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.crypto.Mac;

/**
 * Encrypts entries, and replaces their names by HMAC-SHA256 values. The texts of an entry are bound
 * to its stored name, its stored scope, and its creation time, and its attributes to its stored
 * name, so parts of different entries cannot be exchanged. Thread-safe.
 */
final class EntryCipher {
  private static final String MAC = "HmacSHA256";

  /** The only attribute of a stored entry. */
  private static final String ATTRIBUTES = "encrypted";

  /** The length of terms, as in {@link io.github.semcache.prompt.Scope#terms}. */
  private static final int TERM_LENGTH = 32;

  /** Key, scope, prompt, and answer. */
  private static final int TEXTS = 4;

  private final StoreEncryption.Keys keys;
  private final SealedBytes sealed;

  EntryCipher(StoreEncryption.Keys keys) {
    this.keys = keys;
    this.sealed = new SealedBytes(keys);
  }

  /** Returns whether a stored entry has the form of an encrypted one. */
  static boolean isEncrypted(CacheEntry stored) {
    return stored.prompt().isEmpty() && stored.attributes().keySet().equals(Set.of(ATTRIBUTES));
  }

  /** Returns the stored name of an entry: 64 hexadecimal digits. */
  String key(String key) {
    return hmac("key", key);
  }

  /** Returns the stored name of a scope: 64 hexadecimal digits. */
  String scope(String scope) {
    return hmac("scope", scope);
  }

  /** Returns the stored name of a term: 32 hexadecimal digits. */
  String term(String term) {
    return hmac("term", term).substring(0, TERM_LENGTH);
  }

  private String hmac(String kind, String value) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(keys.lookupKey());
      mac.update((kind + '\0').getBytes(US_ASCII));
      return HexFormat.of().formatHex(mac.doFinal(value.getBytes(UTF_8)));
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new StoreException("the lookup key cannot be used", e);
    }
  }

  /** Returns terms with their stored names. */
  EncryptedTerms terms(Set<String> terms) {
    return new EncryptedTerms(
        terms.stream().collect(Collectors.toUnmodifiableMap(term -> term, this::term)));
  }

  /** Returns the entry to store. */
  NewEntry encrypt(NewEntry entry) {
    return new NewEntry(
        encrypt(entry.entry()),
        entry.embedding(),
        entry.timeToLive(),
        terms(entry.terms()).stored());
  }

  /** Returns the entry to store. */
  CacheEntry encrypt(CacheEntry entry) {
    String key = key(entry.key());
    String scope = scope(entry.scope());
    long createdAt = entry.createdAt().toEpochMilli();
    byte[] texts =
        Texts.encode(List.of(entry.key(), entry.scope(), entry.prompt(), entry.answer()));
    return new CacheEntry(
        key,
        scope,
        "",
        encode(sealed.seal(texts, textContext(key, scope, createdAt))),
        encrypt(key, entry.attributes()),
        entry.createdAt());
  }

  /** Returns a stored entry with other attributes. */
  CacheEntry withAttributes(CacheEntry stored, Map<String, String> attributes) {
    return stored.attributes(encrypt(stored.key(), attributes));
  }

  private Map<String, String> encrypt(String key, Map<String, String> attributes) {
    byte[] encoded = Texts.encode(attributes);
    return Map.of(ATTRIBUTES, encode(sealed.seal(encoded, attributeContext(key))));
  }

  /**
   * Returns the entry that was stored.
   *
   * @throws StoreException.CorruptEntry if it was not encrypted, was modified, or was encrypted
   *     with a key that is not available
   */
  CacheEntry decrypt(CacheEntry stored) {
    try {
      String context = textContext(stored.key(), stored.scope(), stored.createdAt().toEpochMilli());
      List<String> texts = Texts.decode(sealed.open(decode(stored.answer()), context));
      if (texts.size() != TEXTS) {
        throw new UnreadableException("it has another format");
      }
      String attributes = stored.attributes().getOrDefault(ATTRIBUTES, "");
      return new CacheEntry(
          texts.get(0),
          texts.get(1),
          texts.get(2),
          texts.get(3),
          Texts.decodeMap(sealed.open(decode(attributes), attributeContext(stored.key()))),
          stored.createdAt());
    } catch (UnreadableException e) {
      throw corrupt(stored, String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      // The message may quote the value.
      throw corrupt(stored, "it is not encrypted");
    }
  }

  private static StoreException.CorruptEntry corrupt(CacheEntry stored, String reason) {
    return new StoreException.CorruptEntry(
        "entry " + stored.key() + " cannot be decrypted: " + reason, null);
  }

  private static String textContext(String key, String scope, long createdAt) {
    return "texts " + key + " " + scope + " " + createdAt;
  }

  private static String attributeContext(String key) {
    return "attributes " + key;
  }

  private static String encode(byte[] bytes) {
    return Base64.getEncoder().withoutPadding().encodeToString(bytes);
  }

  private static byte[] decode(String text) {
    return Base64.getDecoder().decode(text);
  }

  /** Encrypts a state. */
  byte[] encryptState(String name, byte[] state) {
    return sealed.seal(state, "state " + name);
  }

  /**
   * Decrypts a state.
   *
   * @throws StoreException if it cannot be decrypted
   */
  byte[] decryptState(String name, byte[] encrypted) {
    try {
      return sealed.open(encrypted, "state " + name);
    } catch (UnreadableException e) {
      throw new StoreException("state " + name + " cannot be decrypted", e);
    }
  }
}
