package io.github.semcache.spring;

import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.chat.ChatClient;
import io.github.semcache.chat.ChatReply.Admission;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.encryption.StoreEncryption;
import io.github.semcache.guard.Guards;
import io.github.semcache.judge.AnswerJudge;
import io.github.semcache.policy.CacheabilityPolicy;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.prompt.Normalizer;
import io.github.semcache.stats.CacheEvent;
import io.github.semcache.stats.CacheListener;
import io.github.semcache.stats.ModelPrices;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore;
import io.github.semcache.verify.PairVerifier;
import java.util.List;
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
 * property. A {@link StoreEncryption} bean encrypts the store that this configuration creates; a
 * store of the application must be encrypted already. Each bean that this configuration creates is
 * replaced by a bean of the same type.
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
      ObjectProvider<Embedder> embedder,
      VectorStore store,
      ObjectProvider<StoreEncryption> encryption,
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
    if (encryption.getIfAvailable() != null) {
      checkEncrypted(store);
    }
    CacheProperties.checkCurrency(properties.prices());
    SemanticCacheBuilder builder = CacheProperties.apply(properties, SemanticCache.builder());
    if (!properties.exactOnly()) {
      builder.embedder(CacheProperties.embedder(properties, embedder.getObject(), store));
    }
    builder
        .store(decorated(store, storeDecorators))
        .listener(combined(listeners.orderedStream().toList()));
    chatClient.ifAvailable(builder::chatClient);
    normalizer.ifAvailable(builder::normalizer);
    admission.ifAvailable(builder::admission);
    cacheability.ifAvailable(builder::cacheability);
    judge.ifAvailable(builder::judge);
    verifier.ifAvailable(builder::verifier);
    CacheProperties.applyPolicy(
        properties, builder, hitPolicy.getIfAvailable(), guards.getIfAvailable());
    customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
    return build(builder);
  }

  @Bean
  @ConditionalOnMissingBean
  @ConditionalOnProperty("semcache.prices.currency")
  ModelPrices semcacheModelPrices(SemanticCacheProperties properties) {
    return CacheProperties.prices(properties.prices());
  }

  private static SemanticCache build(SemanticCacheBuilder builder) {
    try {
      return builder.build();
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new InvalidConfigurationException(
          "The options of the semantic cache are invalid: " + e.getMessage(),
          "Correct the properties semcache.* that set these options, or the beans that do.",
          e);
    } catch (StoreException e) {
      throw new InvalidConfigurationException(
          "The store of the semantic cache cannot be reached: " + e.getMessage(),
          "Start the server, or correct its address. Without"
              + " semcache.fail-if-store-unreachable=true, the application starts without it.",
          e);
    }
  }

  /** A store of the application must be encrypted by the application. */
  private static void checkEncrypted(VectorStore store) {
    if (!store.getClass().getPackage().equals(StoreEncryption.class.getPackage())) {
      throw new InvalidConfigurationException(
          "There is a StoreEncryption bean, but the VectorStore bean of the application is not"
              + " encrypted",
          "Return encryption.encrypt(store) from the method that creates the VectorStore bean.");
    }
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
}
