/**
 * Concurrency building blocks that do not depend on caching. Internal: not part of the API, and
 * used by the base package and other internal packages only.
 */
@NullMarked
package io.github.semcache.internal.concurrent;

import org.jspecify.annotations.NullMarked;
