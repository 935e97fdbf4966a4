package io.github.semcache;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.internal.resilience.FailOpen;
import io.github.semcache.internal.resilience.Operation;
import io.github.semcache.policy.CacheabilityPolicy;
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
  private final CacheabilityPolicy cacheability;
  private final @Nullable ChatClient chatClient;
  private final CacheOptions.TimeLimits limits;
  private final FailOpen failOpen;

  QueryFactory(
      Normalizer normalizer,
      CacheabilityPolicy cacheability,
      @Nullable ChatClient chatClient,
      CacheOptions.TimeLimits limits,
      FailOpen failOpen) {
    this.normalizer = normalizer;
    this.cacheability = cacheability;
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
    return Query.of(prompt, normalizer, scopeOf(prompt.scope()).settings());
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
   * fails, the prompt has no reliable key, so the request bypasses the cache. It also does if the
   * answer must not be cached, or if that cannot be decided.
   */
  CacheRequest requestOf(Prompt prompt, Map<String, String> settings) {
    requireNonNull(prompt, "prompt");
    CacheRequest.Limits requestLimits = CacheRequest.Limits.of(prompt, limits);
    Optional<Query> query =
        requestLimits.run(
            () ->
                failOpen.attempt(
                    Operation.NORMALIZE, () -> Query.of(prompt, normalizer, settings)));
    Optional<MissReason> bypassReason =
        query.isEmpty()
            ? Optional.of(MissReason.NORMALIZER_ERROR)
            : requestLimits.run(() -> tryBypassReason(prompt));
    return new CacheRequest(
        prompt,
        query.orElseGet(() -> Query.of(prompt, Normalizer.none(), settings)),
        bypassReason.isPresent() ? Prompt.Mode.BYPASS : prompt.mode(),
        bypassReason,
        true,
        requestLimits,
        new CacheRequest.LateEmbedding());
  }

  private Optional<MissReason> tryBypassReason(Prompt prompt) {
    return prompt.mode() == Prompt.Mode.BYPASS
        ? Optional.empty()
        : failOpen
            .attempt(Operation.CLASSIFY, () -> bypassReason(prompt))
            .orElse(Optional.of(MissReason.POLICY_ERROR));
  }

  /**
   * Returns the reason why the answer to a prompt must not be cached; empty if it may be.
   *
   * @throws RuntimeException if the policy fails
   */
  Optional<MissReason> bypassReason(Prompt prompt) {
    return cacheability.bypassReason(prompt);
  }
}
