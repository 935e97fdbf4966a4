/**
 * Storage of entries: the {@link io.github.semcache.store.VectorStore} port, its value types, and
 * the {@link io.github.semcache.store.InMemoryVectorStore}.
 */
@NullMarked
package io.github.semcache.store;

import org.jspecify.annotations.NullMarked;
