/**
 * The store for production, {@link io.github.semcache.redis.RedisVectorStore}: Redis with the
 * search module. This is the only package that uses Jedis.
 */
@NullMarked
package io.github.semcache.redis;

import org.jspecify.annotations.NullMarked;
