package io.github.semcache.encryption;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.semcache.encryption.SealedBytes.UnreadableException;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore.NewEntry;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /** The attribute of a stored entry that contains all its attributes. */
  private static final String ATTRIBUTES = "encrypted";

  /** The attribute of a stored entry that contains its terms, for listings. */
  private static final String TERMS = "encrypted_terms";

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
    return stored.prompt().isEmpty() && stored.attributes().containsKey(ATTRIBUTES);
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

  /** Returns the stored names of sets of terms. */
  List<Set<String>> storedTerms(List<Set<String>> terms) {
    return terms.stream().map(anyOf -> terms(anyOf).stored()).toList();
  }

  /** Returns the entry to store. */
  NewEntry encrypt(NewEntry entry) {
    CacheEntry stored = encrypt(entry.entry());
    byte[] terms = Texts.encode(entry.terms().stream().sorted().toList());
    return new NewEntry(
        with(stored, TERMS, encode(sealed.seal(terms, termContext(stored.key())))),
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
        Map.of(ATTRIBUTES, encrypt(key, entry.attributes())),
        entry.createdAt());
  }

  /** Returns a stored entry with other attributes. */
  CacheEntry withAttributes(CacheEntry stored, Map<String, String> attributes) {
    return with(stored, ATTRIBUTES, encrypt(stored.key(), attributes));
  }

  private String encrypt(String key, Map<String, String> attributes) {
    return encode(sealed.seal(Texts.encode(attributes), attributeContext(key)));
  }

  /** Returns an entry to store with the terms of a stored entry with the same key. */
  CacheEntry withTermsOf(CacheEntry stored, CacheEntry changed) {
    String terms = stored.attributes().get(TERMS);
    return terms == null ? changed : with(changed, TERMS, terms);
  }

  private static CacheEntry with(CacheEntry stored, String attribute, String value) {
    Map<String, String> attributes = new HashMap<>(stored.attributes());
    attributes.put(attribute, value);
    return stored.attributes(attributes);
  }

  /**
   * Returns the terms with which an entry was written; empty if it was written without an encrypted
   * list of them, or if the list cannot be decrypted.
   */
  Optional<Set<String>> decryptTerms(CacheEntry stored) {
    String terms = stored.attributes().get(TERMS);
    if (terms == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          Set.copyOf(Texts.decode(sealed.open(decode(terms), termContext(stored.key())))));
    } catch (UnreadableException | IllegalArgumentException e) {
      return Optional.empty();
    }
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

  private static String termContext(String key) {
    return "terms " + key;
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
