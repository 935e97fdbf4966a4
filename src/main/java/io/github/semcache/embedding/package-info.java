/**
 * Embeddings: the {@link io.github.semcache.embedding.Embedder} port, its {@link
 * io.github.semcache.embedding.Embedding embeddings}, and the {@link
 * io.github.semcache.embedding.EmbeddingSpace.Scale scale} of a model's distances.
 */
@NullMarked
package io.github.semcache.embedding;

import org.jspecify.annotations.NullMarked;
