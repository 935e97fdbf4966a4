package io.github.semcache.spring;

import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.chat.Admission;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.guard.Guards;
import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.policy.CacheabilityPolicy;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheListener;
import io.github.semcache.store.VectorStore;
import io.github.semcache.verify.PairVerifier;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * Auto-configuration of a {@link SemanticCache} from {@code semcache.*} properties.
 *
 * <p>The cache uses the following beans of the application if they exist: {@link Embedder}, {@link
 * VectorStore}, {@link ChatClient}, {@link HitPolicy}, {@link Guards}, {@link PairVerifier}, {@link
 * Normalizer}, {@link Admission}, {@link CacheabilityPolicy}, {@link AnswerJudge}, and all {@link
 * CacheListener} and {@link SemanticCacheBuilderCustomizer} beans. A bean takes precedence over a
 * property. Each bean that this configuration creates is replaced by a bean of the same type.
 *
 * <p>{@code semcache.enabled=false} turns the auto-configuration off.
 */
@AutoConfiguration
@ConditionalOnProperty(name = "semcache.enabled", matchIfMissing = true)
@EnableConfigurationProperties(SemanticCacheProperties.class)
@Import({EmbedderConfiguration.class, StoreConfiguration.class})
public final class SemanticCacheAutoConfiguration {

  SemanticCacheAutoConfiguration() {}

  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  SemanticCache semanticCache(
      SemanticCacheProperties properties,
      Embedder embedder,
      VectorStore store,
      ObjectProvider<StoreDecorator> storeDecorators,
      ObjectProvider<ChatClient> chatClient,
      ObjectProvider<HitPolicy> hitPolicy,
      ObjectProvider<Guards> guards,
      ObjectProvider<PairVerifier> verifier,
      ObjectProvider<Normalizer> normalizer,
      ObjectProvider<Admission> admission,
      ObjectProvider<CacheabilityPolicy> cacheability,
      ObjectProvider<AnswerJudge> judge,
      ObjectProvider<CacheListener> listeners,
      ObjectProvider<SemanticCacheBuilderCustomizer> customizers) {
    SemanticCacheBuilder builder =
        SemanticCache.builder()
            .embedder(embedder)
            .store(decorated(store, storeDecorators))
            .listener(combined(listeners.orderedStream().toList()));
    chatClient.ifAvailable(builder::chatClient);
    normalizer.ifAvailable(builder::normalizer);
    admission.ifAvailable(builder::admission);
    cacheability.ifAvailable(builder::cacheability);
    judge.ifAvailable(builder::judge);
    setPolicy(builder, properties, hitPolicy.getIfAvailable(), guards.getIfAvailable());
    setVerifier(builder, properties.verifier(), verifier.getIfAvailable());
    setOptions(builder, properties);
    customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
    return builder.build();
  }

  private static VectorStore decorated(
      VectorStore store, ObjectProvider<StoreDecorator> decorators) {
    VectorStore decorated = store;
    for (StoreDecorator decorator : decorators.orderedStream().toList()) {
      decorated = decorator.decorate(decorated);
    }
    return decorated;
  }

  /** Returns a listener that notifies all listeners, even if one of them fails. */
  private static CacheListener combined(List<CacheListener> listeners) {
    return event -> notifyFrom(0, listeners, event);
  }

  private static void notifyFrom(int index, List<CacheListener> listeners, CacheEvent event) {
    if (index < listeners.size()) {
      try {
        listeners.get(index).onEvent(event);
      } finally {
        notifyFrom(index + 1, listeners, event);
      }
    }
  }

  private static void setPolicy(
      SemanticCacheBuilder builder,
      SemanticCacheProperties properties,
      @Nullable HitPolicy hitPolicy,
      @Nullable Guards guards) {
    if (hitPolicy != null) {
      builder.hitPolicy(hitPolicy);
      return;
    }
    @Nullable Double targetErrorRate = properties.targetErrorRate();
    if (targetErrorRate != null) {
      if (properties.policy() != SemanticCacheProperties.Policy.DISTANCE) {
        throw new InvalidConfigurationException(
            "semcache.target-error-rate and semcache.policy are both set",
            "Remove semcache.policy: the target error rate decides.");
      }
      builder.targetErrorRate(targetErrorRate);
    }
    switch (properties.policy()) {
      case DISTANCE -> {
        Optional.ofNullable(properties.maxDistance()).ifPresent(builder::maxDistance);
        Optional.ofNullable(properties.relativeDistance()).ifPresent(builder::relativeDistance);
        setGuards(builder, properties.guards(), guards);
      }
      case SAME_WORDS -> builder.hitPolicy(HitPolicy.sameWords());
      case NEVER -> builder.hitPolicy(HitPolicy.never());
    }
  }

  private static void setGuards(
      SemanticCacheBuilder builder, boolean enabled, @Nullable Guards guards) {
    if (!enabled) {
      builder.noGuards();
    } else if (guards != null) {
      builder.guards(guards);
    }
  }

  private static void setVerifier(
      SemanticCacheBuilder builder,
      SemanticCacheProperties.@Nullable Verifier type,
      @Nullable PairVerifier verifier) {
    if (verifier != null) {
      builder.verifier(verifier);
    } else if (type != null) {
      builder.verifier(
          type == SemanticCacheProperties.Verifier.LOCAL
              ? PairVerifier.local()
              : PairVerifier.none());
    }
  }

  private static void setOptions(SemanticCacheBuilder builder, SemanticCacheProperties properties) {
    Optional.ofNullable(properties.candidates()).ifPresent(builder::candidates);
    Optional.ofNullable(properties.timeToLive()).ifPresent(builder::timeToLive);
    Optional.ofNullable(properties.timeToLiveJitter()).ifPresent(builder::timeToLiveJitter);
    Optional.ofNullable(properties.deadline()).ifPresent(builder::deadline);
    Optional.ofNullable(properties.storeTimeout()).ifPresent(builder::storeTimeout);
    builder.circuitBreaker(
        properties.circuitBreaker().failures(), properties.circuitBreaker().pause());
    if (properties.noExpiry()) {
      builder.noExpiry();
    }
    if (properties.shadowMode()) {
      builder.shadowMode();
    }
    if (properties.failOnCacheErrors()) {
      builder.failOnCacheErrors();
    }
  }
}
