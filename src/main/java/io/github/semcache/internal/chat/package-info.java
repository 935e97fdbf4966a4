/** Calls of a model by the cache. Internal: not part of the API. */
@NullMarked
package io.github.semcache.internal.chat;

import org.jspecify.annotations.NullMarked;
