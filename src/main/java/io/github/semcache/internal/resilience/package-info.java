/** Containment of the failures and delays of a cache's parts. Internal: not part of the API. */
@NullMarked
package io.github.semcache.internal.resilience;

import org.jspecify.annotations.NullMarked;
