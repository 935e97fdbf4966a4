package io.github.semcache.redis;

import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;

@EnabledIfRedis(EnabledIfRedis.Need.CLUSTER)
class RedisClusterMaxEntriesIT extends RedisMaxEntriesIT {
  @Override
  RedisConnection connection() {
    return RedisConnection.of(RedisServers.cluster()).cluster();
  }

  /** Removing entries takes longer than writing them, because each node is asked separately. */
  @Override
  long maxWhileWriting() {
    return 1_080;
  }
}
