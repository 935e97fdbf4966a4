package io.github.semcache.spring;

import io.github.semcache.SemanticCache;
import io.github.semcache.stats.ModelPrices;
import io.github.semcache.store.VectorStore;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Auto-configuration of the health indicator and of the actuator endpoint of the cache. */
@AutoConfiguration(after = SemanticCacheAutoConfiguration.class)
@ConditionalOnProperty(name = "semcache.enabled", matchIfMissing = true)
@ConditionalOnBean(SemanticCache.class)
class SemanticCacheActuatorAutoConfiguration {

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(value = HealthIndicator.class, name = CONDITION)
  static class Health {

    @Bean
    @ConditionalOnMissingBean(name = "semcacheHealthIndicator")
    @ConditionalOnBean(VectorStore.class)
    @ConditionalOnEnabledHealthIndicator("semcache")
    HealthIndicator semcacheHealthIndicator(SemanticCache cache, VectorStore store) {
      return new SemanticCacheHealthIndicator(cache, store);
    }
  }

  /** The condition is in another module of Boot than the health indicator. */
  private static final String CONDITION =
      "org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator";

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
  static class Actuator {

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(VectorStore.class)
    @ConditionalOnAvailableEndpoint
    SemanticCacheEndpoint semcacheEndpoint(
        SemanticCache cache, VectorStore store, ObjectProvider<ModelPrices> prices) {
      return new SemanticCacheEndpoint(cache, store, prices.getIfAvailable());
    }
  }
}
