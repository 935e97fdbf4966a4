package io.github.semcache.policy;

import io.github.semcache.embedding.EmbeddingScale;

/**
 * A policy whose decisions may depend on the scale of the embedding model's distances. The cache
 * supplies the scale when it is built. Implementations are immutable and thread-safe.
 */
public interface ScaledPolicy extends HitPolicy {

  /**
   * Returns a copy of this policy that uses a scale. A policy that needs the scale requests it at
   * once, so that a slow measurement happens before the first decision, and requests it again at
   * later decisions while it is absent.
   *
   * @param scale the source of the embedding model's scale
   * @return a policy that uses the scale; this policy if it does not depend on a scale or already
   *     has one
   */
  HitPolicy scaledBy(EmbeddingScale.Source scale);
}
