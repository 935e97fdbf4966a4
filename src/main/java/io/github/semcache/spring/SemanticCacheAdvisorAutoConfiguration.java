package io.github.semcache.spring;

import io.github.semcache.SemanticCache;
import java.util.Optional;
import org.springframework.ai.chat.client.ChatClientBuilderCustomizer;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the advisor, which is added to every {@code ChatClient.Builder} that Spring
 * AI provides. {@code semcache.advisor.enabled=false} turns it off.
 */
@AutoConfiguration(
    after = SemanticCacheAutoConfiguration.class,
    beforeName =
        "org.springframework.ai.model.chat.client.autoconfigure.ChatClientAutoConfiguration")
@ConditionalOnClass(ChatClientBuilderCustomizer.class)
@ConditionalOnProperty(
    name = {"semcache.enabled", "semcache.advisor.enabled"},
    matchIfMissing = true)
@ConditionalOnBean(SemanticCache.class)
class SemanticCacheAdvisorAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  SemanticCacheAdvisor semanticCacheAdvisor(
      SemanticCache cache, SemanticCacheProperties properties) {
    return SemanticCacheAdvisor.builder(cache)
        .order(
            Optional.ofNullable(properties.advisor().order())
                .orElse(SemanticCacheAdvisor.DEFAULT_ORDER))
        .build();
  }

  @Bean
  ChatClientBuilderCustomizer semcacheChatClientCustomizer(SemanticCacheAdvisor advisor) {
    return builder -> builder.defaultAdvisors(advisor);
  }
}
