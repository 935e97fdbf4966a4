package io.github.semcache.spring;

import io.github.semcache.SemanticCache;
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
    return PropertyOptions.of("semcache.advisor.", SemanticCacheAdvisor.builder(cache))
        .set("order", properties.advisor().order(), SemanticCacheAdvisor.Builder::order)
        .enable(
            "quiet",
            properties.advisor().quiet(),
            builder -> builder.prompts((request, prompt) -> prompt.quiet()))
        .builder()
        .build();
  }

  @Bean
  ChatClientBuilderCustomizer semcacheChatClientCustomizer(SemanticCacheAdvisor advisor) {
    return builder -> builder.defaultAdvisors(advisor);
  }
}
