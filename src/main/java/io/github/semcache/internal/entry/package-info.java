/**
 * The content of cache entries: replies of a model, versions of dependencies, and expiry. Internal:
 * not part of the API.
 */
@NullMarked
package io.github.semcache.internal.entry;

import org.jspecify.annotations.NullMarked;
