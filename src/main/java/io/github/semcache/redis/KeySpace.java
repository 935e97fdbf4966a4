package io.github.semcache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.semcache.embedding.EmbeddingSpace;
import java.util.Arrays;

/**
 * The names of one cache in Redis. Name and model are percent-encoded, so that neither a colon in
 * them nor a brace (a cluster's hash tag) nor a glob character has a meaning.
 *
 * @param index the name of the search index
 * @param prefix what the keys of all entries begin with, and no others; ends in a colon
 * @param states what the keys of what was learned begin with; ends in a colon
 */
record KeySpace(String index, String prefix, String states) {
  private static final int SCHEMA_VERSION = 1;
  private static final String PLAIN =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";

  static KeySpace of(String cacheName, EmbeddingSpace space) {
    String cache = encode("cacheName", cacheName);
    String rest =
        String.join(
            ":",
            "v" + SCHEMA_VERSION,
            encode("modelId", space.modelId()),
            Integer.toString(space.dimension()));
    String index = cache + ":" + rest;
    return new KeySpace(index, index + ":", cache + ":state:" + rest + ":");
  }

  byte[] stateKey(String name) {
    return Utf8.encode(states + name);
  }

  byte[] documentKey(String entryKey) {
    return Utf8.encode(prefix + entryKey);
  }

  String entryKey(byte[] documentKey) {
    return Utf8.decode(Arrays.copyOfRange(documentKey, prefix.length(), documentKey.length));
  }

  private static String encode(String what, String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException(what + " is blank; it must have a visible character");
    }
    if (!UTF_8.newEncoder().canEncode(name)) {
      throw new IllegalArgumentException(
          what + " holds half a surrogate pair; it must be well-formed Unicode");
    }
    StringBuilder encoded = new StringBuilder();
    for (byte unit : name.getBytes(UTF_8)) {
      if (unit >= 0 && PLAIN.indexOf(unit) >= 0) {
        encoded.append((char) unit);
      } else {
        encoded.append(String.format("%%%02X", unit));
      }
    }
    return encoded.toString();
  }
}
