package io.github.semcache;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.internal.resilience.FailOpen;
import io.github.semcache.internal.resilience.Operation;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.prompt.Scope;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Creates the queries and requests of prompts. */
final class QueryFactory {
  private final Normalizer normalizer;
  private final @Nullable ChatClient chatClient;
  private final CacheOptions.TimeLimits limits;
  private final FailOpen failOpen;

  QueryFactory(
      Normalizer normalizer,
      @Nullable ChatClient chatClient,
      CacheOptions.TimeLimits limits,
      FailOpen failOpen) {
    this.normalizer = normalizer;
    this.chatClient = chatClient;
    this.limits = limits;
    this.failOpen = failOpen;
  }

  /**
   * Creates the query of a prompt with the settings of its scope, or else of the cache's model.
   *
   * @throws RuntimeException if the normalizer fails or returns a blank text
   */
  Query queryOf(Prompt prompt) {
    requireNonNull(prompt, "prompt");
    return failOpen.require(
        Operation.NORMALIZE,
        () -> Query.of(prompt, normalizer, scopeOf(prompt.scope()).settings()));
  }

  /**
   * Creates the query of a text in the scope of an entry.
   *
   * @throws RuntimeException if the normalizer fails or returns a blank text
   */
  Query queryInScope(String text, String scopeHash) {
    return Query.inScope(Prompt.of(text), normalizer, scopeHash);
  }

  /** Adds the settings of the cache's model to a scope without settings. */
  Scope scopeOf(Scope scope) {
    return scope.settings().isEmpty() && chatClient != null
        ? scope.settings(chatClient.settings())
        : scope;
  }

  /** Creates a request with the settings of the prompt's scope, or else of the cache's model. */
  CacheRequest requestOf(Prompt prompt) {
    requireNonNull(prompt, "prompt");
    return requestOf(prompt, scopeOf(prompt.scope()).settings());
  }

  /**
   * Creates a request with the settings of a model, whose deadline starts now. If the normalizer
   * fails, the prompt has no reliable key, so the request bypasses the cache.
   */
  CacheRequest requestOf(Prompt prompt, Map<String, String> settings) {
    requireNonNull(prompt, "prompt");
    CacheRequest.Limits requestLimits = CacheRequest.Limits.of(prompt, limits);
    Optional<Query> query =
        requestLimits.run(
            () ->
                failOpen.attempt(
                    Operation.NORMALIZE, () -> Query.of(prompt, normalizer, settings)));
    CacheRequest request =
        new CacheRequest(
            prompt,
            query.orElseGet(() -> Query.of(prompt, Normalizer.none(), settings)),
            prompt.mode(),
            Optional.empty(),
            true,
            requestLimits,
            new CacheRequest.LateEmbedding());
    return query.isPresent() ? request : request.bypassing(MissReason.NORMALIZER_ERROR);
  }
}
