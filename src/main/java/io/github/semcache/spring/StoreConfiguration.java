package io.github.semcache.spring;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.encryption.StoreEncryption;
import io.github.semcache.lucene.LuceneVectorStore;
import io.github.semcache.store.InMemoryVectorStore;
import io.github.semcache.store.StoreException;
import io.github.semcache.store.VectorStore;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The store that {@code semcache.store} selects. */
@Configuration(proxyBeanMethods = false)
class StoreConfiguration {

  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  VectorStore semcacheStore(
      SemanticCacheProperties properties,
      ObjectProvider<Embedder> embedder,
      ObjectProvider<RedisAddressSource> redisAddresses,
      ObjectProvider<StoreEncryption> encryption,
      Environment environment) {
    EmbeddingSpace space =
        properties.exactOnly() ? EmbeddingSpace.none() : EmbeddingSpace.of(embedder.getObject());
    VectorStore store =
        open(
            properties,
            space,
            redisAddresses.getIfAvailable(() -> () -> RedisAddress.of(Binder.get(environment))));
    @Nullable StoreEncryption encryptionBean = encryption.getIfAvailable();
    return encryptionBean == null ? store : encryptionBean.encrypt(store);
  }

  private static VectorStore open(
      SemanticCacheProperties properties, EmbeddingSpace space, RedisAddressSource application) {
    return switch (properties.storeType()) {
      case MEMORY -> inMemory(properties.memory(), space);
      case LUCENE ->
          requiring(
              "Lucene", "org.apache.lucene:lucene-core", () -> lucene(properties.lucene(), space));
      case REDIS ->
          requiring(
              "Jedis",
              "redis.clients:jedis",
              () -> RedisStores.open(properties, application, space));
    };
  }

  private static VectorStore inMemory(
      SemanticCacheProperties.Memory options, EmbeddingSpace space) {
    return PropertyOptions.of("semcache.memory.", InMemoryVectorStore.builder(space))
        .set("max-entries", options.maxEntries(), InMemoryVectorStore.Builder::maxEntries)
        .set("max-size", options.maxSize(), (builder, size) -> builder.maxBytes(size.toBytes()))
        .builder()
        .build();
  }

  private static VectorStore lucene(SemanticCacheProperties.Lucene lucene, EmbeddingSpace space) {
    @Nullable Path directory = lucene.directory();
    if (directory == null) {
      throw new InvalidConfigurationException(
          "semcache.store is lucene, but semcache.lucene.directory is not set",
          "Set semcache.lucene.directory to a directory that the application may write to.");
    }
    LuceneVectorStore.Builder builder =
        PropertyOptions.checked(
            "semcache.lucene.directory", () -> LuceneVectorStore.builder(directory, space));
    PropertyOptions<LuceneVectorStore.Builder> options =
        PropertyOptions.of("semcache.lucene.", builder)
            .set("max-entries", lucene.maxEntries(), LuceneVectorStore.Builder::maxEntries)
            .set("ef-search", lucene.efSearch(), LuceneVectorStore.Builder::efSearch)
            .set("sync-interval", lucene.syncInterval(), LuceneVectorStore.Builder::syncInterval);
    try {
      return options.builder().build();
    } catch (StoreException e) {
      throw new InvalidConfigurationException(
          "The store on disk cannot be opened: " + e.getMessage(),
          "Set semcache.lucene.directory to a directory that the application may write to and that"
              + " no other process has open.",
          e);
    }
  }

  /** Opens a store of an optional library. */
  private static VectorStore requiring(
      String library, String dependency, Supplier<VectorStore> store) {
    try {
      return store.get();
    } catch (NoClassDefFoundError e) {
      throw new InvalidConfigurationException(
          "The store of the semantic cache requires "
              + library
              + ", which is not on the class path",
          "Add " + dependency + ".",
          e);
    }
  }

  /** Reads the address from the bean that Boot uses for its own Redis clients. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(DataRedisConnectionDetails.class)
  static class DataRedis {

    @Bean
    RedisAddressSource semcacheRedisAddress(
        ObjectProvider<DataRedisConnectionDetails> details, Environment environment) {
      return () -> {
        @Nullable DataRedisConnectionDetails available = details.getIfAvailable();
        return available == null
            ? RedisAddress.of(Binder.get(environment))
            : DataRedisAddress.of(available);
      };
    }
  }
}
