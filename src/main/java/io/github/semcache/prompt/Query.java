package io.github.semcache.prompt;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A prompt as the cache looks it up.
 *
 * @param text the normalized text; not blank
 * @param scope everything that must be equal, the chat model and its settings included
 * @param key 64 hexadecimal digits that identify text and scope together: the exact tier's key
 * @param maxAge accept only answers younger than this
 * @param maxDistance the prompt's own cut as a cosine distance, 0 to 2
 */
public record Query(
    String text, Scope scope, String key, Optional<Duration> maxAge, OptionalDouble maxDistance) {

  public Query {
    requireNonNull(text, "text");
    requireNonNull(scope, "scope");
    requireNonNull(key, "key");
    requireNonNull(maxAge, "maxAge");
    requireNonNull(maxDistance, "maxDistance");
  }

  /**
   * Makes the query of a prompt.
   *
   * @param prompt what is asked
   * @param normalizer brings the text into its normal form
   * @param settings the chat model and its settings; empty leaves those of the prompt's scope
   * @return the query
   * @throws IllegalArgumentException if the normalizer leaves nothing of the text
   */
  public static Query of(Prompt prompt, Normalizer normalizer, Map<String, String> settings) {
    String text = normalizer.normalize(prompt.text());
    if (text.isBlank()) {
      throw new IllegalArgumentException("the normalizer left nothing of the prompt's text");
    }
    Scope scope = settings.isEmpty() ? prompt.scope() : prompt.scope().settings(settings);
    String key = new Sha256("key").text(scope.hash()).text(text).hex();
    return new Query(text, scope, key, prompt.maxAge(), prompt.maxDistance());
  }

  /** Shows the key but no text. */
  @Override
  public String toString() {
    return "Query[" + key + "]";
  }
}
