package io.github.semcache.cli;

import io.github.semcache.redis.RedisConnection;
import io.github.semcache.redis.VectorIndex;
import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import java.net.URI;
import java.util.List;

@EnabledIfRedis(EnabledIfRedis.Need.CLUSTER)
class RedisClusterCommandsIT extends RedisCommandsIT {
  @Override
  URI server() {
    return RedisServers.cluster();
  }

  @Override
  RedisConnection connection() {
    return super.connection().cluster();
  }

  @Override
  VectorIndex vectorIndex() {
    return VectorIndex.flat();
  }

  @Override
  void options(List<String> options) {
    options.add("--cluster");
  }
}
