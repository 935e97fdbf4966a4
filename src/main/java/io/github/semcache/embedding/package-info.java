/** Text to vector: the {@link io.github.semcache.embedding.Embedder} port and its value types. */
@NullMarked
package io.github.semcache.embedding;

import org.jspecify.annotations.NullMarked;
