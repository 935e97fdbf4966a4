/**
 * The production store: {@link io.github.semcache.redis.RedisVectorStore}, on Redis with its search
 * module. The only package that knows Jedis.
 */
@NullMarked
package io.github.semcache.redis;

import org.jspecify.annotations.NullMarked;
