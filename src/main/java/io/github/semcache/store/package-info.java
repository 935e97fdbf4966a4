/**
 * Storage of entries: the {@link io.github.semcache.store.VectorStore} port, its value types, the
 * {@link io.github.semcache.store.InMemoryVectorStore}, and the optional ports {@link
 * io.github.semcache.store.StateStore} and {@link io.github.semcache.store.LeaseStore}.
 */
@NullMarked
package io.github.semcache.store;

import org.jspecify.annotations.NullMarked;
