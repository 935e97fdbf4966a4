package io.github.semcache;

import static java.util.Objects.requireNonNull;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.internal.resilience.FailOpen;
import io.github.semcache.internal.resilience.Operation;
import io.github.semcache.internal.text.InvisibleCharacters;
import io.github.semcache.policy.CacheSettings;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Query;
import io.github.semcache.prompt.Scope;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Creates the queries and requests of prompts. */
final class QueryFactory {
  private final Normalizer normalizer;
  private final @Nullable ChatClient chatClient;
  private final CacheOptions.TimeLimits limits;
  private final OptionalInt dimension;
  private final Supplier<CacheSettings> settings;
  private final FailOpen failOpen;

  /**
   * Creates a factory.
   *
   * @param settings the current settings of the cache
   * @param dimension the dimension of the embeddings; empty if there are none
   */
  QueryFactory(
      Normalizer normalizer,
      @Nullable ChatClient chatClient,
      CacheOptions.TimeLimits limits,
      OptionalInt dimension,
      Supplier<CacheSettings> settings,
      FailOpen failOpen) {
    this.normalizer = normalizer;
    this.chatClient = chatClient;
    this.limits = limits;
    this.dimension = dimension;
    this.settings = settings;
    this.failOpen = failOpen;
  }

  /**
   * Creates the query of a prompt with the settings of its scope, or else of the cache's model.
   *
   * @throws IllegalArgumentException if the embedding of the prompt has another dimension
   * @throws RuntimeException if the normalizer fails or returns a blank text
   */
  Query queryOf(Prompt prompt) {
    Prompt checked = check(prompt);
    return failOpen.require(
        Operation.NORMALIZE,
        () -> queryOf(checked, normalizer, settingsOf(checked.scope()), settings.get()));
  }

  /** Returns the query; without the embedding of the caller if the text must not be compared. */
  private static Query queryOf(
      Prompt prompt,
      Normalizer normalizer,
      Map<String, String> modelSettings,
      CacheSettings current) {
    OptionalDouble threshold =
        prompt.maxDistance().isPresent() ? OptionalDouble.empty() : current.maxDistance();
    Query query =
        Query.of(
            threshold.isPresent() ? prompt.maxDistance(threshold.getAsDouble()) : prompt,
            normalizer,
            modelSettings);
    return query.embedding().isPresent() && InvisibleCharacters.in(query.text())
        ? query.withoutEmbedding()
        : query;
  }

  private Prompt check(Prompt prompt) {
    requireNonNull(prompt, "prompt").embedding().ifPresent(this::check);
    return prompt;
  }

  private void check(Embedding embedding) {
    if (dimension.isEmpty()) {
      throw new IllegalArgumentException("embedding is set; the cache is exact only");
    }
    if (embedding.dimension() != dimension.getAsInt()) {
      throw new IllegalArgumentException(
          "embedding has dimension "
              + embedding.dimension()
              + "; the embedder has dimension "
              + dimension.getAsInt());
    }
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
    Map<String, String> settings = settingsOf(scope);
    return settings.isEmpty() || !scope.settings().isEmpty() ? scope : scope.settings(settings);
  }

  private Map<String, String> settingsOf(Scope scope) {
    return scope.settings().isEmpty() && chatClient != null
        ? chatClient.settings()
        : scope.settings();
  }

  /** Creates a request with the settings of the prompt's scope, or else of the cache's model. */
  CacheRequest requestOf(Prompt prompt) {
    requireNonNull(prompt, "prompt");
    return requestOf(prompt, settingsOf(prompt.scope()));
  }

  /**
   * Creates a request with the settings of a model, whose deadline starts now. If the normalizer
   * fails, the prompt has no reliable key, so the request bypasses the cache.
   */
  CacheRequest requestOf(Prompt prompt, Map<String, String> modelSettings) {
    Prompt unused = check(prompt);
    CacheSettings current = settings.get();
    CacheRequest.Limits requestLimits = CacheRequest.Limits.of(prompt, limits.with(current));
    Optional<Query> query =
        requestLimits.run(
            () ->
                failOpen.attempt(
                    Operation.NORMALIZE,
                    () -> queryOf(prompt, normalizer, modelSettings, current)));
    CacheRequest request =
        new CacheRequest(
            prompt,
            query.orElseGet(() -> queryOf(prompt, Normalizer.none(), modelSettings, current)),
            prompt.mode(),
            Optional.empty(),
            true,
            requestLimits,
            new CacheRequest.LateEmbedding());
    return query.isPresent() ? request : request.bypassing(MissReason.NORMALIZER_ERROR);
  }
}
