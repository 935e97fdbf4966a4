package io.github.semcache;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.prompt.Scope;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Gives prompts the form in which they are looked up. */
final class QueryFactory {
  private final Normalizer normalizer;
  private final @Nullable ChatClient chatClient;
  private final FailOpen fence;

  QueryFactory(Normalizer normalizer, @Nullable ChatClient chatClient, FailOpen fence) {
    this.normalizer = normalizer;
    this.chatClient = chatClient;
    this.fence = fence;
  }

  /**
   * The query of a prompt to the model whose settings its scope has, or to the cache's own.
   *
   * @throws RuntimeException if the normalizer fails or leaves nothing of the text
   */
  Query of(Prompt prompt) {
    requireNonNull(prompt, "prompt");
    return Query.of(prompt, normalizer, scopeOf(prompt.scope()).settings());
  }

  /** A caller's scope, with the settings of the cache's own chat client unless it has others. */
  Scope scopeOf(Scope scope) {
    return scope.settings().isEmpty() && chatClient != null
        ? scope.settings(chatClient.settings())
        : scope;
  }

  /** A request to the model whose settings the prompt's scope has, or to the cache's own. */
  CacheRequest request(Prompt prompt) {
    requireNonNull(prompt, "prompt");
    return request(prompt, scopeOf(prompt.scope()).settings());
  }

  /**
   * A request to a model with these settings. Without the normal form of its text there is no key
   * that is certain to be its own, so a prompt whose normalizer fails passes the cache by.
   */
  CacheRequest request(Prompt prompt, Map<String, String> settings) {
    requireNonNull(prompt, "prompt");
    Optional<Query> query =
        fence.attempt(Operation.NORMALIZE, () -> Query.of(prompt, normalizer, settings));
    return query
        .map(normal -> new CacheRequest(prompt, normal))
        .orElseGet(
            () -> CacheRequest.withoutKey(prompt, Query.of(prompt, Normalizer.none(), settings)));
  }
}
