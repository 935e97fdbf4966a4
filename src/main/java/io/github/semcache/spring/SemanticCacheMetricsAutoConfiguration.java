package io.github.semcache.spring;

import io.github.semcache.SemanticCache;
import io.github.semcache.micrometer.CacheMetrics;
import io.github.semcache.micrometer.CacheObservations;
import io.github.semcache.stats.ModelPrices;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Auto-configuration of the metrics and observations of the cache. Metrics are published to the
 * {@link MeterRegistry} bean, observations to the {@link ObservationRegistry} bean.
 */
@AutoConfiguration(
    after = SemanticCacheAutoConfiguration.class,
    afterName = {
      // Boot 4
      "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
      // Boot 3.5
      "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.actuate.autoconfigure.observation.ObservationAutoConfiguration"
    })
@ConditionalOnProperty(name = "semcache.enabled", matchIfMissing = true)
class SemanticCacheMetricsAutoConfiguration {

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(MeterRegistry.class)
  @ConditionalOnBean(MeterRegistry.class)
  static class Metrics {

    @Bean
    @ConditionalOnMissingBean
    CacheMetrics semcacheMetrics(
        MeterRegistry registry,
        SemanticCacheProperties properties,
        ObjectProvider<ModelPrices> prices) {
      CacheMetrics.Builder builder = CacheMetrics.builder(registry, properties.cacheName());
      prices.ifAvailable(builder::prices);
      return builder.build();
    }

    @Bean
    @ConditionalOnBean(SemanticCache.class)
    SmartInitializingSingleton semcacheMetricsBinder(CacheMetrics metrics, SemanticCache cache) {
      return () -> metrics.bind(cache);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(ObservationRegistry.class)
  @ConditionalOnBean(ObservationRegistry.class)
  static class Observations {

    @Bean
    @ConditionalOnMissingBean
    CacheObservations semcacheObservations(ObservationRegistry registry) {
      return CacheObservations.of(registry);
    }

    @Bean
    StoreDecorator semcacheStoreObservations(CacheObservations observations) {
      return observations::observe;
    }
  }
}
