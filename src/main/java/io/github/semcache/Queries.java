package io.github.semcache;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.prompt.Scope;
import io.github.semcache.stats.CacheEvent;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Gives prompts the form in which they are looked up. */
final class Queries {
  private final Normalizer normalizer;
  private final @Nullable ChatClient chatClient;
  private final Fence fence;

  Queries(Normalizer normalizer, @Nullable ChatClient chatClient, Fence fence) {
    this.normalizer = normalizer;
    this.chatClient = chatClient;
    this.fence = fence;
  }

  /**
   * The query of a prompt to the cache's own chat client.
   *
   * @throws RuntimeException if the normaliser fails or leaves nothing of the text
   */
  Query of(Prompt prompt) {
    requireNonNull(prompt, "prompt");
    return Query.of(prompt, normalizer, settings());
  }

  /** A caller's scope, with the settings of the cache's own chat client. */
  Scope scopeOf(Scope scope) {
    return Query.of(Prompt.of("any").scope(scope), Normalizer.none(), settings()).scope();
  }

  /** A request to the cache's own chat client. */
  Request request(Prompt prompt) {
    return request(prompt, settings());
  }

  /**
   * A request to a model with these settings. Without the normal form of its text there is no key
   * that is certain to be its own, so a prompt whose normaliser fails passes the cache by.
   */
  Request request(Prompt prompt, Map<String, String> settings) {
    requireNonNull(prompt, "prompt");
    Optional<Query> query =
        fence.attempt(CacheEvent.Part.NORMALIZER, () -> Query.of(prompt, normalizer, settings));
    return query
        .map(normal -> new Request(prompt, normal))
        .orElseGet(() -> Request.withoutKey(prompt, Query.of(prompt, Normalizer.none(), settings)));
  }

  private Map<String, String> settings() {
    return chatClient == null ? Map.of() : chatClient.settings();
  }
}
