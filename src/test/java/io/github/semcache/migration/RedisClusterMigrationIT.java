package io.github.semcache.migration;

import io.github.semcache.redis.RedisConnection;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;

@EnabledIfRedis(EnabledIfRedis.Need.CLUSTER)
class RedisClusterMigrationIT extends RedisMigrationIT {
  @Override
  RedisConnection connection() {
    return RedisConnection.of(RedisServers.cluster()).cluster();
  }
}
