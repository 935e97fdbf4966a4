/**
 * Metrics and traces by Micrometer, which is an optional dependency. The only package that knows
 * it; the cache itself works without it and never loads it.
 */
@NullMarked
package io.github.semcache.micrometer;

import org.jspecify.annotations.NullMarked;
