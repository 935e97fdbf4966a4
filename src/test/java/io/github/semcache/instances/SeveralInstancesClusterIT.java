package io.github.semcache.instances;

import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.EnabledIfRedis.Need;
import io.github.semcache.testing.RedisServers;
import java.net.URI;

/** Several processes that share one cache in a cluster. */
@EnabledIfRedis(Need.CLUSTER)
final class SeveralInstancesClusterIT extends SeveralInstancesIT {
  @Override
  URI storeUri() {
    return RedisServers.cluster();
  }

  @Override
  boolean isCluster() {
    return true;
  }

  /**
   * Returns a smaller number, because a cluster does not report changes: entries are read again.
   */
  @Override
  int nearLookups() {
    return Math.min(super.nearLookups(), 5_000);
  }
}
