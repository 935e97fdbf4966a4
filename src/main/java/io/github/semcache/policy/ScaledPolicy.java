package io.github.semcache.policy;

import io.github.semcache.embedding.EmbeddingScale;

/**
 * A policy that may depend on how the embedding model spreads its distances. The cache tells it
 * when it is built. Safe for use by many threads, as every policy is.
 */
public interface ScaledPolicy extends HitPolicy {

  /**
   * The policy for an embedding model. Asks the source at once if it needs the scale, so that what
   * takes long is done before the first decision, and again at decisions as long as it is empty.
   *
   * @param scale the scale of the embeddings that distances are taken of
   * @return a policy that decides by this scale; this one if it does not depend on it, or has a
   *     scale already
   */
  HitPolicy scaledBy(EmbeddingScale.Source scale);
}
