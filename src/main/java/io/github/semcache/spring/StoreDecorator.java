package io.github.semcache.spring;

import io.github.semcache.store.VectorStore;

/** Wraps the store that the auto-configured cache uses. */
@FunctionalInterface
interface StoreDecorator {

  /** Returns the wrapped store. */
  VectorStore decorate(VectorStore store);
}
