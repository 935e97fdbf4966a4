package io.github.semcache.cli.ui;

import static java.util.Objects.requireNonNull;

import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.evaluation.CachingEmbedder;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.VectorStore;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What the page shows.
 *
 * @param storeName the name of the store, without a password
 * @param store the store, which the page does not close
 * @param listing the same store, as a store that can list its entries
 * @param embedder the embedder, which the page does not close
 * @param scope the scope of new answers, with the settings of the chat model
 * @param model the chat model that answers misses; empty if none does
 * @param isExactOnly whether the embedding model is not available, so that prompts are looked up by
 *     their key only and answers are not stored
 * @param policyName the name of the policy
 * @param policy sets the policy and the verifier of a cache
 */
public record UiOptions(
    String storeName,
    VectorStore store,
    VectorStore.Listable listing,
    CachingEmbedder embedder,
    Scope scope,
    Optional<ChatClient> model,
    boolean isExactOnly,
    String policyName,
    Consumer<SemanticCacheBuilder> policy) {
  /** Checks the components. */
  public UiOptions {
    requireNonNull(storeName, "storeName");
    requireNonNull(store, "store");
    requireNonNull(listing, "listing");
    requireNonNull(embedder, "embedder");
    requireNonNull(scope, "scope");
    requireNonNull(model, "model");
    requireNonNull(policyName, "policyName");
    requireNonNull(policy, "policy");
  }

  /** Returns the sample answers, if they stand in for a chat model. */
  Optional<DemoAnswers> demo() {
    return model.filter(DemoAnswers.class::isInstance).map(DemoAnswers.class::cast);
  }
}
