/**
 * Statistics: the {@linkplain io.github.semcache.stats.CacheEvent events} of a cache, the {@link
 * io.github.semcache.stats.CacheListener} that receives them, and the {@linkplain
 * io.github.semcache.stats.CacheStats counts} of all events.
 */
@NullMarked
package io.github.semcache.stats;

import org.jspecify.annotations.NullMarked;
