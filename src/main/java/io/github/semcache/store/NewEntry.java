package io.github.semcache.store;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.prompt.Prompt;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An entry to be written to a store.
 *
 * @param entry the entry
 * @param embedding the embedding of its prompt; an entry without an embedding is found only by its
 *     key
 * @param timeToLive the time to live, counted from the write; empty if the entry does not expire
 * @param terms the {@linkplain io.github.semcache.prompt.Scope#terms terms} by which the entry can
 *     be {@linkplain EntrySelector.ByTerm selected}; each consists of lower-case hexadecimal digits
 */
public record NewEntry(
    CacheEntry entry,
    Optional<Embedding> embedding,
    Optional<Duration> timeToLive,
    Set<String> terms) {

  /**
   * Checks the components.
   *
   * @throws IllegalArgumentException if the time to live is shorter than a millisecond or longer
   *     than 36,525 days (100 years), or if a term has other characters
   */
  public NewEntry {
    requireNonNull(entry, "entry");
    requireNonNull(embedding, "embedding");
    requireNonNull(timeToLive, "timeToLive");
    timeToLive.ifPresent(Prompt::checkTimeToLive);
    terms = Set.copyOf(terms);
    terms.forEach(NewEntry::checkTerm);
  }

  /**
   * Creates an entry without terms.
   *
   * @param entry the entry
   * @param embedding the embedding of its prompt, if there is one
   * @param timeToLive the time to live; empty if the entry does not expire
   * @throws IllegalArgumentException if the time to live is out of range
   */
  public NewEntry(CacheEntry entry, Optional<Embedding> embedding, Optional<Duration> timeToLive) {
    this(entry, embedding, timeToLive, Set.of());
  }

  /**
   * Checks that a term contains no character with a meaning in a search query. For implementations
   * of {@link VectorStore}.
   *
   * @param term the term
   * @return the term
   * @throws IllegalArgumentException if it does not consist of lower-case hexadecimal digits
   */
  public static String checkTerm(String term) {
    // A loop: lookups with dependencies check each of their terms.
    boolean isValid = !term.isEmpty();
    for (int i = 0; isValid && i < term.length(); i++) {
      char c = term.charAt(i);
      isValid = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    if (!isValid) {
      throw new IllegalArgumentException(
          "a term has other characters; it must consist of lower-case hexadecimal digits");
    }
    return term;
  }

  /**
   * Copies sets of terms, of which a search or a selector requires at least one each.
   *
   * @throws IllegalArgumentException if a set is empty, or if a term has other characters than
   *     lower-case hexadecimal digits
   */
  static List<Set<String>> checkTerms(List<Set<String>> terms) {
    List<Set<String>> copies = terms.stream().map(Set::copyOf).toList();
    for (Set<String> anyOf : copies) {
      if (anyOf.isEmpty()) {
        throw new IllegalArgumentException("a set of terms is empty; no entry has a term of it");
      }
      anyOf.forEach(NewEntry::checkTerm);
    }
    return copies;
  }
}
