package io.github.semcache.redis;

import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.encryption.StoreEncryption;
import io.github.semcache.encryption.TestKeys;
import io.github.semcache.store.VectorStore;
import io.github.semcache.testing.EnabledIfRedis;

@EnabledIfRedis
class RedisEncryptedVectorStoreIT extends RedisVectorStoreIT {
  @Override
  protected VectorStore open(EmbeddingSpace space) {
    return StoreEncryption.of(TestKeys.first()).encrypt(super.open(space));
  }
}
