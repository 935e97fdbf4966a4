/** Tests of several processes that share one cache in Redis. */
@NullMarked
package io.github.semcache.instances;

import org.jspecify.annotations.NullMarked;
