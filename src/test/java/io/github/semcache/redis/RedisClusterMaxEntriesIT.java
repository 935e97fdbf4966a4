package io.github.semcache.redis;

import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;

@EnabledIfRedis(EnabledIfRedis.Need.CLUSTER)
class RedisClusterMaxEntriesIT extends RedisMaxEntriesIT {
  @Override
  RedisConnection connection() {
    return RedisConnection.of(RedisServers.cluster()).cluster();
  }
}
