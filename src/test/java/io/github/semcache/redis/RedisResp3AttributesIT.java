package io.github.semcache.redis;

import java.net.URI;

class RedisResp3AttributesIT extends RedisAttributesIT {
  @Override
  URI server() {
    return URI.create(super.server() + "?protocol=3");
  }
}
