package io.github.semcache.prompt;

import static java.util.Objects.requireNonNull;

import io.github.semcache.embedding.Embedding;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The lookup of a prompt: its normalized text, its complete scope, and its key. Immutable.
 *
 * @param text the normalized text; not blank
 * @param scope the scope, including the chat model and its settings
 * @param key the SHA-256 hash of scope and text, as 64 lower-case hexadecimal digits; the key of
 *     the exact lookup
 * @param maxAge the maximum age of an answer, or empty
 * @param maxDistance the maximum cosine distance of a hit, in [0, 2]; empty for the threshold of
 *     the cache
 * @param embedding the embedding of the text, if the caller has {@linkplain Prompt#embedding given}
 *     it
 * @param labelFilter the filter of cached answers; empty if answers with any {@linkplain Labels
 *     labels} are used
 * @param contributor the SHA-256 hash of the scope and the {@linkplain Prompt#contributor(String)
 *     contributor}, as 64 lower-case hexadecimal digits, if the prompt has one
 */
public record Query(
    String text,
    Scope scope,
    String key,
    Optional<Duration> maxAge,
    OptionalDouble maxDistance,
    Optional<Embedding> embedding,
    Optional<Labels.Filter> labelFilter,
    Optional<String> contributor) {

  public Query {
    requireNonNull(text, "text");
    requireNonNull(scope, "scope");
    requireNonNull(key, "key");
    requireNonNull(maxAge, "maxAge");
    requireNonNull(maxDistance, "maxDistance");
    requireNonNull(embedding, "embedding");
    requireNonNull(labelFilter, "labelFilter");
    requireNonNull(contributor, "contributor");
  }

  /**
   * Creates a query for answers with any labels, without a contributor.
   *
   * @param text the normalized text; not blank
   * @param scope the scope
   * @param key the key
   * @param maxAge the maximum age of an answer, or empty
   * @param maxDistance the maximum cosine distance of a hit, in [0, 2], or empty
   * @param embedding the embedding of the text, or empty
   */
  public Query(
      String text,
      Scope scope,
      String key,
      Optional<Duration> maxAge,
      OptionalDouble maxDistance,
      Optional<Embedding> embedding) {
    this(text, scope, key, maxAge, maxDistance, embedding, Optional.empty(), Optional.empty());
  }

  /**
   * Creates the query of a prompt.
   *
   * @param prompt the prompt
   * @param normalizer the normalizer of the text; unpaired surrogates in its result are {@linkplain
   *     Normalizer#wellFormed replaced}
   * @param settings the chat model and its settings; if empty, the settings of the prompt's scope
   *     are used
   * @return the query
   * @throws IllegalArgumentException if the normalizer returns a blank text
   */
  public static Query of(Prompt prompt, Normalizer normalizer, Map<String, String> settings) {
    return of(
        prompt,
        normalizer,
        settings.isEmpty() || settings.equals(prompt.scope().settings())
            ? prompt.scope()
            : prompt.scope().settings(settings));
  }

  /**
   * Creates the query of a prompt in the scope of an entry, of which only the hash is known. The
   * scope of the query has this hash and no parts.
   *
   * @param prompt the prompt, whose own scope is ignored
   * @param normalizer the normalizer of the text
   * @param scopeHash the {@linkplain Scope#hash hash} of the scope
   * @return the query
   * @throws IllegalArgumentException if the normalizer returns a blank text
   */
  public static Query inScope(Prompt prompt, Normalizer normalizer, String scopeHash) {
    return of(prompt, normalizer, Scope.ofHash(requireNonNull(scopeHash, "scopeHash")));
  }

  private static Query of(Prompt prompt, Normalizer normalizer, Scope scope) {
    String text = WellFormed.replaceUnpairedSurrogates(normalizer.normalize(prompt.text()));
    if (text.isBlank()) {
      throw new IllegalArgumentException(
          "normalizer returned a blank text; a normal form must not be blank");
    }
    String key = new Sha256("key").text(scope.hash()).text(text).hex();
    Optional<String> contributor =
        prompt.contributor().map(id -> new Sha256("contributor").text(scope.hash()).text(id).hex());
    return new Query(
        text,
        scope,
        key,
        prompt.maxAge(),
        prompt.maxDistance(),
        prompt.embedding(),
        prompt.labelFilter(),
        contributor);
  }

  /**
   * Returns the same query without the embedding of the caller.
   *
   * @return a copy without an embedding
   */
  public Query withoutEmbedding() {
    return new Query(
        text, scope, key, maxAge, maxDistance, Optional.empty(), labelFilter, contributor);
  }

  /**
   * Returns the same query for answers with any labels.
   *
   * @return a copy without a filter of labels
   */
  public Query withoutLabelFilter() {
    return new Query(
        text, scope, key, maxAge, maxDistance, embedding, Optional.empty(), contributor);
  }

  /**
   * Returns whether an answer with some labels may be used.
   *
   * @param labels the labels of the answer
   * @return true if they meet the filter, or if there is none
   */
  public boolean acceptsLabels(Labels labels) {
    return labelFilter.isEmpty() || labelFilter.get().matches(labels);
  }

  /** Returns the key, but no text. */
  @Override
  public String toString() {
    return "Query[" + key + "]";
  }
}
