package io.github.semcache.encryption;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Terms with their names in the other store.
 *
 * @param storedNames the stored name of each term
 */
record EncryptedTerms(Map<String, String> storedNames) {

  Set<String> stored() {
    return Set.copyOf(storedNames.values());
  }

  /** Replaces the stored names in a map by the terms. */
  Map<String, String> originalKeys(Map<String, String> byStoredName) {
    Map<String, String> byTerm = new HashMap<>();
    storedNames.forEach(
        (term, storedName) -> {
          String value = byStoredName.get(storedName);
          if (value != null) {
            byTerm.put(term, value);
          }
        });
    return byTerm;
  }
}
