package io.github.semcache.spring;

import io.github.semcache.embedding.Embedder;
import java.util.Optional;

/**
 * A possible source of the embedder. The auto-configuration uses the first one that has an
 * embedder, in the order of the beans.
 */
interface EmbedderSource {

  /** Returns the value of {@code semcache.embedder} that selects this source. */
  SemanticCacheProperties.EmbedderType type();

  /** Returns the embedder; empty if the application has no embedding model of this kind. */
  Optional<Embedder> find();
}
