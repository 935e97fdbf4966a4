package io.github.semcache.spring;

import io.github.semcache.SemanticCacheBuilder;

/**
 * Customizes the builder of the auto-configured cache. Beans of this type are called in their order
 * after all properties have been applied, so they can replace options that properties set.
 */
@FunctionalInterface
public interface SemanticCacheBuilderCustomizer {

  /**
   * Customizes the builder.
   *
   * @param builder the builder of the cache
   */
  void customize(SemanticCacheBuilder builder);
}
